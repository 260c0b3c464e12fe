// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/rules.h"

#include <QSet>
#include <QTest>

#include <algorithm>
#include <functional>

using namespace platter;

namespace {

using Edit = std::function<void(Definition&)>;

const HostResources host{ByteCount::gibibytes(8), 4};

// A machine that has one of everything and breaks no rule.
Definition sound()
{
    Definition definition;
    definition.id = MachineId::random();
    definition.memory = ByteCount::gibibytes(2);
    definition.cpus = 2;
    definition.controllers = 2;
    definition.drives = {{{0, 0}, DiskDrive{QStringLiteral("/m/system.vhdx")}},
        {{0, 1}, DiskDrive{QStringLiteral("/m/data.raw"), DiskFormat::Raw}},
        {{0, 2}, DvdDrive{QStringLiteral("/isos/a.iso")}}, {{1, 63}, DvdDrive{}}};
    definition.adapters = {
        {QStringLiteral("52:54:00:12:34:56"), {{Protocol::Tcp, 2222, 22}, {Protocol::Udp, 2222, 22}}},
        {QStringLiteral("52:54:00:12:34:57"), {{Protocol::Tcp, 65535, 65535}, {Protocol::Tcp, 1024, 1}}}};
    definition.adapters[0].boot = {.url = QStringLiteral("http://10.0.2.2:8000/a%20b.iso?x=1")};
    definition.adapters[1].boot = {.folder = QStringLiteral("/net,boot"), .file = QString(127, QLatin1Char('a'))};
    definition.bootOrder = {SlotId{0, 0}, SlotId{0, 2}, AdapterId{1}};
    return definition;
}

QList<int> rulesOf(const std::vector<Violation>& list)
{
    QList<int> rules;
    std::ranges::transform(
        list, std::back_inserter(rules), [](const Violation& v) { return static_cast<int>(v.rule); });
    return rules;
}

void checkSentence(const Error& error)
{
    QCOMPARE(error.kind, ErrorKind::InvalidInput);
    QVERIFY2(error.summary.endsWith(QLatin1Char('.')), qPrintable(error.summary));
    QVERIFY(!error.advice.isEmpty());
    QVERIFY2(!error.text().contains(QLatin1Char('%')), qPrintable(error.text()));
}

} // namespace

Q_DECLARE_METATYPE(Edit)

class RulesTest : public QObject {
    Q_OBJECT

private:
    QSet<int> m_rulesSeen;

private Q_SLOTS:

    void aSoundMachineBreaksNone() { QCOMPARE(rulesOf(violations(sound(), host)), QList<int>()); }

    void theSmallestMachineBreaksNone()
    {
        Definition definition;
        definition.id = MachineId::random();
        definition.memory = ByteCount::mebibytes(128);
        definition.cpus = 1;
        QCOMPARE(rulesOf(violations(definition, host)), QList<int>());
    }

    void disksElsewhereBreakNone()
    {
        Definition definition = sound();
        definition.drives = {{{0, 0}, DiskDrive{NbdExport{.host = QStringLiteral("server")}, DiskFormat::Qcow2}},
            {{0, 1}, DiskDrive{HostDevice{QStringLiteral("/dev/disk/by-id/usb-1-part2")}, DiskFormat::Raw}},
            {{0, 2},
                DiskDrive{.source = HttpsFile{QStringLiteral("https://server/d.raw")},
                    .format = DiskFormat::Raw,
                    .isReadOnly = true}}};
        QCOMPARE(rulesOf(violations(definition, host)), QList<int>());
    }

    void theMemoryDiskIsNoDevice()
    {
        QVERIFY(isDevicePath(QStringLiteral("/dev/shm/../sr0")));
        QVERIFY(isDevicePath(QStringLiteral("/dev/shm")));
        QVERIFY(!isDevicePath(QStringLiteral("/dev/shm/a.iso")));
        QVERIFY(!isDevicePath(QStringLiteral("/devices/a.iso")));
    }

    void theLargestMachineBreaksNone()
    {
        Definition definition = sound();
        definition.memory = host.memory;
        definition.cpus = host.cpus;
        definition.controllers = 4;
        definition.drives.clear();
        for (int controller = 0; controller < 4; ++controller) {
            for (int target = 0; target < 64; ++target) {
                definition.drives.push_back({{controller, target}, DvdDrive{QStringLiteral("/isos/the same.iso")}});
            }
        }
        definition.adapters.clear();
        for (int i = 0; i < 8; ++i) {
            definition.adapters.push_back({QStringLiteral("52:54:00:00:00:0%1").arg(i), {}});
        }
        QCOMPARE(rulesOf(violations(definition, host)), QList<int>());
    }

    void oneBrokenRuleIsOneSentence_data()
    {
        QTest::addColumn<Edit>("edit");
        QTest::addColumn<int>("rule");
        const auto row = [](const char* name, Rule rule, const Edit& edit) {
            QTest::newRow(name) << edit << static_cast<int>(rule);
        };
        row("127 MiB", Rule::MemoryTooSmall, [](Definition& d) { d.memory = ByteCount::mebibytes(127); });
        row("no memory", Rule::MemoryTooSmall, [](Definition& d) { d.memory = ByteCount(0); });
        row("a byte more than 2 GiB", Rule::MemoryNotWholeMebibytes,
            [](Definition& d) { d.memory = ByteCount((2ULL << 30) + 1); });
        row("a MiB more than the host has", Rule::MemoryBeyondHost,
            [](Definition& d) { d.memory = ByteCount::mebibytes(8193); });
        row("no processor", Rule::NoCpu, [](Definition& d) { d.cpus = 0; });
        row("minus one processor", Rule::NoCpu, [](Definition& d) { d.cpus = -1; });
        row("one processor too many", Rule::CpusBeyondHost, [](Definition& d) { d.cpus = 5; });
        const auto disk = [](Definition& d) -> DiskDrive& { return std::get<DiskDrive>(d.drives[1].what); };
        row("a VHDX on the network", Rule::NetworkFormat, [disk](Definition& d) {
            disk(d).source = NbdExport{.host = QStringLiteral("server")};
            disk(d).format = DiskFormat::Vhdx;
        });
        row("writing over https", Rule::NetworkReadOnly,
            [disk](Definition& d) { disk(d).source = HttpsFile{QStringLiteral("https://server/d.raw")}; });
        for (const char* name : {"/dev/sdb", "/dev/disk/by-id/", "/dev/disk/by-id/../../sdb", "", "usb-1"}) {
            row(name, Rule::DeviceName,
                [disk, name](Definition& d) { disk(d).source = HostDevice{QString::fromLatin1(name)}; });
        }
        row("a device with a format", Rule::DeviceFormat, [disk](Definition& d) {
            disk(d).source = HostDevice{QStringLiteral("/dev/disk/by-id/usb-1")};
            disk(d).format = DiskFormat::Qcow2;
        });
        row("a location twice", Rule::SameImageTwice, [disk](Definition& d) {
            disk(d).source = NbdExport{.host = QStringLiteral("server")};
            d.drives[0].what = disk(d);
        });
        row("no controller", Rule::ControllerCount, [](Definition& d) {
            d.controllers = 0;
            d.drives.clear();
            d.bootOrder.clear();
        });
        row("five controllers", Rule::ControllerCount, [](Definition& d) { d.controllers = 5; });
        row("target 64", Rule::SlotOutOfRange, [](Definition& d) { d.drives.push_back({{0, 64}, DvdDrive{}}); });
        row("controller 4", Rule::SlotOutOfRange, [](Definition& d) { d.drives.push_back({{4, 0}, DvdDrive{}}); });
        row("negative target", Rule::SlotOutOfRange,
            [](Definition& d) { d.drives.push_back({{0, -1}, DvdDrive{}}); });
        row("controller that is not there", Rule::SlotOnMissingController,
            [](Definition& d) { d.drives.push_back({{2, 0}, DvdDrive{}}); });
        row("slot twice", Rule::SlotTakenTwice, [](Definition& d) { d.drives.push_back({{1, 63}, DvdDrive{}}); });
        row("disk without a file", Rule::DiskFileMissingName,
            [](Definition& d) { d.drives[1].what = DiskDrive{}; });
        row("relative disk", Rule::RelativePath,
            [](Definition& d) { d.drives[1].what = DiskDrive{QStringLiteral("a.vhdx")}; });
        row("relative medium", Rule::RelativePath,
            [](Definition& d) { d.drives[2].what = DvdDrive{QStringLiteral("./a.iso")}; });
        row("disk twice", Rule::SameImageTwice,
            [](Definition& d) { d.drives[1].what = DiskDrive{QStringLiteral("/m/system.vhdx")}; });
        row("disk twice, written differently", Rule::SameImageTwice,
            [](Definition& d) { d.drives[1].what = DiskDrive{QStringLiteral("/m/../m//./system.vhdx")}; });
        row("disk as a medium", Rule::SameImageTwice,
            [](Definition& d) { d.drives[2].what = DvdDrive{QStringLiteral("/m/system.vhdx")}; });
        row("medium as a disk", Rule::SameImageTwice, [](Definition& d) {
            d.drives.push_back({{1, 0}, DiskDrive{QStringLiteral("/isos/a.iso"), DiskFormat::Raw}});
        });
        row("physical DVD", Rule::PhysicalDvd,
            [](Definition& d) { d.drives[2].what = DvdDrive{QStringLiteral("/dev/sr0")}; });
        row("physical DVD by detour", Rule::PhysicalDvd,
            [](Definition& d) { d.drives[2].what = DvdDrive{QStringLiteral("/home/../dev//cdrom")}; });
        row("VHD", Rule::VhdDisk,
            [](Definition& d) { d.drives[1].what = DiskDrive{QStringLiteral("/m/Old Disk.VHD")}; });
        row("nine adapters", Rule::TooManyAdapters, [](Definition& d) {
            for (int i = 0; i < 7; ++i) {
                d.adapters.push_back({QStringLiteral("52:54:00:00:00:0%1").arg(i), {}});
            }
        });
        row("no address", Rule::BadMac, [](Definition& d) { d.adapters[0].mac.clear(); });
        row("multicast address", Rule::BadMac,
            [](Definition& d) { d.adapters[0].mac = QStringLiteral("53:54:00:12:34:56"); });
        row("zero address", Rule::BadMac,
            [](Definition& d) { d.adapters[0].mac = QStringLiteral("00:00:00:00:00:00"); });
        row("address with dashes", Rule::BadMac,
            [](Definition& d) { d.adapters[0].mac = QStringLiteral("52-54-00-12-34-56"); });
        row("address with more behind it", Rule::BadMac,
            [](Definition& d) { d.adapters[0].mac = QStringLiteral("52:54:00:12:34:56,x=y"); });
        row("address with a line break", Rule::BadMac,
            [](Definition& d) { d.adapters[0].mac = QStringLiteral("52:54:00:12:34:56\n"); });
        row("a path that Qt takes for a resource", Rule::RelativePath,
            [](Definition& d) { d.drives[1].what = DiskDrive{QStringLiteral(":/a.vhdx")}; });
        row("address twice", Rule::MacTwice,
            [](Definition& d) { d.adapters[0].mac = d.adapters[1].mac.toUpper(); });
        row("a bridge with forwards", Rule::ForwardOnBridge, [](Definition& d) {
            d.adapters[0].boot = {};
            d.adapters[0].bridge = QStringLiteral("br0");
        });
        const auto onBridge = [](const QString& name) {
            return [name](Definition& d) {
                d.adapters[0].forwards.clear();
                d.adapters[0].boot = {};
                d.adapters[0].bridge = name;
            };
        };
        row("a bridge with a slash", Rule::BridgeName, onBridge(QStringLiteral("br/0")));
        row("a bridge with a blank", Rule::BridgeName, onBridge(QStringLiteral("br 0")));
        row("a bridge whose name has 16 bytes", Rule::BridgeName, onBridge(QStringLiteral("brücke-56789012")));
        row("a bridge named ..", Rule::BridgeName, onBridge(QStringLiteral("..")));
        row("host port twice", Rule::HostPortTwice,
            [](Definition& d) { d.adapters[1].forwards[0].hostPort = 2222; });
        row("port 0 of the host", Rule::PortZero, [](Definition& d) { d.adapters[1].forwards[0].hostPort = 0; });
        row("port 0 of the guest", Rule::PortZero, [](Definition& d) { d.adapters[1].forwards[0].guestPort = 0; });
        row("port 1023", Rule::PrivilegedHostPort,
            [](Definition& d) { d.adapters[1].forwards[0].hostPort = 1023; });
        const auto netboot = [&row](const char* name, Rule rule, const NetworkBoot& boot) {
            row(name, rule, [boot](Definition& d) { d.adapters[0].boot = boot; });
        };
        const QString folder = QStringLiteral("/netboot");
        netboot("a folder to boot from, relative", Rule::RelativePath,
            {.folder = QStringLiteral("netboot"), .file = QStringLiteral("a.efi")});
        netboot("a folder without a file", Rule::NetworkBootFile, {.folder = folder});
        netboot("a file without a folder", Rule::NetworkBootFile, {.file = QStringLiteral("a.efi")});
        netboot("a file above the folder", Rule::NetworkBootFile,
            {.folder = folder, .file = QStringLiteral("a/../../b.efi")});
        netboot("a file elsewhere", Rule::NetworkBootFile, {.folder = folder, .file = QStringLiteral("/a.efi")});
        netboot("a file too long for DHCP", Rule::NetworkBootFileTooLong,
            {.folder = folder, .file = QString(64, QChar(0xfc))});
        netboot("folder and address", Rule::NetworkBootTwice,
            {.folder = folder, .file = QStringLiteral("a.efi"), .url = QStringLiteral("http://a/b.efi")});
        for (const char* url :
            {"https://a/b.efi", "ftp://a/b.efi", "http:///b.efi", "a.efi", "http://a/b c.efi", "http://a/ü.efi"}) {
            netboot(url, Rule::NetworkBootUrl, {.url = QString::fromUtf8(url)});
        }
        row("a folder on a bridge", Rule::NetworkBootOnBridge, [folder](Definition& d) {
            d.adapters[1].boot = {.folder = folder, .file = QStringLiteral("a,b/c.efi")};
            d.adapters[1].forwards.clear();
            d.adapters[1].bridge = QStringLiteral("br0");
        });
        row("boot from an empty slot", Rule::BootDeviceMissing,
            [](Definition& d) { d.bootOrder.emplace_back(SlotId{1, 1}); });
        row("boot from no adapter", Rule::BootDeviceMissing,
            [](Definition& d) { d.bootOrder.emplace_back(AdapterId{2}); });
        row("boot from adapter -1", Rule::BootDeviceMissing,
            [](Definition& d) { d.bootOrder.emplace_back(AdapterId{-1}); });
        row("boot twice from one slot", Rule::BootDeviceTwice,
            [](Definition& d) { d.bootOrder.emplace_back(SlotId{0, 0}); });
        row("boot twice from one adapter", Rule::BootDeviceTwice,
            [](Definition& d) { d.bootOrder.emplace_back(AdapterId{1}); });
    }

    void oneBrokenRuleIsOneSentence()
    {
        QFETCH(Edit, edit);
        QFETCH(int, rule);
        Definition definition = sound();
        edit(definition);
        const std::vector<Violation> broken = violations(definition, host);
        QCOMPARE(rulesOf(broken), QList<int>{rule});
        checkSentence(broken.front().error);
        m_rulesSeen.insert(rule);
    }

    void namesEverythingAtOnce()
    {
        Definition definition = sound();
        definition.memory = ByteCount(1);
        definition.cpus = 0;
        definition.bootOrder.emplace_back(AdapterId{7});
        QCOMPARE(violations(definition, host).size(), std::size_t(4));
    }

    void keepsNamesApart_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QList<int>>("rules");
        const auto row = [](const char* what, const QString& name, std::initializer_list<Rule> rules) {
            QList<int> numbers;
            std::ranges::transform(
                rules, std::back_inserter(numbers), [](Rule rule) { return static_cast<int>(rule); });
            QTest::newRow(what) << name << numbers;
        };
        row("plain", QStringLiteral("debian"), {});
        row("spaces", QStringLiteral("My Windows 11"), {});
        row("other scripts", QStringLiteral("Büro-Rechner 漢字 عربى"), {});
        row("emoji with a joiner", QStringLiteral("\U0001F469\u200D\U0001F4BB"), {});
        row("dash in front", QStringLiteral("-rf"), {});
        row("shell characters", QStringLiteral("a;b$(c)`d`'\"&|<>*?\\,="), {});
        row("percent", QStringLiteral("100 %1 %"), {});
        row("dot inside", QStringLiteral("v1.2."), {});
        row("100 characters", QString(100, u'x'), {});
        row("100 characters of two bytes", QString(100, u'é'), {});
        row("empty", QString(), {Rule::NameEmpty});
        row("101 characters", QString(101, u'x'), {Rule::NameTooLong});
        row("243 bytes", QString(81, u'漢'), {Rule::NameTooLong});
        row("slash", QStringLiteral("a/b"), {Rule::NameCharacters});
        row("line break", QStringLiteral("a\nb"), {Rule::NameCharacters});
        row("NUL", QStringLiteral("a") + QChar(u'\0') + QStringLiteral("b"), {Rule::NameCharacters});
        row("escape", QStringLiteral("a\x1b[31mb"), {Rule::NameCharacters});
        row("turned around", QStringLiteral("a\u202Eb"), {Rule::NameCharacters});
        row("half a character", QStringLiteral("a") + QChar(u'\xd83d') + QStringLiteral("b"),
            {Rule::NameCharacters});
        row("dot", QStringLiteral("."), {Rule::NameLeadingDot});
        row("two dots", QStringLiteral(".."), {Rule::NameLeadingDot});
        row("hidden", QStringLiteral(".x"), {Rule::NameLeadingDot});
        row("space before", QStringLiteral(" x"), {Rule::NameSpaceAround});
        row("space behind", QStringLiteral("x "), {Rule::NameSpaceAround});
        row("another kind of space", QStringLiteral("x\u00a0"), {Rule::NameSpaceAround});
        row("only a space", QStringLiteral(" "), {Rule::NameSpaceAround});
        row("two rules", QStringLiteral("./x"), {Rule::NameCharacters, Rule::NameLeadingDot});
    }

    void keepsNamesApart()
    {
        QFETCH(QString, name);
        QFETCH(QList<int>, rules);
        const std::vector<Violation> broken = nameViolations(name);
        QCOMPARE(rulesOf(broken), rules);
        for (const Violation& violation : broken) {
            checkSentence(violation.error);
            m_rulesSeen.insert(static_cast<int>(violation.rule));
        }
    }

    void everyRuleHasARow()
    {
        for (int rule = 0; rule <= static_cast<int>(Rule::NameSpaceAround); ++rule) {
            QVERIFY2(m_rulesSeen.contains(rule), qPrintable(QStringLiteral("no row for rule %1").arg(rule)));
        }
    }

    void thisHostHasSomething()
    {
        const HostResources here = HostResources::ofThisHost();
        QVERIFY(here.memory > ByteCount::mebibytes(128));
        QVERIFY(here.cpus >= 1);
    }
};

QTEST_APPLESS_MAIN(RulesTest)
#include "rules_test.moc"
