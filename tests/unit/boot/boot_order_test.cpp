// SPDX-License-Identifier: GPL-3.0-or-later
// The list as values; tests/guest/boot_order_firmware_test.cpp shows that OVMF does what it says.
#include "core/boot/boot_order.h"
#include "core/boot/nvram_file.h"
#include "core/qemu/firmware.h"

#include <QTest>

#include <algorithm>

using namespace platter;

namespace {

constexpr SlotId disk{0, 0};
constexpr SlotId dvd{0, 1};
constexpr SlotId spare{0, 2};

Definition twoDrivesAndANetwork()
{
    Definition definition{.id = MachineId::random()};
    definition.drives = {{disk, DiskDrive{QStringLiteral("/d.vhdx")}}, {dvd, DvdDrive{}}};
    definition.adapters = {NetworkAdapter{QStringLiteral("52:54:00:12:34:56"), {}}};
    definition.bootOrder = {disk, dvd};
    return definition;
}

VariableStore freshStore()
{
    const QString vars = findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, SecureBoot::Off)->varsTemplate;
    return readNvram(StoredMachine{QStringLiteral("m"), QStringLiteral("/nowhere"), {}}, vars).value();
}

FileTarget debian()
{
    return {{},
        HardDriveNode{.partition = 1,
            .firstSector = 2048,
            .sectors = 204800,
            .guid = QUuid(QStringLiteral("{0FC63DAF-8483-4772-8E79-3D69D8477DE4}"))},
        QStringLiteral("\\EFI\\debian\\shimx64.efi")};
}

const QByteArray firmwareMark = QByteArray::fromHex("4eac0881119f594d850ee21a522c59b2");

void put(VariableStore& store, const QString& name, const LoadOption& option)
{
    store.setValue(name, option.bytes());
}

QByteArray numbers(std::initializer_list<std::uint16_t> list)
{
    QByteArray bytes;
    for (const std::uint16_t number : list) {
        bytes += char(number & 0xff);
        bytes += char(number >> 8);
    }
    return bytes;
}

QStringList tried(const BootOrder& order)
{
    QStringList ids;
    for (const BootEntry& entry : order.entries()) {
        if (entry.isOn) {
            ids << entry.id();
        }
    }
    return ids;
}

QStringList off(const BootOrder& order)
{
    QStringList ids;
    for (const BootEntry& entry : order.entries()) {
        if (!entry.isOn) {
            ids << entry.id();
        }
    }
    return ids;
}

// What BootOrder holds, by the entries' descriptions.
QStringList written(const VariableStore& store)
{
    const QByteArray order = store.value(QStringLiteral("BootOrder")).value_or(QByteArray());
    QStringList descriptions;
    for (qsizetype at = 0; at < order.size(); at += 2) {
        const uint number = uint(uchar(order[at])) | uint(uchar(order[at + 1])) << 8;
        const QString name =
            QStringLiteral("Boot") + QString::number(number, 16).rightJustified(4, QLatin1Char('0')).toUpper();
        const std::optional<QByteArray> option = store.value(name);
        const std::optional<LoadOption> parsed = option ? LoadOption::parse(*option) : std::nullopt;
        descriptions << (parsed ? parsed->description : QStringLiteral("?"));
    }
    return descriptions;
}

const QString menu = QStringLiteral("Firmware menu (end of the boot order)");
const QString diskName = QStringLiteral("Disk 0:0");
const QString dvdName = QStringLiteral("DVD drive 0:1");

QStringList words(std::initializer_list<const char*> list)
{
    QStringList result;
    for (const char* word : list) {
        result << QString::fromLatin1(word);
    }
    return result;
}

} // namespace

class BootOrderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void newVariablesGetTheDefinitionsOrder()
    {
        VariableStore store = freshStore();
        const BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        QCOMPARE(tried(order), words({"0:0", "0:1"}));
        QCOMPARE(off(order), words({"network 0"}));
        order.write(store);
        QCOMPARE(written(store), QStringList({diskName, dvdName, menu}));
        // The same again changes nothing.
        const std::vector<UefiVariable> before = store.variables();
        BootOrder::read(store, twoDrivesAndANetwork()).write(store);
        QVERIFY(store.variables() == before);
    }

    void aGuestsEntriesKeepTheirPlaces()
    {
        VariableStore store = freshStore();
        BootOrder::read(store, twoDrivesAndANetwork()).write(store);
        put(store, QStringLiteral("Boot00AB"), {1, QStringLiteral("debian"), devicePath(debian())});
        put(store, QStringLiteral("Boot0010"), {0, QStringLiteral("switched off"), devicePath(debian())});
        store.setValue(QStringLiteral("BootOrder"), numbers({0xab, 0x10, 1, 0, 2}));
        const BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        QCOMPARE(tried(order), words({"Boot00AB", "0:1", "0:0"}));
        QCOMPARE(off(order), words({"Boot0010", "network 0"}));
        QVERIFY(order.find(QStringLiteral("boot00ab"))->target == BootTarget(debian()));
        QVERIFY(order.devices() == std::vector<BootDevice>({dvd, disk}));
    }

    void whatTheFirmwareMadeIsNotShownTwice()
    {
        VariableStore store = freshStore();
        BootOrder::read(store, twoDrivesAndANetwork()).write(store);
        put(store, QStringLiteral("Boot0003"),
            {1, QStringLiteral("UEFI QEMU QEMU HARDDISK "), devicePath(disk), firmwareMark});
        QByteArray http = devicePath(AdapterId{0}, twoDrivesAndANetwork().adapters[0]);
        http.insert(http.size() - 4, QByteArray::fromHex("03180400"));
        put(store, QStringLiteral("Boot0004"), {1, QStringLiteral("UEFI HTTPv4"), http, firmwareMark});
        store.setValue(QStringLiteral("BootOrder"), numbers({0, 1, 2, 3, 4}));
        BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        QCOMPARE(tried(order), words({"0:0", "0:1"}));
        QCOMPARE(off(order), words({"Boot0004", "network 0"}));
        order.setOn(4, true);
        order.write(store);
        QCOMPARE(written(store),
            QStringList({diskName, dvdName, QStringLiteral("UEFI HTTPv4"), menu,
                QStringLiteral("UEFI QEMU QEMU HARDDISK ")}));
    }

    void anAddressToBootFromIsTheAdaptersOwnEntry()
    {
        VariableStore store = freshStore();
        Definition definition = twoDrivesAndANetwork();
        definition.bootOrder.emplace_back(AdapterId{0});
        BootOrder::read(store, definition).write(store);
        const std::uint16_t number = BootOrder::read(store, definition).find(QStringLiteral("network 0"))->number;

        // What a person has made in the firmware's menu.
        NetworkAdapter other = definition.adapters[0];
        other.boot.url = QStringLiteral("http://other/b.efi");
        put(store, QStringLiteral("Boot0020"), {1, QStringLiteral("mine"), devicePath(AdapterId{0}, other)});
        for (const char* url : {"http://10.0.2.2/a.iso", "http://10.0.2.2/other.iso", ""}) {
            definition.adapters[0].boot.url = QString::fromLatin1(url);
            BootOrder::read(store, definition).write(store);
            const BootOrder order = BootOrder::read(store, definition);
            const BootEntry* entry = order.find(QStringLiteral("network 0"));
            QCOMPARE(entry->number, number);
            QVERIFY(entry->isOn);
            const auto way = *url != '\0' ? NetworkTarget::Way::Http4 : NetworkTarget::Way::Pxe4;
            QVERIFY(entry->target == BootTarget(NetworkTarget{AdapterId{0}, way, QString::fromLatin1(url)}));
            QVERIFY(order.find(QStringLiteral("Boot0020"))->target
                == BootTarget(NetworkTarget{AdapterId{0}, NetworkTarget::Way::Http4, other.boot.url}));
        }
    }

    void takesOverTheOrderThatFirmwareWroteByBootIndex()
    {
        VariableStore store = freshStore();
        put(store, QStringLiteral("Boot0000"),
            {0x109, QStringLiteral("UiApp"), firmwareMenuPath()}); // hidden, no part of the order
        put(store, QStringLiteral("Boot0001"), {1, QStringLiteral("UEFI QEMU DVD"), devicePath(dvd), firmwareMark});
        put(store, QStringLiteral("Boot0002"), {1, QStringLiteral("debian"), devicePath(debian())});
        put(store, QStringLiteral("Boot0003"), {1, QStringLiteral("UEFI QEMU HD"), devicePath(disk), firmwareMark});
        store.setValue(QStringLiteral("BootOrder"), numbers({0, 1, 2, 3}));
        const BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        QCOMPARE(tried(order), words({"0:1", "Boot0002", "0:0"}));
        order.write(store);
        QCOMPARE(written(store),
            QStringList({dvdName, QStringLiteral("debian"), diskName, menu, QStringLiteral("UiApp"),
                QStringLiteral("UEFI QEMU DVD"), QStringLiteral("UEFI QEMU HD")}));
    }

    void drivesThatMoveKeepTheirPlace()
    {
        VariableStore store = freshStore();
        Definition definition = twoDrivesAndANetwork();
        BootOrder order = BootOrder::read(store, definition);
        const std::uint16_t added = order.add(QStringLiteral("debian"), debian());
        order.setOrder(
            {order.find(QStringLiteral("0:0"))->number, added, order.find(QStringLiteral("0:1"))->number});
        order.write(store);
        definition.drives[0].slot = spare;
        definition.bootOrder = {spare, dvd};
        order = BootOrder::read(store, definition);
        QCOMPARE(
            tried(order), QStringList({order.find(added)->id(), QStringLiteral("0:2"), QStringLiteral("0:1")}));
        order.write(store);
        QVERIFY(!written(store).contains(diskName));
    }

    void drivesThatGoAndComeStayOff()
    {
        VariableStore store = freshStore();
        Definition definition = twoDrivesAndANetwork();
        BootOrder::read(store, definition).write(store);
        definition.bootOrder = {dvd}; // a disk was taken out, and another one put there
        QCOMPARE(tried(BootOrder::read(store, definition)), words({"0:1"}));
        definition.drives.erase(definition.drives.begin());
        const BootOrder order = BootOrder::read(store, definition);
        QCOMPARE(off(order), words({"network 0"}));
        order.write(store);
        QCOMPARE(written(store), QStringList({dvdName, menu}));
    }

    void everyOrderCanBeHad()
    {
        VariableStore store = freshStore();
        const Definition definition = twoDrivesAndANetwork();
        BootOrder order = BootOrder::read(store, definition);
        const std::uint16_t debianEntry = order.add(QStringLiteral("debian"), debian());
        QCOMPARE(tried(order).size(), 3);
        std::vector<std::uint16_t> all;
        for (const BootEntry& entry : order.entries()) {
            all.push_back(entry.number);
        }
        std::ranges::sort(all);
        do {
            order.setOrder(all);
            order.write(store);
            Definition after = definition;
            after.bootOrder = order.devices();
            const BootOrder again = BootOrder::read(store, after);
            QCOMPARE(tried(again), tried(order));
            for (std::size_t i = 0; i < all.size(); ++i) {
                QCOMPARE(again.entries()[i].number, all[i]);
            }
        } while (std::ranges::next_permutation(all).found);
        QVERIFY(order.find(debianEntry) != nullptr);
    }

    void whatIsNotInTheOrderIsOff()
    {
        VariableStore store = freshStore();
        BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        order.add(QStringLiteral("one"), debian());
        order.add(QStringLiteral("other"), debian());
        QCOMPARE(tried(order).size(), 4);
        order.setOrder({order.find(QStringLiteral("0:1"))->number});
        QCOMPARE(tried(order), words({"0:1"}));
        order.setOrder({});
        QCOMPARE(tried(order), QStringList());
    }

    void switchesOffAndOn()
    {
        VariableStore store = freshStore();
        Definition definition = twoDrivesAndANetwork();
        BootOrder order = BootOrder::read(store, definition);
        const std::uint16_t number = order.add(QStringLiteral("debian"), debian());
        order.setOn(number, false);
        order.setOn(order.find(QStringLiteral("0:0"))->number, false);
        order.write(store);
        definition.bootOrder = order.devices();
        QVERIFY(definition.bootOrder == std::vector<BootDevice>{dvd});
        order = BootOrder::read(store, definition);
        QCOMPARE(tried(order), words({"0:1"}));
        QVERIFY(!order.find(number)->option.isActive());
        order.setOn(number, true);
        QCOMPARE(tried(order), QStringList({QStringLiteral("0:1"), order.find(number)->id()}));
        QVERIFY(order.find(number)->option.isActive());
    }

    void renamesAndRemoves()
    {
        VariableStore store = freshStore();
        BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        const std::uint16_t one = order.add(QStringLiteral("one"), debian());
        const std::uint16_t other = order.add(QStringLiteral("other"), debian());
        order.rename(one, QStringLiteral("Gr\u00f6\u00dfe"));
        order.write(store);
        QVERIFY(written(store).contains(QStringLiteral("Gr\u00f6\u00dfe")));
        order = BootOrder::read(store, twoDrivesAndANetwork());
        order.setNext(other);
        order.remove(other);
        order.write(store);
        QVERIFY(!written(store).contains(QStringLiteral("other")));
        QVERIFY(!written(store).contains(QStringLiteral("?")));
        QVERIFY(!store.value(QStringLiteral("BootNext")));
    }

    void bootsOnceWhatIsOff()
    {
        VariableStore store = freshStore();
        BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        order.setNext(order.find(QStringLiteral("network 0"))->number);
        order.write(store);
        // Behind the menu: a number that is in no order is free to the firmware.
        QCOMPARE(written(store), QStringList({diskName, dvdName, menu, QStringLiteral("Network 0")}));
        order = BootOrder::read(store, twoDrivesAndANetwork());
        QCOMPARE(order.next(), order.find(QStringLiteral("network 0"))->number);
        order.setNext(std::nullopt);
        order.write(store);
        QVERIFY(!store.value(QStringLiteral("BootNext")));
    }

    void whatMakesNoSenseIsLeftAlone()
    {
        VariableStore store = freshStore();
        store.setValue(QStringLiteral("Boot0007"), "x");
        store.setValue(QStringLiteral("Boot0008"), QByteArray::fromHex("01000000ffff61000000"));
        store.setValue(QStringLiteral("BootOrder"), numbers({7, 8, 9}) + 'x');
        store.setValue(QStringLiteral("BootNext"), numbers({9}));
        const BootOrder order = BootOrder::read(store, twoDrivesAndANetwork());
        QCOMPARE(tried(order), words({"0:0", "0:1"}));
        QVERIFY(!order.next());
        order.write(store);
        QCOMPARE(store.value(QStringLiteral("Boot0007")), QByteArray("x"));
        QCOMPARE(store.value(QStringLiteral("Boot0008")), QByteArray::fromHex("01000000ffff61000000"));
    }
};

QTEST_GUILESS_MAIN(BootOrderTest)
#include "boot_order_test.moc"
