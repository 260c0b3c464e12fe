// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/block_graph.h"

#include <QTest>

using namespace platter;

class BlockGraphTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void namesLeadBackToTheSlot()
    {
        for (int controller = 0; controller < maxControllers; ++controller) {
            for (int target = 0; target < slotsPerController; ++target) {
                const SlotId slot{controller, target};
                QCOMPARE(slotOfName(driveName(slot)), std::optional(slot));
                QCOMPARE(slotOfName(formatNodeName(slot, 12)), std::optional(slot));
                QCOMPARE(slotOfName(fileNodeName(slot, 12)), std::optional(slot));
                QCOMPARE(generationOfName(formatNodeName(slot, 12)), std::optional(12));
                QCOMPARE(generationOfName(fileNodeName(slot, 0)), std::optional(0));
                QCOMPARE(generationOfName(driveName(slot)), std::nullopt);
            }
        }
    }

    void namesFitIntoQemu()
    {
        QCOMPARE_LE(formatNodeName({3, 63}, 999999999).size(), 31);
        QCOMPARE_LE(fileNodeName({3, 63}, 999999999).size(), 31);
    }

    void otherNamesAreNotOurs_data()
    {
        QTest::addColumn<QString>("name");
        for (const char* name : {"", "drive", "drive-4-0", "drive-0-64", "drive-0", "drive-0-1-fmt",
                 "drive-0-1-fmt-", "drive-0-1-fmt-x", "drive-0-1-raw-1", "xdrive-0-1", "drive-0-1\n", "nvram",
                 "drive-0-1-fmt-1234567890"}) {
            QTest::addRow("%s", name) << QString::fromLatin1(name);
        }
    }

    void otherNamesAreNotOurs()
    {
        QFETCH(QString, name);
        QCOMPARE(slotOfName(name), std::nullopt);
        QCOMPARE(generationOfName(name), std::nullopt);
    }

    void aDiskDiscardsOnEveryNode()
    {
        const SlotId slot{0, 3};
        const DiskDrive disk{QStringLiteral("/d.vhdx"), DiskFormat::Vhdx};
        for (const QJsonObject& node :
            {fileNode(slot, 1, disk), formatNode(slot, 1, disk), rawNode(slot, 1, disk)}) {
            QCOMPARE(node[QStringLiteral("discard")].toString(), QStringLiteral("unmap"));
        }
        QCOMPARE(formatNode(slot, 1, disk)[QStringLiteral("file")],
            fileNode(slot, 1, disk)[QStringLiteral("node-name")]);
        QCOMPARE(
            rawNode(slot, 1, disk)[QStringLiteral("file")], formatNode(slot, 1, disk)[QStringLiteral("node-name")]);
        QCOMPARE(rawNode(slot, 1, disk)[QStringLiteral("node-name")].toString(), driveName(slot));
    }

    void aDiskIsReadOnlyAndKeepsWhatIsFreedOnEveryNodeWhereItIsTo()
    {
        const SlotId slot{0, 3};
        const DiskDrive disk{
            .source = QStringLiteral("/d.vhdx"), .format = DiskFormat::Vhdx, .isReadOnly = true, .discards = false};
        for (const QJsonObject& node :
            {fileNode(slot, 1, disk), formatNode(slot, 1, disk), rawNode(slot, 1, disk)}) {
            QCOMPARE(node[QStringLiteral("discard")].toString(), QStringLiteral("ignore"));
            QCOMPARE(node[QStringLiteral("read-only")], QJsonValue(true));
        }
    }

    void aDiskStandsOnTheDriverOfWhatHoldsIt()
    {
        const SlotId slot{0, 3};
        const auto driver = [&](const DiskSource& source) {
            const QJsonObject node = fileNode(slot, 2, {.source = source, .format = DiskFormat::Raw});
            return node[QStringLiteral("node-name")].toString() + QLatin1Char(' ')
                + node[QStringLiteral("driver")].toString() + QLatin1Char(' ')
                + node[QStringLiteral("discard")].toString();
        };
        QCOMPARE(driver(QStringLiteral("/d.raw")), QStringLiteral("drive-0-3-file-2 file unmap"));
        QCOMPARE(driver(QStringLiteral("/dev/shm/d.raw")), QStringLiteral("drive-0-3-file-2 file unmap"));
        QCOMPARE(driver(HostDevice{QStringLiteral("/dev/disk/by-id/usb-1")}),
            QStringLiteral("drive-0-3-file-2 host_device unmap"));
        QCOMPARE(driver(NbdExport{.host = QStringLiteral("server")}), QStringLiteral("drive-0-3-file-2 nbd unmap"));
    }

    void aMediumIsReadOnlyOnEveryNode()
    {
        const SlotId slot{0, 3};
        for (const QJsonObject& node : {mediumFileNode(slot, 1, QStringLiteral("/m.iso")), mediumNode(slot, 1)}) {
            QVERIFY(node[QStringLiteral("read-only")].toBool());
        }
    }
};

QTEST_APPLESS_MAIN(BlockGraphTest)
#include "block_graph_test.moc"
