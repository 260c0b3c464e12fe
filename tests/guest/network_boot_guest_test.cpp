// SPDX-License-Identifier: GPL-3.0-or-later
// Machines that boot from the network, set up by platterctl: Debian's netboot folder, as its package installs it,
// up to the installer's menu on the screen; and an ISO from an HTTP server, up to the guest's shell.
#include "core/qemu/qmp_client.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace platter;

namespace {

const QString name = QStringLiteral("box");
const QString debian = QStringLiteral("/usr/lib/debian-installer/images/13/amd64/text");
const QString guestFolder = QStringLiteral(PLATTER_BINARY_DIR "/share/platter");

// Which part of the pixels of A are those of B, up to what scaling makes of them.
double likeness(const QImage& a, const QImage& b)
{
    constexpr int tolerance = 24;
    qsizetype alike = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QColor one = a.pixelColor(x, y);
            const QColor other = b.pixelColor(x, y);
            alike += std::abs(one.red() - other.red()) <= tolerance
                    && std::abs(one.green() - other.green()) <= tolerance
                    && std::abs(one.blue() - other.blue()) <= tolerance
                ? 1
                : 0;
        }
    }
    return double(alike) / (double(a.width()) * a.height());
}

// A folder on an HTTP server of this computer's loopback.
class WebServer {
public:
    explicit WebServer(const QString& folder)
    {
        m_program.setProcessChannelMode(QProcess::MergedChannels);
        m_program.start(QStringLiteral("python3"),
            {QStringLiteral("-u"), QStringLiteral("-m"), QStringLiteral("http.server"), QStringLiteral("0"),
                QStringLiteral("--bind"), QStringLiteral("127.0.0.1"), QStringLiteral("--directory"), folder});
    }

    ~WebServer()
    {
        m_program.kill();
        m_program.waitForFinished();
    }

    Q_DISABLE_COPY_MOVE(WebServer)

    // 0: it does not start.
    int port()
    {
        static const QRegularExpression line(QStringLiteral("port (\\d+)"));
        const bool isUp = QTest::qWaitFor([this] { return line.match(said()).hasMatch(); }, LiveMachine::patience);
        return isUp ? line.match(said()).captured(1).toInt() : 0;
    }

    const QString& said()
    {
        m_said += QString::fromUtf8(m_program.readAll());
        return m_said;
    }

private:
    QProcess m_program;
    QString m_said;
};

} // namespace

class NetworkBootGuestTest : public QObject {
    Q_OBJECT

private:
    // A machine with an adapter and nothing else, told by platterctl to boot by it what OPTIONS say.
    static StoredMachine make(LiveMachine& live, const QStringList& options)
    {
        live.make(name);
        const Result<StoredMachine> made =
            MachineStore(live.places().machines).update(name, [](Definition& definition) -> Result<void> {
                definition.adapters = {NetworkAdapter{.mac = randomMac()}};
                return {};
            });
        const QString adapter = QStringLiteral("network 0");
        for (const QStringList& words :
            {QStringList{QStringLiteral("boot"), QStringLiteral("network"), name} + options,
                QStringList{QStringLiteral("boot"), QStringLiteral("enable"), name, adapter}}) {
            const LiveMachine::Said said = live.platterctl(words);
            if (said.code != 0) {
                qWarning("%s", qPrintable(said.err));
            }
        }
        return *MachineStore(live.places().machines).load(name);
    }

    static QImage screenOf(const LiveMachine& live, const StoredMachine& machine)
    {
        const QString file = live.path(QStringLiteral("screen.png"));
        QmpClient qmp;
        const auto opened =
            QCoro::waitFor(qmp.open(live.runtime(machine).commandLineQmp(), QmpClient::usualDeadline));
        const auto saved = opened
            ? QCoro::waitFor(qmp.execute(QStringLiteral("screendump"),
                  {{QStringLiteral("filename"), file}, {QStringLiteral("format"), QStringLiteral("png")}}))
            : std::unexpected(opened.error());
        return saved ? QImage(file) : QImage();
    }

private Q_SLOTS:

    void debiansInstallerStartsFromItsFolder()
    {
        LiveMachine live;
        const StoredMachine machine = make(live, {QStringLiteral("--folder"), debian});
        QCOMPARE(machine.definition.adapters[0].boot.file, QStringLiteral("debian-installer/amd64/bootnetx64.efi"));
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        SerialConsole serial;
        QVERIFY(serial.open(live.runtime(machine).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("NBP filename is debian-installer/amd64/bootnetx64.efi")),
            qUtf8Printable(serial.transcript()));
        // The menu stands before the picture that is in the folder, stretched to the screen.
        const QImage picture(debian + QStringLiteral("/debian-installer/amd64/boot-screens/splash.png"));
        QVERIFY(!picture.isNull());
        double best = 0;
        const bool isThere = QTest::qWaitFor(
            [&] {
                const QImage screen = screenOf(live, machine);
                if (screen.isNull()) {
                    return false;
                }
                best = std::max(best,
                    likeness(
                        screen, picture.scaled(screen.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation)));
                return best > 0.9;
            },
            LiveMachine::patience);
        QVERIFY2(isThere,
            qPrintable(QStringLiteral("%1 of the screen is the menu's picture; ").arg(best) + serial.transcript()));
        GOOD(QCoro::waitFor(session->powerOff()));
    }

    void anIsoStartsFromAWebServer()
    {
        LiveMachine live;
        WebServer server(guestFolder);
        const int port = server.port();
        QVERIFY2(port > 0, qPrintable(server.said()));
        const StoredMachine machine =
            make(live, {QStringLiteral("--url"), QStringLiteral("http://10.0.2.2:%1/sample-guest.iso").arg(port)});
        const auto session = live.session(machine);
        GOOD(QCoro::waitFor(session->start()));
        SerialConsole serial;
        QVERIFY(serial.open(live.runtime(machine).serial()));
        QVERIFY2(serial.waitFor(QStringLiteral("Platter sample guest ready")), qUtf8Printable(serial.transcript()));
        QVERIFY2(server.said().contains(QLatin1String("GET /sample-guest.iso")), qPrintable(server.said()));
        GOOD(QCoro::waitFor(session->powerOff()));
    }
};

QTEST_GUILESS_MAIN(NetworkBootGuestTest)
#include "network_boot_guest_test.moc"
