// SPDX-License-Identifier: GPL-3.0-or-later
// The program as somebody starts it.
#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

class ProgramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_home = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/platter-pr-XXXXXX")); }

    void saysItsVersionAndHelpWithoutADisplay()
    {
        QProcess program;
        prepare(program);
        QProcessEnvironment environment = program.processEnvironment();
        environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
        program.setProcessEnvironment(environment);
        program.start(path(), {QStringLiteral("--version")});
        QVERIFY(program.waitForFinished());
        QCOMPARE(program.exitCode(), 0);
        QVERIFY(program.readAllStandardOutput().startsWith("platter "));
        program.start(path(), {QStringLiteral("--help")});
        QVERIFY(program.waitForFinished());
        QCOMPARE(program.exitCode(), 0);
        QVERIFY(program.readAllStandardOutput().contains("--tour DIR"));
        program.start(path(), {});
        QVERIFY(program.waitForFinished());
        QCOMPARE(program.exitCode(), 1);
        QVERIFY(program.readAllStandardError().contains("There is no display"));
    }

    void oneWindowPerUser()
    {
        QProcess first;
        prepare(first);
        first.start(path(), {});
        QVERIFY(first.waitForStarted());
        const QString socket = m_home->filePath(QStringLiteral("run/platter/application.sock"));
        QTRY_VERIFY_WITH_TIMEOUT(answers(socket), 20000);
        QProcess second;
        prepare(second);
        second.start(path(), {QStringLiteral("--new")});
        QVERIFY(second.waitForFinished());
        QCOMPARE(second.exitCode(), 0);
        QCOMPARE(first.state(), QProcess::Running);
        // A killed one leaves its socket; the next start takes its place.
        ::kill(static_cast<pid_t>(first.processId()), SIGKILL);
        QVERIFY(first.waitForFinished());
        QVERIFY(QFile::exists(socket) && !answers(socket));
        QProcess third;
        prepare(third);
        third.start(path(), {});
        QVERIFY(third.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(answers(socket), 20000);
        second.start(path(), {});
        QVERIFY(second.waitForFinished());
        QCOMPARE(second.exitCode(), 0);
        QCOMPARE(third.state(), QProcess::Running);
        third.terminate();
        QVERIFY(third.waitForFinished());
    }

    // What few runs need and costs megabytes comes with a module, when it is needed.
    void startsWithoutTheModules()
    {
        QProcess program;
        prepare(program);
        program.start(path(), {});
        QVERIFY(program.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(answers(m_home->filePath(QStringLiteral("run/platter/application.sock"))), 20000);
        QFile maps(QStringLiteral("/proc/%1/maps").arg(program.processId()));
        QVERIFY(maps.open(QFile::ReadOnly));
        const QByteArray libraries = maps.readAll();
        QVERIFY(libraries.contains("/libQt6Widgets.so"));
        for (const char* name : {"libosinfo-1.0", "libxml2", "libvncclient", "liblzo2", "libKF6SyntaxHighlighting",
                 "libQt6Network", "libgnutls", "libcrypto"}) {
            QVERIFY2(!libraries.contains(QByteArray("/") + name + ".so"), name);
        }
        program.terminate();
        QVERIFY(program.waitForFinished());
    }

    void refusesBadArguments()
    {
        QProcess program;
        prepare(program);
        program.setProcessChannelMode(QProcess::SeparateChannels);
        program.start(path(), {QStringLiteral("--nwe")});
        // It says so in a window too, for there is no terminal.
        QTRY_VERIFY_WITH_TIMEOUT((program.waitForReadyRead(100), m_words += program.readAllStandardError(),
                                     m_words.contains("There is no option --nwe.")),
            20000);
        program.kill();
        QVERIFY(program.waitForFinished());
    }

private:
    static QString path() { return QStringLiteral(PLATTER_BINARY_DIR "/bin/platter"); }

    static bool answers(const QString& name)
    {
        QLocalSocket socket;
        socket.connectToServer(name);
        return socket.waitForConnected(1000);
    }

    void prepare(QProcess& program)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char* name : {"DATA", "CONFIG", "CACHE"}) {
            environment.insert(QStringLiteral("XDG_%1_HOME").arg(QLatin1String(name)), m_home->path());
        }
        const QString runtime = m_home->filePath(QStringLiteral("run"));
        QDir().mkpath(runtime);
        QFile::setPermissions(runtime, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), runtime);
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
            environment.remove(QLatin1String(name));
        }
        program.setProcessEnvironment(environment);
    }

    std::unique_ptr<QTemporaryDir> m_home;
    QByteArray m_words;
};

QTEST_GUILESS_MAIN(ProgramTest)
#include "program_test.moc"
