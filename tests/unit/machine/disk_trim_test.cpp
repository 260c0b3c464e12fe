// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/disk_trim.h"

#include <QTest>

using namespace platter;

using Verdict = TrimReach::Verdict;

class DiskTrimTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void isTheServersMatter_data()
    {
        QTest::addColumn<Verdict>("verdict");
        QTest::newRow("nbd://server/data") << Verdict::UpToServer;
        QTest::newRow("iscsi://server/target/1") << Verdict::UpToServer;
        QTest::newRow("rbd:pool/image") << Verdict::ReachesServer;
        QTest::newRow("ssh://server/disk.raw") << Verdict::StopsAtProtocol;
        QTest::newRow("https://server/disk.raw") << Verdict::StopsAtProtocol;
    }

    void isTheServersMatter()
    {
        QFETCH(Verdict, verdict);
        DiskDrive disk{*parseLocation(QString::fromUtf8(QTest::currentDataTag())), DiskFormat::Qcow2};
        QVERIFY(trimOf(disk) == TrimReach{verdict});
        QVERIFY(!trimOf(disk).sentence().isEmpty());
        QVERIFY(!trimOf(disk).word().isEmpty());
        disk.discards = false;
        QVERIFY(trimOf(disk) == TrimReach{Verdict::TurnedOff});
    }

    void isTheFormatsAndTheFileSystems()
    {
        const QString file = QStringLiteral("/proc/self/exe"); // wherever that is
        QVERIFY(trimOf({file, DiskFormat::Vhdx}) == TrimReach{Verdict::StopsAtFormat});
        QVERIFY(trimOf({file, DiskFormat::Raw}) == trimReach(DiskFormat::Raw, holesIn(file)));
    }

    void ofADeviceThatIsNotThereNothingIsKnown()
    {
        QVERIFY(trimOf({HostDevice{QStringLiteral("/dev/disk/by-id/none")}, DiskFormat::Raw})
            == TrimReach{Verdict::Unknown});
    }
};

QTEST_GUILESS_MAIN(DiskTrimTest)
#include "disk_trim_test.moc"
