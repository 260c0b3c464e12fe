// SPDX-License-Identifier: GPL-3.0-or-later
// What the list says is what OVMF does: it names on the serial port every entry that it tries, with the device path
// that it has found for it. The machine has three disks, two DVD drives and a network adapter, with nothing to
// start on any of them, so that a start tries them all.
#include "../unit/media/image_maker.h"
#include "core/boot/boot_check.h"
#include "core/boot/nvram_file.h"
#include "core/live/machine_boot.h"
#include "core/qemu/firmware.h"
#include "tests/guest/live_machine.h"

#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

using namespace platter;

namespace {

constexpr int randomOrders = 30;
constexpr SlotId systemDisk{0, 0}; // with an EFI system partition
const QString name = QStringLiteral("box");
const QString menuLine = QLatin1Char('"') + endOfBootOrder + QStringLiteral("\" from ");

// Files that are no programs: the firmware refuses them at once.
const QList<QPair<QString, QByteArray>> files{
    {QStringLiteral("EFI/one/a.efi"), "no program"}, {QStringLiteral("EFI/two/b.efi"), "no program"}};

// A disk with a GPT and FILES on its only partition.
bool makeDisk(const QString& path)
{
    const ImageMaker maker;
    QFile disk(path);
    if (!maker.makeFat(QStringLiteral("esp"), 32 << 10, {}, files).isEmpty() || !disk.open(QIODevice::ReadWrite)
        || !disk.resize(64 << 20)) {
        return false;
    }
    QProcess sfdisk;
    sfdisk.start(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), path});
    sfdisk.write("label: gpt\nstart=2048, size=65536, type=uefi\n");
    sfdisk.closeWriteChannel();
    return sfdisk.waitForFinished() && sfdisk.exitCode() == 0 && disk.seek(2048 * 512)
        && disk.write(maker.bytes(QStringLiteral("esp"))) > 0;
}

// What the firmware has said of an entry: its number and the path that it was looked for at.
struct Tried {
    std::uint16_t number = 0;
    QString path;
};

} // namespace

class BootOrderFirmwareTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        const QString image = m_live.path(QStringLiteral("system.raw"));
        QVERIFY(makeDisk(image));
        for (const char* file : {"one.raw", "two.raw"}) {
            m_live.makeImage(QString::fromLatin1(file), QStringLiteral("raw"), QStringLiteral("64M"));
        }
        m_machine = m_live.make(name,
            {{systemDisk, DiskDrive{image, DiskFormat::Raw}},
                {{0, 1}, DiskDrive{m_live.path(QStringLiteral("one.raw")), DiskFormat::Raw}}, {{0, 2}, DvdDrive{}},
                {{0, 40}, DiskDrive{m_live.path(QStringLiteral("two.raw")), DiskFormat::Raw}},
                {{0, 41}, DvdDrive{m_live.makeMedium(QStringLiteral("empty.iso"), '\0')}}});
        GOOD(MachineStore(m_live.places().machines).update(name, [](Definition& definition) -> Result<void> {
            definition.adapters = {NetworkAdapter{randomMac(), {}}};
            return {};
        }));
        reload();

        const Result<std::vector<LoaderOnDisk>> loaders = loadersOn(m_machine.definition, systemDisk);
        GOOD(loaders);
        QCOMPARE(loaders->size(), std::size_t(2));
        BootOrder order = read();
        const BootOrder before = order;
        for (const LoaderOnDisk& loader : *loaders) {
            order.add(loader.file.path, loader.file);
        }
        GOOD(changeBootOrder(name, m_live.places(), before, order));
        reload();
    }

    // Devices and files in any order, some of them off.
    void everyOrderIsWhatTheFirmwareTries()
    {
        QRandomGenerator random(20251129);
        for (int run = 0; run < randomOrders; ++run) {
            const bool hasNetwork = run % 10 == 0;
            const BootOrder before = read();
            std::vector<std::uint16_t> numbers;
            for (const BootEntry& entry : before.entries()) {
                const bool isFirmware = std::holds_alternative<FirmwareTarget>(entry.target)
                    || (entry.option.isMadeByFirmware() && !entry.device());
                // An adapter takes the firmware half a minute, so that not every order has it.
                const bool isWanted = hasNetwork || !std::holds_alternative<NetworkTarget>(entry.target);
                if (!isFirmware && isWanted) {
                    numbers.push_back(entry.number);
                }
            }
            QCOMPARE(numbers.size(), std::size_t(hasNetwork ? 8 : 7));
            std::ranges::shuffle(numbers, random);
            if (!hasNetwork) {
                numbers.resize(std::size_t(random.bounded(3, 8)));
            }
            BootOrder after = before;
            after.setOrder(numbers);
            GOOD(changeBootOrder(name, m_live.places(), before, after));
            reload();
            tryAll(read());
            if (QTest::currentTestFailed()) {
                return;
            }
        }
    }

    void theNetworkHasItsPlaceToo()
    {
        for (const bool isFirst : {true, false}) {
            const BootOrder before = read();
            std::vector<std::uint16_t> numbers{before.find(QStringLiteral("0:1"))->number};
            numbers.insert(
                isFirst ? numbers.begin() : numbers.end(), before.find(QStringLiteral("network 0"))->number);
            BootOrder after = before;
            after.setOrder(numbers);
            GOOD(changeBootOrder(name, m_live.places(), before, after));
            reload();
            tryAll(read());
        }
    }

    void oneThatIsBootedOnceComesFirstOnce()
    {
        const BootOrder before = read();
        BootOrder after = before;
        after.setOrder({before.find(QStringLiteral("0:0"))->number, before.find(QStringLiteral("0:1"))->number});
        // One that is off.
        const std::uint16_t once = before.find(QStringLiteral("0:41"))->number;
        after.setNext(once);
        GOOD(changeBootOrder(name, m_live.places(), before, after));
        reload();
        const std::vector<Tried> first = start();
        QCOMPARE(first.size(), std::size_t(3));
        QCOMPARE(first.front().number, once);
        tryAll(read());
        QVERIFY(!read().next());
    }

    void hardwareThatComesAndGoesLeavesTheOrder()
    {
        const BootOrder before = read();
        BootOrder after = before;
        std::vector<std::uint16_t> numbers;
        for (const char* id : {"0:40", "0:2", "0:1"}) {
            numbers.push_back(before.find(QString::fromLatin1(id))->number);
        }
        after.setOrder(numbers);
        GOOD(changeBootOrder(name, m_live.places(), before, after));
        const auto session = m_live.session(*MachineStore(m_live.places().machines).load(name));
        GOOD(QCoro::waitFor(session->drives().remove(systemDisk, RemovalWay::Safely)));
        GOOD(QCoro::waitFor(session->drives().move({0, 40}, {0, 0})));
        GOOD(QCoro::waitFor(session->drives().add(SlotId{0, 50},
            DiskDrive{m_live.makeImage(QStringLiteral("new.raw"), QStringLiteral("raw"), QStringLiteral("1M")),
                DiskFormat::Raw})));
        reload();
        const BootOrder order = read();
        QStringList ids;
        for (const BootEntry& entry : order.entries()) {
            if (entry.isOn) {
                ids << entry.id();
            }
        }
        QCOMPARE(ids,
            QStringList(
                {QStringLiteral("0:0"), QStringLiteral("0:2"), QStringLiteral("0:1"), QStringLiteral("0:50")}));
        tryAll(order);
    }

private:
    void reload() { m_machine = *MachineStore(m_live.places().machines).load(name); }

    BootOrder read() const { return bootOrderOf(m_machine, m_live.places()).value(); }

    // Starts the machine and reads what its firmware says, until it is in its menu.
    std::vector<Tried> start()
    {
        const qint64 logStart = QFileInfo(m_machine.serialLog()).size();
        const auto session = m_live.session(m_machine);
        if (!QCoro::waitFor(session->start())) {
            return {};
        }
        const auto said = [&] { return logFrom(logStart); };
        const bool isDone = QTest::qWaitFor([&] { return said().contains(menuLine); }, LiveMachine::patience);
        if (!isDone) {
            qWarning("%s", qUtf8Printable(said()));
        }
        if (!QCoro::waitFor(session->powerOff()) || !isDone) {
            return {};
        }
        static const QRegularExpression line(QStringLiteral(
            "BdsDxe: (?:loading|failed to load) Boot([0-9A-F]{4}) \".*?\" from (.+?)(?:: |\\s*\\n)"));
        std::vector<Tried> tried;
        QRegularExpressionMatchIterator matches = line.globalMatch(said());
        while (matches.hasNext()) {
            const QRegularExpressionMatch match = matches.next();
            const auto number = std::uint16_t(match.captured(1).toUInt(nullptr, 16));
            // One that is loaded and then refused is named twice.
            if (number != menuNumber() && (tried.empty() || tried.back().number != number)) {
                tried.push_back({number, match.captured(2)});
            }
        }
        return tried;
    }

    QString logFrom(qint64 offset) const
    {
        QFile log(m_machine.serialLog());
        return log.open(QIODevice::ReadOnly) && log.seek(offset) ? QString::fromUtf8(log.readAll()) : QString();
    }

    std::uint16_t menuNumber() const
    {
        const QString vars =
            findFirmware(m_live.places().firmwareDescriptors, SecureBoot::Off).value().varsTemplate;
        for (const UefiVariable& variable : readNvram(m_machine, vars).value().variables()) {
            const std::optional<LoadOption> option =
                variable.name.startsWith(QLatin1String("Boot0")) ? LoadOption::parse(variable.data) : std::nullopt;
            if (option && option->path == firmwareMenuPath() && option->attributes == LoadOption::active) {
                return std::uint16_t(variable.name.sliced(4).toUInt(nullptr, 16));
            }
        }
        return 0xffff;
    }

    void tryAll(const BootOrder& order)
    {
        const std::vector<Tried> tried = start();
        std::size_t i = 0;
        for (const BootEntry& entry : order.entries()) {
            if (!entry.isOn) {
                continue;
            }
            QVERIFY2(i < tried.size(), qPrintable(entry.id()));
            QCOMPARE(tried[i].number, entry.number);
            QVERIFY2(leadsTo(tried[i].path, entry), qPrintable(entry.id() + QStringLiteral(": ") + tried[i].path));
            ++i;
        }
        QCOMPARE(tried.size(), i);
    }

    // Whether the firmware's words name the device or the file.
    static bool leadsTo(const QString& path, const BootEntry& entry)
    {
        if (const auto* slot = std::get_if<SlotId>(&entry.target)) {
            return path.contains(
                QStringLiteral("/Scsi(0x%1,0x%2)").arg(slot->target % 32, 0, 16).arg(slot->target / 32),
                Qt::CaseInsensitive);
        }
        if (const auto* file = std::get_if<FileTarget>(&entry.target)) {
            return path.contains(file->path) && path.contains(file->partition->partitionId(), Qt::CaseInsensitive);
        }
        return path.contains(QStringLiteral("MAC("));
    }

    LiveMachine m_live;
    StoredMachine m_machine;
};

QTEST_GUILESS_MAIN(BootOrderFirmwareTest)
#include "boot_order_firmware_test.moc"
