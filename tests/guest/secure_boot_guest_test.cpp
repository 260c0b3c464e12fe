// SPDX-License-Identifier: GPL-3.0-or-later
// What the real firmware starts in each mode of Secure Boot, and what a guest sees of its TPM.
#include "core/boot/boot_order.h"
#include "core/machine/store.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QFile>
#include <QProcess>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
const QString name = QStringLiteral("box");
const QString ready = QStringLiteral("Platter sample guest ready: ");

bool runs(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    return process.waitForFinished() && process.exitCode() == 0;
}

} // namespace

class SecureBootGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void microsoftsKeysRefuseTheUnsignedGuest()
    {
        LiveMachine live;
        live.make(name, {{{0, 0}, DvdDrive{iso}}});
        set(live, QStringLiteral("--secure-boot third-party"));
        const std::unique_ptr<MachineSession> session = sessionOf(live);
        SerialConsole serial;
        GOOD(QCoro::waitFor(session->start()));
        QVERIFY(serial.open(live.runtime(session->machine()).serial()));
        QVERIFY2(serial.waitFor(QString(endOfBootOrder)), qUtf8Printable(serial.transcript()));
        QVERIFY2(serial.transcript().contains(QLatin1String("Access Denied"))
                || serial.transcript().contains(QLatin1String("Security Violation")),
            qUtf8Printable(serial.transcript()));
        GOOD(QCoro::waitFor(session->powerOff()));
        // Without Secure Boot the same machine starts it.
        set(live, QStringLiteral("--secure-boot off"));
        const std::unique_ptr<MachineSession> again = sessionOf(live);
        GOOD(QCoro::waitFor(again->start()));
        QVERIFY(serial.open(live.runtime(again->machine()).serial()));
        QVERIFY2(serial.waitFor(ready), qUtf8Printable(serial.transcript()));
        GOOD(QCoro::waitFor(again->powerOff()));
    }

    void ownKeysStartWhatTheySigned()
    {
        LiveMachine live;
        const QString disk = live.path(QStringLiteral("signed.raw"));
        QVERIFY(makeSignedDisk(live, disk));
        live.make(name, {{{0, 0}, DiskDrive{disk, DiskFormat::Raw}}, {{0, 1}, DvdDrive{iso}}});
        set(live,
            QStringLiteral("--secure-boot own --pk %1 --kek %1 --db %1").arg(live.path(QStringLiteral("own.pem"))));
        const std::unique_ptr<MachineSession> session = sessionOf(live);
        SerialConsole serial;
        GOOD(QCoro::waitFor(session->start()));
        QVERIFY(serial.open(live.runtime(session->machine()).serial()));
        QVERIFY2(serial.waitFor(ready), qUtf8Printable(serial.transcript()));
        QVERIFY(serial.waitFor(QStringLiteral("# ")));
        const auto boot = serial.run(QStringLiteral("dmesg | grep -i secureboot"));
        QVERIFY2(boot && boot->output.contains(QLatin1String("Secure boot enabled"), Qt::CaseInsensitive),
            qUtf8Printable(serial.transcript()));
        GOOD(QCoro::waitFor(session->powerOff()));
        // To Microsoft's keys that signature means nothing.
        set(live, QStringLiteral("--secure-boot microsoft"));
        const std::unique_ptr<MachineSession> again = sessionOf(live);
        GOOD(QCoro::waitFor(again->start()));
        QVERIFY(serial.open(live.runtime(again->machine()).serial()));
        QVERIFY2(serial.waitFor(QString(endOfBootOrder)), qUtf8Printable(serial.transcript()));
        GOOD(QCoro::waitFor(again->powerOff()));
    }

    void aTpmIsThereAtEveryStart()
    {
        LiveMachine live;
        live.make(name, {{{0, 0}, DvdDrive{iso}}});
        set(live, QStringLiteral("--tpm yes"));
        for (int start = 0; start < 2; ++start) {
            const std::unique_ptr<MachineSession> session = sessionOf(live);
            SerialConsole serial;
            GOOD(QCoro::waitFor(session->start()));
            QVERIFY(serial.open(live.runtime(session->machine()).serial()));
            QVERIFY2(serial.waitFor(ready), qUtf8Printable(serial.transcript()));
            QVERIFY(serial.waitFor(QStringLiteral("# ")));
            RUNS("[ \"$(cat /sys/class/tpm/tpm0/tpm_version_major)\" = 2 ]");
            QVERIFY(QFile::exists(session->machine().tpmFolder() + QStringLiteral("/tpm2-00.permall")));
            GOOD(QCoro::waitFor(session->powerOff()));
        }
    }

private:
    static void set(const LiveMachine& live, const QString& options)
    {
        const LiveMachine::Said said = live.platterctl(
            QStringList{QStringLiteral("firmware"), QStringLiteral("set"), name} + options.split(QLatin1Char(' ')));
        QVERIFY2(said.code == 0, qPrintable(said.err));
    }

    static std::unique_ptr<MachineSession> sessionOf(LiveMachine& live)
    {
        return live.session(MachineStore(live.places().machines).load(name).value());
    }

    // A disk that is one FAT volume with the sample guest's loader on it, signed with the key of own.pem.
    static bool makeSignedDisk(const LiveMachine& live, const QString& disk)
    {
        const QString image = live.path(QStringLiteral("efi.img"));
        const QString loader = live.path(QStringLiteral("loader.efi"));
        const QString isSigned = live.path(QStringLiteral("signed.efi"));
        const QString pem = live.path(QStringLiteral("own.pem"));
        const QString key = live.path(QStringLiteral("own.key"));
        return runs(QStringLiteral("openssl"),
                   QStringLiteral("req -quiet -new -x509 -newkey rsa:2048 -nodes -subj /CN=Own -keyout %1 -out %2")
                       .arg(key, pem)
                       .split(QLatin1Char(' ')))
            && runs(QStringLiteral("xorriso"),
                {QStringLiteral("-osirrox"), QStringLiteral("on"), QStringLiteral("-indev"), iso,
                    QStringLiteral("-extract"), QStringLiteral("/efi.img"), image})
            && runs(QStringLiteral("mcopy"),
                {QStringLiteral("-i"), image, QStringLiteral("::EFI/BOOT/BOOTX64.EFI"), loader})
            && runs(QStringLiteral("sbsign"),
                {QStringLiteral("--key"), key, QStringLiteral("--cert"), pem, QStringLiteral("--output"), isSigned,
                    loader})
            && runs(QStringLiteral("mkfs.vfat"), {QStringLiteral("-C"), disk, QStringLiteral("65536")})
            && runs(QStringLiteral("mmd"),
                {QStringLiteral("-i"), disk, QStringLiteral("::EFI"), QStringLiteral("::EFI/BOOT")})
            && runs(QStringLiteral("mcopy"),
                {QStringLiteral("-i"), disk, isSigned, QStringLiteral("::EFI/BOOT/BOOTX64.EFI")});
    }
};

QTEST_GUILESS_MAIN(SecureBootGuestTest)
#include "secure_boot_guest_test.moc"
