// SPDX-License-Identifier: GPL-3.0-or-later
#include "../disk/run_tool.h"
#include "../media/image_maker.h"
#include "core/boot/boot_check.h"
#include "core/boot/nvram_file.h"
#include "firmware_keys.h"

#include <QDir>
#include <QFile>
#include <QTest>
#include <QtEndian>

using namespace platter;

using Verdict = BootFinding::Verdict;

namespace {

constexpr qint64 mebibyte = 1 << 20;

} // namespace

class BootCheckTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;
    Definition m_definition;
    BootOrder m_order; // of the definition, without any other entry

    // A disk partitioned by SCRIPT, with a FAT volume of these FILES at its first MiB.
    QString makeDisk(const QString& name, const QByteArray& script, const QList<QPair<QString, QByteArray>>& files)
    {
        QFile disk(m_maker.path(name));
        if (!disk.open(QIODevice::ReadWrite) || !disk.resize(64 * mebibyte)
            || !runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), disk.fileName()}, script).isGood
            || !m_maker.makeFat(QStringLiteral("fat"), 32 << 10, {}, files).isEmpty() || !disk.seek(mebibyte)
            || disk.write(m_maker.bytes(QStringLiteral("fat"))) < 0) {
            qFatal("%s", qPrintable(disk.errorString()));
        }
        QFile::remove(m_maker.path(QStringLiteral("fat")));
        return disk.fileName();
    }

    // Of a machine that has never run.
    static BootOrder orderOf(const Definition& definition)
    {
        const QString vars =
            findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off).value().varsTemplate;
        return BootOrder::read(
            readNvram({QStringLiteral("m"), QStringLiteral("/nowhere"), {}}, vars).value(), definition);
    }

    static QByteArray contentOf(const QString& path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    static QString folder() { return QStringLiteral("/usr/lib/systemd/boot/efi"); }

    FileTarget fileOn(SlotId slot, const QString& path)
    {
        FileTarget file = loadersOn(m_definition, slot).value().front().file;
        file.path = path;
        return file;
    }

    BootFinding findingFor(const FileTarget& file)
    {
        BootOrder order = m_order;
        order.add(QStringLiteral("x"), file);
        return examineBoot(order, m_definition, {}).front();
    }

private Q_SLOTS:

    void initTestCase()
    {
        const QByteArray program = contentOf(folder() + QStringLiteral("/systemd-bootx64.efi"));
        QVERIFY(!program.isEmpty());
        QByteArray arm = program;
        qToLittleEndian<quint16>(0xAA64, arm.data() + qFromLittleEndian<quint32>(program.constData() + 0x3C) + 4);
        const QString gpt = makeDisk(QStringLiteral("gpt.raw"), "label: gpt\nstart=1MiB, size=40MiB, type=uefi\n",
            {{QStringLiteral("EFI/debian/shimx64.efi"), program}, {QStringLiteral("EFI/arm/grubaa64.efi"), arm},
                {QStringLiteral("EFI/bad/bad.efi"), "no program"}});
        const QString mbr = makeDisk(QStringLiteral("mbr.raw"),
            "label: dos\nlabel-id: 0x12345678\nstart=1MiB, size=40MiB, type=ef\n",
            {{QStringLiteral("EFI/BOOT/BOOTX64.EFI"), program}});
        QFile empty(m_maker.path(QStringLiteral("empty.raw")));
        QVERIFY(empty.open(QIODevice::WriteOnly) && empty.resize(mebibyte));
        m_definition.id = MachineId::random();
        m_definition.drives = {{{0, 0}, DiskDrive{gpt, DiskFormat::Raw}}, {{0, 1}, DiskDrive{mbr, DiskFormat::Raw}},
            {{0, 2}, DiskDrive{empty.fileName(), DiskFormat::Raw}}, {{0, 3}, DvdDrive{}},
            {{0, 4}, DiskDrive{QStringLiteral("/nowhere/disk.raw"), DiskFormat::Raw}}};
        m_definition.adapters = {NetworkAdapter{QStringLiteral("52:54:00:12:34:56"), {}}};
        for (const Drive& drive : m_definition.drives) {
            m_definition.bootOrder.emplace_back(drive.slot);
        }
        m_definition.bootOrder.emplace_back(AdapterId{0});
        m_order = orderOf(m_definition);
    }

    void everyDeviceIsLookedAt()
    {
        const std::vector<BootFinding> findings = examineBoot(m_order, m_definition, {});
        const std::vector<std::pair<Verdict, const char*>> expected{
            {Verdict::Fails, "only with a boot entry for \\EFI\\debian\\shimx64.efi"},
            {Verdict::Starts, "starts from it"}, {Verdict::Fails, "it is empty"}, {Verdict::Fails, "no medium"},
            {Verdict::Unknown, "does not exist"}, {Verdict::Fails, "User-mode NAT"}};
        QCOMPARE(findings.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(findings[i].verdict, expected[i].first);
            QVERIFY2(
                findings[i].sentence.contains(QLatin1String(expected[i].second)), qPrintable(findings[i].sentence));
        }
    }

    // What the adapter has to boot from decides.
    void everyNetworkIsLookedAt_data()
    {
        QTest::addColumn<NetworkAdapter>("adapter");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("what");
        const QString mac = QStringLiteral("52:54:00:12:34:56");
        QTest::newRow("nothing") << NetworkAdapter{.mac = mac} << Verdict::Fails << QStringLiteral("no boot file")
                                 << QStringLiteral("Network 0 (PXE)");
        QTest::newRow("a folder") << NetworkAdapter{.mac = mac,
            .boot = {.folder = folder(), .file = QStringLiteral("systemd-bootx64.efi")}}
                                  << Verdict::Starts << folder()
                                  << QStringLiteral("Network 0 (PXE)  systemd-bootx64.efi");
        QTest::newRow("a file that is gone")
            << NetworkAdapter{.mac = mac, .boot = {.folder = folder(), .file = QStringLiteral("gone.efi")}}
            << Verdict::Fails << QStringLiteral("gone.efi") << QStringLiteral("Network 0 (PXE)  gone.efi");
        const QString url = QStringLiteral("http://10.0.2.2/guest.iso");
        QTest::newRow("an address") << NetworkAdapter{.mac = mac, .boot = {.url = url}} << Verdict::Unknown << url
                                    << QStringLiteral("Network 0 (HTTP)  %1").arg(url);
        QTest::newRow("a bridge") << NetworkAdapter{.mac = mac, .bridge = QStringLiteral("br0")} << Verdict::Unknown
                                  << QStringLiteral("br0") << QStringLiteral("Network 0 (PXE)");
        QTest::newRow("no cable") << NetworkAdapter{.mac = mac, .isConnected = false} << Verdict::Fails
                                  << QStringLiteral("cable") << QStringLiteral("Network 0 (PXE)");
    }

    void everyNetworkIsLookedAt()
    {
        QFETCH(NetworkAdapter, adapter);
        QFETCH(Verdict, verdict);
        QFETCH(QString, sentence);
        QFETCH(QString, what);
        const Definition definition{.id = MachineId::random(), .adapters = {adapter}, .bootOrder = {AdapterId{0}}};
        const BootOrder order = orderOf(definition);
        const std::vector<BootFinding> findings = examineBoot(order, definition, {});
        QCOMPARE(findings.front().verdict, verdict);
        QVERIFY2(findings.front().sentence.contains(sentence), qPrintable(findings.front().sentence));
        const BootWords words = wordsFor(order.entries().front(), findings.front(), definition);
        QCOMPARE(words.what, what);
        QVERIFY2(words.where.startsWith(adapter.mac), qPrintable(words.where));
        QCOMPARE(words.where.contains(folder()), !adapter.boot.folder.isEmpty());
    }

    void everyLoaderIsFoundWithItsPartition()
    {
        const std::vector<LoaderOnDisk> loaders = loadersOn(m_definition, {0, 0}).value();
        QCOMPARE(loaders.size(), std::size_t(3));
        for (const LoaderOnDisk& loader : loaders) {
            QCOMPARE(loader.file.partition->firstSector, std::uint64_t(2048));
            QCOMPARE(loader.file.partition->sectors, std::uint64_t(40 * mebibyte / 512));
            const BootFinding finding = findingFor(loader.file);
            QCOMPARE(finding.verdict, loader.canStart ? Verdict::Starts : Verdict::Fails);
            QVERIFY((finding.slot == SlotId{0, 0}));
        }
        const LoaderOnDisk onMbr = loadersOn(m_definition, {0, 1}).value().front();
        QCOMPARE(onMbr.file.partition->diskSignature, 0x12345678U);
        QCOMPARE(findingFor(onMbr.file).verdict, Verdict::Starts);
        QVERIFY((findingFor(onMbr.file).slot == SlotId{0, 1}));
        QCOMPARE(loadersOn(m_definition, {0, 3}).error().kind, ErrorKind::NotFound);
        QCOMPARE(loadersOn(m_definition, {0, 9}).error().kind, ErrorKind::NotFound);
    }

    void whatIsGoneIsSaid()
    {
        const BootFinding file = findingFor(fileOn({0, 0}, QStringLiteral("\\EFI\\debian\\gone.efi")));
        QCOMPARE(file.verdict, Verdict::Gone);
        QVERIFY2(file.advice.contains(QLatin1String("such as \\EFI\\")), qPrintable(file.advice));
        QCOMPARE(findingFor(fileOn({0, 0}, QStringLiteral("\\vmlinuz"))).verdict, Verdict::Unknown);

        FileTarget elsewhere = fileOn({0, 0}, QStringLiteral("\\EFI\\a.efi"));
        elsewhere.partition->guid = QUuid::createUuid();
        QCOMPARE(findingFor(elsewhere).verdict, Verdict::Unknown); // it may be on the disk that cannot be read
        const Definition before = m_definition;
        std::erase_if(m_definition.drives, [](const Drive& drive) { return drive.slot == SlotId{0, 4}; });
        const BootFinding disk = findingFor(elsewhere);
        m_definition = before;
        QCOMPARE(disk.verdict, Verdict::Gone);
        QVERIFY2(disk.advice.contains(QLatin1String("Attach the disk again")), qPrintable(disk.advice));
    }

    // What is signed by whom decides, wherever it starts from.
    void secureBootAsksWhoSigned()
    {
        const QByteArray shim = contentOf(QStringLiteral("/usr/lib/shim/shimx64.efi.signed"));
        const QByteArray grub = contentOf(QStringLiteral("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"));
        QVERIFY(!shim.isEmpty() && !grub.isEmpty());
        const QString disk =
            makeDisk(QStringLiteral("signed.raw"), "label: gpt\nstart=1MiB, size=40MiB, type=uefi\n",
                {{QStringLiteral("EFI/BOOT/BOOTX64.EFI"), shim}, {QStringLiteral("EFI/debian/grubx64.efi"), grub}});
        QVERIFY(QDir().mkpath(m_maker.path(QStringLiteral("disc"))));
        QCOMPARE(m_maker.makeFat(QStringLiteral("disc/efi.img"), 4096, {},
                     {{QStringLiteral("EFI/BOOT/BOOTX64.EFI"),
                         contentOf(folder() + QStringLiteral("/systemd-bootx64.efi"))}}),
            QString());
        QCOMPARE(m_maker.makeIso(QStringLiteral("dvd.iso"),
                     {QStringLiteral("-e"), QStringLiteral("efi.img"), QStringLiteral("-no-emul-boot")}),
            QString());
        Definition definition{.id = MachineId::random(),
            .drives = {{{0, 0}, DiskDrive{disk, DiskFormat::Raw}},
                {{0, 1}, DiskDrive{m_maker.path(QStringLiteral("mbr.raw")), DiskFormat::Raw}},
                {{0, 2}, DvdDrive{m_maker.path(QStringLiteral("dvd.iso"))}}},
            .adapters = {NetworkAdapter{.mac = QStringLiteral("52:54:00:12:34:56"),
                .boot = {.folder = folder(), .file = QStringLiteral("systemd-bootx64.efi")}}},
            .bootOrder = {SlotId{0, 0}, SlotId{0, 1}, SlotId{0, 2}, AdapterId{0}}};
        BootOrder order = orderOf(definition);
        const std::vector<BootFinding> before = examineBoot(order, definition, {});
        QVERIFY(std::ranges::all_of(
            before, [](const BootFinding& finding) { return finding.verdict == Verdict::Starts; }));

        definition.firmware.secureBoot = SecureBoot::MicrosoftAndThirdParty;
        const Result<SecureBootKeys> keys = firmwareKeys(definition.firmware.secureBoot);
        const std::vector<std::pair<Verdict, const char*>> expected{
            {Verdict::Starts, "BOOTX64.EFI is signed by Microsoft Corporation UEFI CA 2011."},
            {Verdict::Fails, "BOOTX64.EFI is not signed."},
            {Verdict::Fails, "the boot loader of dvd.iso is not signed."},
            {Verdict::Fails, "systemd-bootx64.efi is not signed."}};
        const std::vector<BootFinding> findings = examineBoot(order, definition, keys);
        QCOMPARE(findings.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(findings[i].verdict, expected[i].first);
            QVERIFY2(
                findings[i].sentence.endsWith(QLatin1String(expected[i].second)), qPrintable(findings[i].sentence));
            QCOMPARE(findings[i].advice.contains(QLatin1String("--secure-boot own")),
                expected[i].first == Verdict::Fails);
        }
        FileTarget debian = loadersOn(definition, {0, 0}).value().front().file;
        debian.path = QStringLiteral("\\EFI\\debian\\grubx64.efi");
        order.add(QStringLiteral("debian"), debian);
        const BootFinding stranger = examineBoot(order, definition, keys).front();
        QCOMPARE(stranger.verdict, Verdict::Fails);
        QVERIFY2(stranger.sentence.contains(QLatin1String("signed by Debian Secure Boot CA, whose key")),
            qPrintable(stranger.sentence));
        // Where the keys cannot be read, nobody knows.
        const Error why{ErrorKind::Corrupt, QStringLiteral("The keys are damaged."), {}, {}};
        for (const BootFinding& finding : examineBoot(order, definition, std::unexpected(why))) {
            QCOMPARE(finding.verdict, Verdict::Unknown);
            QCOMPARE(finding.sentence, why.summary);
        }
    }

    void whyNothingStartsNamesEveryEntry()
    {
        QCOMPARE(whyNothingStarts(m_order, examineBoot(m_order, m_definition, {}), m_definition), QStringList());
        BootOrder order = m_order;
        order.setOrder({order.find(QStringLiteral("0:3"))->number, order.find(QStringLiteral("0:2"))->number});
        const QStringList why = whyNothingStarts(order, examineBoot(order, m_definition, {}), m_definition);
        QCOMPARE(why.size(), 2);
        QCOMPARE(why.front(), QStringLiteral("DVD drive, empty: The DVD drive has no medium."));
        order.setOrder({});
        QCOMPARE(whyNothingStarts(order, examineBoot(order, m_definition, {}), m_definition).size(), 1);
    }
};

QTEST_GUILESS_MAIN(BootCheckTest)
#include "boot_check_test.moc"
