// SPDX-License-Identifier: GPL-3.0-or-later
// Machine sessions with a system in the guest, the sample guest, which has its own mind about media, power and
// panic.
#include "core/qemu/guest_agent.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QTest>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr int patience = LiveMachine::patience;
const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr SlotId bootSlot{0, 0};
constexpr SlotId secondSlot{0, 1};

#define READY(serial)                                                                                              \
    do {                                                                                                           \
        QVERIFY2((serial).waitFor(QStringLiteral("Platter sample guest ready: ")),                                 \
            qUtf8Printable((serial).transcript()));                                                                \
        QVERIFY2((serial).waitFor(QStringLiteral("# ")), qUtf8Printable((serial).transcript()));                   \
    } while (false)

} // namespace

class GuestSessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void changesMediaUnderTheGuestAndShutsDownByItsAgent()
    {
        LiveMachine live;
        const QString first = live.makeMedium(QStringLiteral("first.iso"), 'a');
        const QString second = live.makeMedium(QStringLiteral("second.iso"), 'b');
        const StoredMachine machine =
            live.make(QStringLiteral("box"), {{bootSlot, DvdDrive{iso}}, {secondSlot, DvdDrive{first}}});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));

        // The firmware has no agent.
        const Result<void> early = QCoro::waitFor(session->shutDown(ShutdownWay::Agent));
        QVERIFY(!early);
        QCOMPARE(early.error().kind, ErrorKind::TimedOut);
        QCOMPARE(session->state(), MachineState::Running);

        SerialConsole serial;
        QVERIFY(serial.open(live.runtime(machine).serial()));
        READY(serial);
        const auto firstByte = [&serial] {
            const auto answer = serial.run(QStringLiteral("head -c 1 /dev/sr1"));
            return answer ? answer->output : QStringLiteral("no answer");
        };
        QCOMPARE(firstByte(), QStringLiteral("a"));
        GOOD(QCoro::waitFor(session->setMedium(secondSlot, second)));
        QTRY_COMPARE_WITH_TIMEOUT(firstByte(), QStringLiteral("b"), patience);

        // A drive that the guest has open keeps its tray shut.
        QVERIFY(serial.run(QStringLiteral("exec 9< /dev/sr1")));
        const Result<void> locked = QCoro::waitFor(session->setMedium(secondSlot, first));
        QVERIFY(!locked);
        QCOMPARE(locked.error().kind, ErrorKind::InUse);
        QVERIFY2(locked.error().summary.contains(QStringLiteral("0:1")), qUtf8Printable(locked.error().summary));
        QCOMPARE(firstByte(), QStringLiteral("b"));
        GOOD(QCoro::waitFor(session->setMedium(secondSlot, first, TrayOpening::ByForce)));
        QVERIFY(serial.run(QStringLiteral("exec 9<&-")));
        QTRY_COMPARE_WITH_TIMEOUT(firstByte(), QStringLiteral("a"), patience);
        GOOD(QCoro::waitFor(session->setMedium(secondSlot, QString())));
        QTRY_COMPARE_WITH_TIMEOUT(
            serial.run(QStringLiteral("head -c 1 /dev/sr1 2>/dev/null | wc -c"))->output.trimmed(),
            QStringLiteral("0"), patience);

        GuestAgent agent(live.runtime(machine));
        GOOD(QCoro::waitFor(agent.open(60s)));
        const Result<QJsonValue> system =
            QCoro::waitFor(agent.execute(QStringLiteral("guest-get-osinfo"), {}, 60s));
        QVERIFY(system);
        QVERIFY(!(*system)[QLatin1String("kernel-release")].toString().isEmpty());
        agent.close();

        GOOD(QCoro::waitFor(session->shutDown(ShutdownWay::Agent)));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Off, patience);
        QVERIFY(!session->lastError());
    }

    void recoversFromAPanicAndReactsToThePowerButton()
    {
        LiveMachine live;
        const StoredMachine machine = live.make(QStringLiteral("box"), {{bootSlot, DvdDrive{iso}}});
        auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        SerialConsole serial;
        QVERIFY(serial.open(live.runtime(machine).serial()));
        READY(serial);
        serial.type(QStringLiteral("echo c > /proc/sysrq-trigger"));
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::GuestPanicked, patience);
        QVERIFY(session->lastError());

        session = live.session(machine);
        QCoro::waitFor(session->refresh());
        QCOMPARE(session->state(), MachineState::GuestPanicked);
        QVERIFY(session->lastError());
        GOOD(QCoro::waitFor(session->reset()));
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(!session->lastError());
        READY(serial);

        session->setPatience(std::chrono::milliseconds(patience));
        GOOD(QCoro::waitFor(session->shutDown(ShutdownWay::Acpi)));
        QVERIFY(session->state() == MachineState::ShuttingDown || session->state() == MachineState::Off);
        QTRY_COMPARE_WITH_TIMEOUT(session->state(), MachineState::Off, patience);
        QVERIFY(!session->lastError());
    }
};

QTEST_GUILESS_MAIN(GuestSessionTest)
#include "guest_session_test.moc"
