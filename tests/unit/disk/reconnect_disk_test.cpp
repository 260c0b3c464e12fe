// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/reconnect_disk.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class ReconnectDiskTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    QString path(const char* name) const { return m_folder->filePath(QLatin1String(name)); }

    QByteArray bytes(const char* name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:

    // A child whose parent has moved to where nobody looks for it.
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(createDisk({.file = path("parent.vhdx"), .size = ByteCount::mebibytes(64)}));
        QVERIFY(createDisk({.file = path("other.vhdx"), .size = ByteCount::mebibytes(64)}));
        QVERIFY(createDisk({.file = path("child.vhdx"), .parent = path("parent.vhdx")}));
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("away")));
        QVERIFY(QFile::rename(path("parent.vhdx"), path("away/moved.vhdx")));
        QVERIFY(!FlattenDisk({path("child.vhdx"), {}}).check());
    }

    void findsTheParentAgain()
    {
        Progress progress;
        const Result<OperationOutcome> outcome =
            ReconnectDisk({path("child.vhdx"), path("away/moved.vhdx")}).run(progress);
        QVERIFY2(outcome, qPrintable(outcome ? QString() : outcome.error().text()));
        const ReconnectDisk again({path("child.vhdx"), path("away/moved.vhdx")});
        QVERIFY(again.check());
        QVERIFY(FlattenDisk({path("child.vhdx"), {}}).check());
    }

    void touchesNothingBeforeItIsTold()
    {
        const QByteArray before = bytes("child.vhdx");
        const QDateTime writtenAt = QFileInfo(path("child.vhdx")).lastModified();
        const ReconnectDisk operation({path("child.vhdx"), path("away/moved.vhdx")});
        QVERIFY(operation.check());
        QVERIFY(operation.plan());
        QVERIFY(bytes("child.vhdx") == before);
        QCOMPARE(QFileInfo(path("child.vhdx")).lastModified(), writtenAt);
    }

    void refusesWhatIsNotTheParent_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("parent");
        QTest::newRow("another image") << QStringLiteral("child.vhdx") << QStringLiteral("other.vhdx");
        QTest::newRow("itself") << QStringLiteral("child.vhdx") << QStringLiteral("child.vhdx");
        QTest::newRow("no file") << QStringLiteral("child.vhdx") << QStringLiteral("nothing.vhdx");
        QTest::newRow("no child") << QStringLiteral("other.vhdx") << QStringLiteral("away/moved.vhdx");
    }

    void refusesWhatIsNotTheParent()
    {
        QFETCH(QString, file);
        QFETCH(QString, parent);
        const QByteArray before = bytes(file.toUtf8().constData());
        Progress progress;
        const ReconnectRequest request{m_folder->filePath(file), m_folder->filePath(parent)};
        const Result<void> possible = ReconnectDisk(request).check();
        QVERIFY(!possible);
        QVERIFY(!possible.error().summary.isEmpty());
        QVERIFY(!ReconnectDisk(request).run(progress));
        QVERIFY(bytes(file.toUtf8().constData()) == before);
    }
};

QTEST_GUILESS_MAIN(ReconnectDiskTest)
#include "reconnect_disk_test.moc"
