// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/single_instance.h"

#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace platter;

class SingleInstanceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/platter-si-XXXXXX")); }

    void handsOverToTheFirst()
    {
        SingleInstance first(m_folder->path());
        const auto role = first.settle({});
        QVERIFY(role && *role == SingleInstance::Role::First);
        std::optional<StartRequest> arrived;
        connect(&first, &SingleInstance::requested, this, [&](const StartRequest& request) { arrived = request; });
        const StartRequest request{.newMachine = true, .iso = QStringLiteral("/a b/ü.iso")};
        const auto later = startElsewhere(request);
        QVERIFY(later && *later == SingleInstance::Role::Later);
        QTRY_VERIFY(arrived.has_value());
        QVERIFY(*arrived == request);
    }

    void replacesWhatADeadOneLeft()
    {
        {
            // A socket file that nobody listens on, as a killed instance leaves it.
            QLocalServer dead;
            QVERIFY(dead.listen(m_folder->filePath(QStringLiteral("application.sock"))));
            QVERIFY(QFile::rename(m_folder->filePath(QStringLiteral("application.sock")),
                m_folder->filePath(QStringLiteral("kept"))));
        }
        QVERIFY(QFile::rename(
            m_folder->filePath(QStringLiteral("kept")), m_folder->filePath(QStringLiteral("application.sock"))));
        SingleInstance next(m_folder->path());
        const auto role = next.settle({});
        QVERIFY(role && *role == SingleInstance::Role::First);
        const auto later = startElsewhere({});
        QVERIFY(later && *later == SingleInstance::Role::Later);
    }

    void namesOneThatDoesNotAnswer()
    {
        QLocalServer hung; // takes the connection and says nothing
        QVERIFY(hung.listen(m_folder->filePath(QStringLiteral("application.sock"))));
        SingleInstance next(m_folder->path());
        const auto role = next.settle({});
        QVERIFY(!role);
        QCOMPARE(role.error().kind, ErrorKind::InUse);
        QVERIFY(role.error().summary.contains(QLatin1String("does not answer")));
    }

    void isNotUpsetByNonsense()
    {
        SingleInstance first(m_folder->path());
        QVERIFY(first.settle({}));
        QSignalSpy requests(&first, &SingleInstance::requested);
        for (const QByteArray& bytes : {QByteArray("nonsense\n"), QByteArray(128 * 1024, 'x')}) {
            QLocalSocket socket;
            socket.connectToServer(m_folder->filePath(QStringLiteral("application.sock")));
            QVERIFY(socket.waitForConnected());
            socket.write(bytes);
            QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
        }
        QCOMPARE(requests.count(), 0);
        const auto later = startElsewhere({});
        QVERIFY(later && *later == SingleInstance::Role::Later);
    }

private:
    // In a thread of its own, for the first one answers from this one's event loop.
    Result<SingleInstance::Role> startElsewhere(const StartRequest& request)
    {
        std::optional<Result<SingleInstance::Role>> role;
        const std::unique_ptr<QThread> thread(
            QThread::create([&, folder = m_folder->path()] { role = SingleInstance(folder).settle(request); }));
        thread->start();
        while (!thread->isFinished()) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        }
        thread->wait();
        return *role;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(SingleInstanceTest)
#include "single_instance_test.moc"
