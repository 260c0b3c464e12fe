// SPDX-License-Identifier: GPL-3.0-or-later
// What a machine's settings mean to its firmware and to the system inside.
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QFile>
#include <QLocalSocket>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
constexpr int patience = LiveMachine::patience;

// Whether the file is a picture of that many pixels (PPM) with more than one colour.
bool isPicture(const QString& file, const QByteArray& size)
{
    QFile picture(file);
    if (!picture.open(QIODevice::ReadOnly) || picture.readLine().trimmed() != "P6"
        || picture.readLine().trimmed() != size || picture.readLine().trimmed() != "255") {
        return false;
    }
    const QByteArray pixels = picture.readAll();
    return pixels.count(pixels.first(1)[0]) < pixels.size();
}

} // namespace

class SettingsGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void theGuestSeesWhatIsSet()
    {
        LiveMachine live;
        const StoredMachine made = live.make(QStringLiteral("box"), {{{0, 0}, DvdDrive{iso}}});
        const auto session = live.session(made);
        Definition wanted = made.definition;
        wanted.video = VideoAdapter::VirtioVga;
        wanted.debugging = {.hasSerialPort = true, .hasGdbStub = true};
        wanted.adapters = {{.mac = QStringLiteral("52:54:00:12:34:01")},
            {.mac = QStringLiteral("52:54:00:12:34:02"), .isConnected = false}};
        GOOD(QCoro::waitFor(session->changeSettings(made.definition, wanted)));
        GOOD(QCoro::waitFor(session->start()));
        const RuntimeFolder runtime = live.runtime(made);
        SerialConsole serial;
        QVERIFY(serial.open(runtime.serial()));

        // The firmware's screen, before there is a system.
        const QString picture = live.path(QStringLiteral("screen.ppm"));
        const auto showsSomething = [&] {
            return QCoro::waitFor(session->monitor()->execute(
                       QStringLiteral("screendump"), {{QStringLiteral("filename"), picture}}))
                && isPicture(picture, "1280 800");
        };
        QTRY_VERIFY_WITH_TIMEOUT(showsSomething(), patience);
        QVERIFY2(
            !serial.transcript().contains(QStringLiteral("Platter sample guest")), qPrintable(serial.transcript()));

        QVERIFY2(serial.waitFor(QStringLiteral("Platter sample guest ready: ")), qPrintable(serial.transcript()));
        QVERIFY2(serial.waitFor(QStringLiteral("# ")), qPrintable(serial.transcript()));

        // "02" is the unplugged one.
        const auto carriers = [&serial] {
            const auto answer = serial.run(QStringLiteral(
                "for n in /sys/class/net/*; do case $(cat $n/address) in 52:54:*) ip link set ${n##*/} up; sleep "
                "1; "
                "echo $(cut -c16-17 $n/address)=$(cat $n/carrier);; esac; done | sort | tr '\\n' ' '"));
            return answer ? answer->output.trimmed() : QStringLiteral("no answer");
        };
        QCOMPARE(carriers(), QStringLiteral("01=1 02=0"));
        Definition swapped = wanted;
        swapped.adapters[0].isConnected = false;
        swapped.adapters[1].isConnected = true;
        GOOD(QCoro::waitFor(session->changeSettings(wanted, swapped)));
        QTRY_COMPARE_WITH_TIMEOUT(carriers(), QStringLiteral("01=0 02=1"), patience);
        QCOMPARE(session->waitingSettings(), QStringList());

        SerialConsole second;
        QVERIFY(second.open(runtime.debugSerial()));
        RUNS("echo the second port says $((6 * 7)) > /dev/ttyS1");
        QVERIFY2(second.waitFor(QStringLiteral("the second port says 42")), qPrintable(second.transcript()));

        QLocalSocket gdb;
        gdb.connectToServer(runtime.gdb());
        QVERIFY(gdb.waitForConnected());
        gdb.write("$qSupported#37");
        QByteArray answer;
        QTRY_VERIFY_WITH_TIMEOUT((answer += gdb.readAll()).contains("PacketSize="), patience);
        GOOD(QCoro::waitFor(session->powerOff()));
    }
};

QTEST_GUILESS_MAIN(SettingsGuestTest)
#include "settings_guest_test.moc"
