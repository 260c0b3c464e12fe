// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes are those that OVMF, efibootmgr and the Windows setup write.
#include "core/boot/boot_target.h"
#include "core/boot/load_option.h"

#include <QTest>

using namespace platter;

Q_DECLARE_METATYPE(platter::BootTarget)

namespace {

const QByteArray root("02010c00d041030a00000000");

QByteArray bytes(const QByteArray& hex)
{
    return QByteArray::fromHex(root + hex);
}

HardDriveNode espPartition()
{
    return {.partition = 1,
        .firstSector = 2048,
        .sectors = 204800,
        .guid = QUuid(QStringLiteral("{0FC63DAF-8483-4772-8E79-3D69D8477DE4}"))};
}

// "\EFI\a.efi" as a file path node.
const QByteArray fileNode("04041a00"
                          "5c004500460049005c0061002e006500660069000000");
const QByteArray partitionNode("04012a00"
                               "01000000"
                               "0008000000000000"
                               "0020030000000000"
                               "af3dc60f838472478e793d69d8477de4"
                               "0202");

} // namespace

class BootTargetTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void readsWhatFirmwareAndSystemsWrite_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<BootTarget>("target");
        const auto row = [](const char* name, const QByteArray& path, const BootTarget& target) {
            QTest::newRow(name) << path << target;
        };
        using Way = NetworkTarget::Way;
        row("a slot",
            bytes("010106000002"
                  "010106000000"
                  "0302080005000000"
                  "7fff0400"),
            SlotId{0, 5});
        row("its second LUN",
            bytes("010106000302"
                  "010106000000"
                  "030208001f000100"
                  "7fff0400"),
            SlotId{3, 63});
        row("beyond all slots",
            bytes("010106000002"
                  "010106000000"
                  "0302080020000000"
                  "7fff0400"),
            UnknownTarget{});
        row("hardware that is not ours",
            bytes("010106000005"
                  "010106000000"
                  "0302080005000000"
                  "7fff0400"),
            UnknownTarget{});
        const QByteArray mac("030b2500"
                             "525400123456"
                             "0000000000000000000000000000000000000000000000000000"
                             "01");
        const QByteArray ipv4 = "030c1b00" + QByteArray(46, '0');
        const QByteArray adapter("010106000103"
                                 "010106000000");
        row("PXE", bytes(adapter + mac + ipv4 + "7fff0400"), NetworkTarget{AdapterId{1}, Way::Pxe4});
        row("PXE over IPv6", bytes(adapter + mac + "030d3c00" + QByteArray(112, '0') + "7fff0400"),
            NetworkTarget{AdapterId{1}, Way::Pxe6});
        row("HTTP", bytes(adapter + mac + ipv4 + "03180400" + "7fff0400"), NetworkTarget{AdapterId{1}, Way::Http4});
        row("a file on a partition", QByteArray::fromHex(partitionNode + fileNode + "7fff0400"),
            FileTarget{{}, espPartition(), QStringLiteral("\\EFI\\a.efi")});
        row("and on a slot",
            bytes("010106000002"
                  "010106000000"
                  "0302080005000000"
                + partitionNode + fileNode + "7fff0400"),
            FileTarget{SlotId{0, 5}, espPartition(), QStringLiteral("\\EFI\\a.efi")});
        row("of an MBR",
            QByteArray::fromHex("04012a00"
                                "01000000"
                                "0008000000000000"
                                "0020030000000000"
                                "78563412000000000000000000000000"
                                "0101"
                + fileNode + "7fff0400"),
            FileTarget{{},
                HardDriveNode{.partition = 1, .firstSector = 2048, .sectors = 204800, .diskSignature = 0x12345678},
                QStringLiteral("\\EFI\\a.efi")});
        row("the firmware's shell",
            QByteArray::fromHex("04071400"
                                "c9bdb87cebf8344faaea3ee4af6516a1"
                                "04061400"
                                "83a5047c3e9e1c4fad65e05268d0b4d1"
                                "7fff0400"),
            FirmwareTarget{QUuid(QStringLiteral("{7C04A583-9E3E-4F1C-AD65-E05268D0B4D1}"))});
        row("nothing", {}, UnknownTarget{});
        row("a node longer than the path", QByteArray::fromHex("0302ff00"), UnknownTarget{});
        row("a node without a header", QByteArray::fromHex("03020000"), UnknownTarget{});
        row("a partition that ends early",
            QByteArray::fromHex("04010800"
                                "01000000"
                                "7fff0400"),
            UnknownTarget{});
    }

    void readsWhatFirmwareAndSystemsWrite()
    {
        QFETCH(QByteArray, path);
        QFETCH(BootTarget, target);
        QVERIFY(bootTarget(path) == target);
    }

    void writesTheSame()
    {
        QCOMPARE(devicePath(SlotId{3, 63}),
            bytes("010106000302"
                  "010106000000"
                  "030208001f000100"
                  "7fff0400"));
        QCOMPARE(devicePath(FileTarget{{}, espPartition(), QStringLiteral("\\EFI\\a.efi")}),
            QByteArray::fromHex(partitionNode + fileNode + "7fff0400"));
        const FileTarget onWholeDisk{SlotId{0, 5}, {}, QStringLiteral("\\EFI\\a.efi")};
        QVERIFY(bootTarget(devicePath(onWholeDisk)) == BootTarget(onWholeDisk));
        QVERIFY(bootTarget(devicePath(AdapterId{7}, NetworkAdapter{QStringLiteral("52:54:00:12:34:56")}))
            == BootTarget(NetworkTarget{AdapterId{7}, NetworkTarget::Way::Pxe4}));
        const QString url = QStringLiteral("http://10.0.2.2/a.iso");
        const NetworkAdapter http{.mac = QStringLiteral("52:54:00:12:34:56"), .boot = {.url = url}};
        QVERIFY(bootTarget(devicePath(AdapterId{7}, http))
            == BootTarget(NetworkTarget{AdapterId{7}, NetworkTarget::Way::Http4, url}));
        QVERIFY(isFirmwareMenu(bootTarget(firmwareMenuPath())));
    }

    void everySlotIsFoundAgain()
    {
        for (int controller = 0; controller < maxControllers; ++controller) {
            for (int target = 0; target < slotsPerController; ++target) {
                const SlotId slot{controller, target};
                QVERIFY(bootTarget(devicePath(slot)) == BootTarget(slot));
            }
        }
    }

    void aLoadOptionKeepsItsBytes()
    {
        const QByteArray option = QByteArray::fromHex("01000000"
                                                      "0400"
                                                      "610062000000"
                                                      "7fff0400"
                                                      "beef");
        const std::optional<LoadOption> parsed = LoadOption::parse(option);
        QVERIFY(parsed);
        QVERIFY(parsed->isActive());
        QVERIFY(!parsed->isMadeByFirmware());
        QCOMPARE(parsed->description, QStringLiteral("ab"));
        QCOMPARE(parsed->data, QByteArray::fromHex("beef"));
        QCOMPARE(parsed->bytes(), option);
        for (qsizetype size = 0; size < option.size() - 2; ++size) {
            QVERIFY(!LoadOption::parse(option.first(size)));
        }
        QVERIFY(LoadOption::parse(QByteArray::fromHex("01000000"
                                                      "0400"
                                                      "61000000"
                                                      "7fff0400"
                                                      "4eac0881119f594d850ee21a522c59b2"))
                ->isMadeByFirmware());
    }
};

QTEST_GUILESS_MAIN(BootTargetTest)
#include "boot_target_test.moc"
