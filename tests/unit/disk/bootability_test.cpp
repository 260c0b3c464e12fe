// SPDX-License-Identifier: GPL-3.0-or-later
#include "../media/image_maker.h"
#include "core/disk/bootability.h"
#include "core/disk/partition_reader.h"
#include "descriptor_disk.h"
#include "run_tool.h"

#include <QFile>
#include <QTest>
#include <QtEndian>

using namespace platter;

using Files = QList<QPair<QString, QByteArray>>;

namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

} // namespace

class BootabilityTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;
    QByteArray m_program; // a real loader, for x64
    QByteArray m_armProgram;

    void partition(const DescriptorDisk& disk, const QByteArray& script) const
    {
        const ToolRun run = runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), disk.path()}, script);
        QVERIFY2(run.isGood, qPrintable(run.output));
    }

    // A FAT volume with FILES at OFFSET.
    void putFat(DescriptorDisk& disk, std::uint64_t offset, const Files& files) const
    {
        const QString name = QStringLiteral("fat.img");
        QFile::remove(m_maker.path(name));
        const QString fault = m_maker.makeFat(name, 8192, {}, files);
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        const QByteArray bytes = m_maker.bytes(name);
        QVERIFY(disk.write(offset, std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size())))));
    }

private Q_SLOTS:

    void initTestCase()
    {
        QFile file(QStringLiteral("/usr/lib/systemd/boot/efi/systemd-bootx64.efi"));
        QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.errorString()));
        m_program = file.readAll();
        m_armProgram = m_program;
        const auto pe = qFromLittleEndian<quint32>(m_program.constData() + 0x3C);
        qToLittleEndian<quint16>(0xAA64, m_armProgram.data() + pe + 4);
    }

    void judges_data()
    {
        QTest::addColumn<QByteArray>("script"); // of sfdisk; empty: no table
        QTest::addColumn<qint64>("fatAt"); // MiB; -1: no FAT volume
        QTest::addColumn<Files>("files");
        QTest::addColumn<ImageKind>("format");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("advice"); // words of it
        const QByteArray gpt = "label: gpt\nstart=1MiB, size=10MiB, type=U\nsize=40MiB, type=L\n";
        const QByteArray gptWithoutEsp = "label: gpt\nstart=1MiB, size=10MiB, type=L\n";
        const QByteArray mbr = "label: dos\nstart=1MiB, size=10MiB, type=ef\nsize=20MiB, type=83\n";
        const QByteArray mbrWithoutEsp = "label: dos\nstart=1MiB, size=10MiB, type=7, bootable\n";
        const QString loader = QStringLiteral("EFI/BOOT/BOOTX64.EFI");
        const auto row = [](const char* name, const QByteArray& script, qint64 fatAt, const Files& files,
                             const char* verdict, const char* sentence, const char* advice,
                             ImageKind format = ImageKind::Vhdx) {
            QTest::newRow(name) << script << fatAt << files << format << QString::fromLatin1(verdict)
                                << QString::fromLatin1(sentence) << QString::fromLatin1(advice);
        };
        row("GPT", gpt, 1, {{loader, m_program}}, "yes", "A machine starts from it, by \\EFI\\BOOT\\BOOTX64.EFI.",
            "");
        row("MBR", mbr, 1, {{loader, m_program}}, "yes", "A machine starts from it, by \\EFI\\BOOT\\BOOTX64.EFI.",
            "");
        row("FAT of another type", gptWithoutEsp, 1, {{loader, m_program}}, "yes",
            "A machine starts from it, by \\EFI\\BOOT\\BOOTX64.EFI.", "");
        row("FAT on MBR, of another type", mbrWithoutEsp, 1, {{loader, m_program}}, "yes",
            "A machine starts from it, by \\EFI\\BOOT\\BOOTX64.EFI.", "");
        row("the whole disk is FAT", {}, 0, {{loader, m_program}}, "yes",
            "A machine starts from it, by \\EFI\\BOOT\\BOOTX64.EFI.", "");
        row("of Debian's only", gpt, 1,
            {{QStringLiteral("EFI/debian/grubx64.efi"), m_program},
                {QStringLiteral("EFI/debian/mmx64.efi"), m_program},
                {QStringLiteral("EFI/debian/shimx64.efi"), m_program}},
            "needs-boot-entry",
            "A machine starts from it only with a boot entry for \\EFI\\debian\\shimx64.efi: there is no "
            "\\EFI\\BOOT\\BOOTX64.EFI, which firmware looks for by itself.",
            "platterctl boot add");
        row("Windows' only", gpt, 1, {{QStringLiteral("EFI/Microsoft/Boot/bootmgfw.efi"), m_program}},
            "needs-boot-entry",
            "A machine starts from it only with a boot entry for \\EFI\\Microsoft\\Boot\\bootmgfw.efi: there is no "
            "\\EFI\\BOOT\\BOOTX64.EFI, which firmware looks for by itself.",
            "platterctl boot add");
        row("a damaged default, another whole", gpt, 1,
            {{loader, "no program"}, {QStringLiteral("EFI/debian/grubx64.efi"), m_program}}, "needs-boot-entry",
            "A machine starts from it only with a boot entry for \\EFI\\debian\\grubx64.efi: there is no "
            "\\EFI\\BOOT\\BOOTX64.EFI, which firmware looks for by itself.",
            "platterctl boot add");
        row("damaged loader", gpt, 1, {{loader, "no program"}}, "loader-damaged",
            "No machine starts from it: its boot loader \\EFI\\BOOT\\BOOTX64.EFI is damaged.", "repair");
        row("Arm", gpt, 1, {{QStringLiteral("EFI/BOOT/BOOTAA64.EFI"), m_armProgram}}, "other-processor",
            "No machine starts from it: its boot loader \\EFI\\BOOT\\BOOTAA64.EFI is for 64-bit Arm processors, "
            "and the "
            "machine's processor is 64-bit x86.",
            "amd64");
        row("Arm under the name of x64", gpt, 1, {{loader, m_armProgram}}, "other-processor",
            "No machine starts from it: its boot loader \\EFI\\BOOT\\BOOTX64.EFI is for 64-bit Arm processors, and "
            "the "
            "machine's processor is 64-bit x86.",
            "amd64");
        row("system partition without a loader", gpt, 1, {{QStringLiteral("README.TXT"), "text"}}, "no-loader",
            "No machine starts from it: there is no boot loader for UEFI on it.", "installation medium");
        row("system partition not formatted", gpt, -1, {}, "system-partition-not-fat",
            "No machine starts from it: its EFI system partition holds no FAT file system that firmware could "
            "read.",
            "installation medium");
        row("GPT for data", gptWithoutEsp, -1, {}, "no-system-partition",
            "No machine starts from it: it has no EFI system partition.", "data");
        row("BIOS", mbrWithoutEsp, -1, {}, "bios-only",
            "No machine starts from it: it is partitioned for BIOS firmware (MBR) and has no EFI system partition.",
            "mbr2gpt");
        row("empty", {}, -1, {}, "empty", "No machine starts from it: it is empty.", "installation medium");
        row("VHD", gpt, 1, {{loader, m_program}}, "format-not-used",
            "No machine starts from it: a VHD cannot be a machine's disk.", "disk convert", ImageKind::Vhd);
        row("VHD for BIOS", mbrWithoutEsp, -1, {}, "format-not-used",
            "No machine starts from it: a VHD cannot be a machine's disk, and this one is partitioned for BIOS "
            "firmware (MBR) and has no EFI system partition.",
            "disk convert", ImageKind::Vhd);
    }

    void judges()
    {
        QFETCH(QByteArray, script);
        QFETCH(qint64, fatAt);
        QFETCH(Files, files);
        QFETCH(ImageKind, format);
        QFETCH(QString, advice);
        DescriptorDisk disk(64 * mebibyte);
        if (!script.isEmpty()) {
            partition(disk, script);
        }
        if (fatAt >= 0) {
            putFat(disk, std::uint64_t(fatAt) * mebibyte, files);
        }
        const Result<PartitionTable> table = readPartitionTable(disk);
        QVERIFY(table);
        const Result<Bootability> bootability = judgeBootability(disk, *table, format);
        QVERIFY(bootability);
        QTEST(nameOf(bootability->verdict), "verdict");
        QTEST(bootability->sentence(), "sentence");
        QCOMPARE(bootability->isBootable(), bootability->verdict == Bootability::Verdict::Yes);
        QCOMPARE(bootability->advice().isEmpty(), bootability->isBootable());
        QVERIFY2(bootability->advice().contains(advice), qPrintable(bootability->advice()));
        QCOMPARE(bootability->loaders.size(),
            std::size_t(files.size())
                - (files.size() == 1 && files[0].first.endsWith(QLatin1String("TXT")) ? 1 : 0));
        for (const Bootability::Loader& one : bootability->loaders) {
            QCOMPARE(one.partition, fatAt == 0 ? 0 : 1);
        }
    }

    void judgesADamagedTable()
    {
        DescriptorDisk disk(64 * mebibyte);
        partition(disk, "label: gpt\nsize=10MiB, type=U\n");
        const std::array<std::byte, 512> zeros{};
        QVERIFY(disk.write(512, zeros) && disk.write(64 * mebibyte - 512, zeros));
        const Result<PartitionTable> table = readPartitionTable(disk);
        QVERIFY(table);
        const Result<Bootability> bootability = judgeBootability(disk, *table, ImageKind::Vhdx);
        QCOMPARE(nameOf(bootability->verdict), QStringLiteral("table-damaged"));
        QCOMPARE(
            bootability->sentence(), QStringLiteral("No machine starts from it: its partition table is damaged."));
        QVERIFY(!bootability->advice().isEmpty());
    }

    void judgesDataWithoutPartitions()
    {
        DescriptorDisk disk(64 * mebibyte);
        const ToolRun run =
            runTool(QStringLiteral("mkfs.ext4"), {QStringLiteral("-q"), QStringLiteral("-F"), disk.path()});
        QVERIFY2(run.isGood, qPrintable(run.output));
        const Result<PartitionTable> table = readPartitionTable(disk);
        QVERIFY(table);
        const Result<Bootability> bootability = judgeBootability(disk, *table, ImageKind::Vhdx);
        QCOMPARE(nameOf(bootability->verdict), QStringLiteral("no-partition-table"));
        QCOMPARE(bootability->sentence(),
            QStringLiteral("No machine starts from it: it has no partition table that firmware knows."));
        QVERIFY(!bootability->advice().isEmpty());
    }

    void judgesNoMedium()
    {
        DescriptorDisk disk(0);
        const Result<Bootability> bootability = judgeBootability(disk, {}, ImageKind::Raw);
        QCOMPARE(nameOf(bootability->verdict), QStringLiteral("no-medium"));
        QCOMPARE(bootability->sentence(), QStringLiteral("No machine starts from it: there is no medium."));
        QVERIFY(!bootability->advice().isEmpty());
    }
};

QTEST_GUILESS_MAIN(BootabilityTest)
#include "bootability_test.moc"
