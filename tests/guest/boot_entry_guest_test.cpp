// SPDX-License-Identifier: GPL-3.0-or-later
// A guest that installs itself and writes a boot entry of its own: it is seen from outside, what is done to it
// outside the guest sees, and all other variables stay as they are, byte for byte.
#include "core/disk/operations/create_disk.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
const QString name = QStringLiteral("box");

} // namespace

#define BOOTS_FROM(what)                                                                                           \
    do {                                                                                                           \
        GOOD(QCoro::waitFor(session->start()));                                                                    \
        QVERIFY(serial.open(live.runtime(session->machine()).serial()));                                           \
        QVERIFY2(                                                                                                  \
            serial.waitFor(QStringLiteral("booted from " what ", Linux ")), qUtf8Printable(serial.transcript()));  \
        QVERIFY(serial.waitFor(QStringLiteral("# ")));                                                             \
    } while (false)

class BootEntryGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void whatEitherDoesTheOtherSees()
    {
        LiveMachine live;
        const QString disk = live.path(QStringLiteral("system.vhdx"));
        GOOD(createDisk({.file = disk, .size = ByteCount::mebibytes(512)}));
        // The DVD drive comes first: without the guest's entry it would be installed again and again.
        const StoredMachine machine = live.make(name, {{{0, 0}, DvdDrive{iso}}, {{0, 1}, DiskDrive{disk}}});
        std::unique_ptr<MachineSession> session = live.session(machine);
        SerialConsole serial;
        BOOTS_FROM("DVD");
        RUNS("install");
        RUNS("efibootmgr --create --disk /dev/sda --part 1 --label Sample --loader '\\EFI\\BOOT\\BOOTX64.EFI'");
        // Two that only their vendors tell apart, and one with the name of the firmware's own.
        RUNS("cd /sys/firmware/efi/efivars && "
             "printf '\\7\\0\\0\\0one' > Strange-11111111-1111-1111-1111-111111111111 && "
             "printf '\\7\\0\\0\\0two' > Strange-22222222-2222-2222-2222-222222222222 && "
             "printf '\\7\\0\\0\\0\\5\\0' > BootNext-33333333-3333-3333-3333-333333333333");
        // Seen while it runs.
        QString id;
        for (const QJsonValue& entry : list(live)) {
            if (entry[QLatin1String("description")] == QLatin1String("Sample")) {
                id = entry[QLatin1String("id")].toString();
                QVERIFY(entry[QLatin1String("on")].toBool());
                QCOMPARE(entry[QLatin1String("slot")].toString(), QStringLiteral("0:1"));
                QCOMPARE(entry[QLatin1String("verdict")].toString(), QStringLiteral("starts"));
            }
        }
        QVERIFY(!id.isEmpty());
        QCOMPARE(list(live).first()[QLatin1String("id")].toString(), id);
        const LiveMachine::Said early =
            live.platterctl({QStringLiteral("boot"), QStringLiteral("remove"), name, id});
        QCOMPARE(early.code, 1);
        QVERIFY2(early.err.contains(QLatin1String("while the machine is off")), qPrintable(early.err));
        serial.type(QStringLiteral("poweroff"));
        QTRY_VERIFY_WITH_TIMEOUT(session->state() == MachineState::Off, LiveMachine::patience);

        done(live, {QStringLiteral("rename"), name, id, QStringLiteral("Renamed")});
        done(live, {QStringLiteral("order"), name, id, QStringLiteral("0:1")});
        BOOTS_FROM("disk sda");
        RUNS("efibootmgr | grep 'Renamed'");
        RUNS("! efibootmgr | grep 'Sample'");
        RUNS("cd /sys/firmware/efi/efivars && "
             "[ \"$(tail -c 3 Strange-11111111-1111-1111-1111-111111111111)\" = one ] && "
             "[ \"$(tail -c 3 Strange-22222222-2222-2222-2222-222222222222)\" = two ] && "
             "[ \"$(od -An -tx1 BootNext-33333333-3333-3333-3333-333333333333)\" = ' 07 00 00 00 05 00' ]");
        serial.type(QStringLiteral("poweroff"));
        QTRY_VERIFY_WITH_TIMEOUT(session->state() == MachineState::Off, LiveMachine::patience);

        done(live, {QStringLiteral("remove"), name, id});
        done(live, {QStringLiteral("once"), name, QStringLiteral("0:0")});
        BOOTS_FROM("DVD");
        RUNS("! efibootmgr | grep -e 'Renamed' -e BootNext");
        serial.type(QStringLiteral("poweroff"));
        QTRY_VERIFY_WITH_TIMEOUT(session->state() == MachineState::Off, LiveMachine::patience);
        BOOTS_FROM("disk sda");
        GOOD(QCoro::waitFor(session->powerOff()));
    }

private:
    static QJsonArray list(const LiveMachine& live)
    {
        const LiveMachine::Said said =
            live.platterctl({QStringLiteral("boot"), QStringLiteral("list"), name, QStringLiteral("--json")});
        if (said.code != 0) {
            qWarning("%s", qPrintable(said.err));
        }
        return QJsonDocument::fromJson(said.out.toUtf8()).array();
    }

    static void done(const LiveMachine& live, const QStringList& words)
    {
        const LiveMachine::Said said = live.platterctl(QStringList(QStringLiteral("boot")) + words);
        QVERIFY2(said.code == 0, qPrintable(said.err));
    }
};

QTEST_GUILESS_MAIN(BootEntryGuestTest)
#include "boot_entry_guest_test.moc"
