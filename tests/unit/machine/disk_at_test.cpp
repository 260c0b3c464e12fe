// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/disk_at.h"

#include <QDir>
#include <QTest>

using namespace platter;

class DiskAtTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void aLocationsEndingTellsTheFormat()
    {
        const Result<DiskDrive> raw = diskAt(QStringLiteral("nbd://server/data"));
        QVERIFY(raw);
        QCOMPARE(raw->format, DiskFormat::Raw);
        QVERIFY(!raw->isReadOnly);
        QCOMPARE(diskAt(QStringLiteral("ssh://server/d.QCOW2"))->format, DiskFormat::Qcow2);
        QCOMPARE(diskAt(QStringLiteral("nbd://server/data"), DiskFormat::Qcow2)->format, DiskFormat::Qcow2);
    }

    void whatCanOnlyBeReadIsReadOnly()
    {
        QVERIFY(diskAt(QStringLiteral("https://server/d.raw"))->isReadOnly);
        QVERIFY(diskAt(QStringLiteral("rbd:pool/image@first"))->isReadOnly);
    }

    void aFileIsAbsolute()
    {
        const Result<DiskDrive> disk = diskAt(QStringLiteral("images/../d.raw"));
        QVERIFY(disk);
        QCOMPARE(disk->file(), QDir::currentPath() + QStringLiteral("/d.raw"));
        QCOMPARE(diskAt(QStringLiteral("d"), DiskFormat::Qcow2)->format, DiskFormat::Qcow2);
    }

    void aDeviceIsABlockDevice()
    {
        const Result<DiskDrive> none = diskAt(QStringLiteral("/dev/null"));
        QVERIFY(!none);
        QCOMPARE(none.error().kind, ErrorKind::InvalidInput);
        QCOMPARE(diskAt(QStringLiteral("/dev/nothing")).error().kind, ErrorKind::NotFound);
    }

    void aLocationThatIsWrongIsRefused() { QVERIFY(!diskAt(QStringLiteral("nbd:///"))); }
};

QTEST_GUILESS_MAIN(DiskAtTest)
#include "disk_at_test.moc"
