// SPDX-License-Identifier: GPL-3.0-or-later
// What the real firmware starts in each mode of Secure Boot, and what a guest sees of its TPM.
#include "core/boot/boot_order.h"
#include "core/machine/store.h"
#include "tests/guest/live_machine.h"
#include "tests/guest/serial_console.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace platter;

namespace {

const QString iso = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
// The distribution's kernel as its package has it, signature and modules included.
const QString kernel = QStringLiteral(PLATTER_BINARY_DIR "/resources/sample_guest/kernel");
const QString name = QStringLiteral("box");
const QString starts = QStringLiteral("starts");
const QString fails = QStringLiteral("fails");
const QString ready = QStringLiteral("Platter sample guest ready: ");

bool run(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    return process.waitForFinished() && process.exitCode() == 0;
}

bool write(const QString& path, const QByteArray& content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

QString fileName(const QString& path)
{
    return path.section(QLatin1Char('/'), -1);
}

// A start of the machine, and what it says on its serial port. It is switched off when this goes.
class Start {
public:
    explicit Start(LiveMachine& live)
        : m_session(live.session(MachineStore(live.places().machines).load(name).value()))
        , m_started(QCoro::waitFor(m_session->start()))
    {
        if (m_started && !serial.open(live.runtime(m_session->machine()).serial())) {
            m_started = std::unexpected(Error{ErrorKind::TimedOut, QStringLiteral("No serial port."), {}, {}});
        }
    }

    ~Start()
    {
        if (m_started && !QCoro::waitFor(m_session->powerOff())) {
            qWarning("The machine cannot be switched off.");
        }
    }

    Q_DISABLE_COPY_MOVE(Start)

    bool says(const QString& text) { return m_started && serial.waitFor(text); }

    // For the message of a failed test.
    QString words() const { return m_started ? serial.transcript() : m_started.error().text(); }

    const StoredMachine& machine() const { return m_session->machine(); }

    SerialConsole serial;

private:
    std::unique_ptr<MachineSession> m_session;
    Result<void> m_started;
};

// What a machine has to say, or the test fails.
#define SAYS(start, text) QVERIFY2((start).says(text), qUtf8Printable((start).words()))

// All that there is to start must be refused for its signature.
#define REFUSES(start)                                                                                             \
    do {                                                                                                           \
        SAYS(start, QString(endOfBootOrder));                                                                      \
        static const QRegularExpression refusal(QStringLiteral("Access Denied|Security Violation"));               \
        QVERIFY2((start).words().contains(refusal), qUtf8Printable((start).words()));                              \
    } while (false)

} // namespace

class SecureBootGuestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void microsoftsKeysRefuseTheUnsignedGuest()
    {
        LiveMachine live;
        live.make(name, {{{0, 0}, DvdDrive{iso}}});
        set(live, QStringLiteral("--secure-boot third-party"));
        QCOMPARE(foretold(live), fails);
        {
            Start refused(live);
            REFUSES(refused);
        }
        // Without Secure Boot the same machine starts it.
        set(live, QStringLiteral("--secure-boot off"));
        QCOMPARE(foretold(live), starts);
        Start again(live);
        SAYS(again, ready);
    }

    void ownKeysStartWhatTheySigned()
    {
        LiveMachine live;
        const QString disk = live.path(QStringLiteral("signed.raw"));
        QVERIFY(makeSignedDisk(live, disk));
        live.make(name, {{{0, 0}, DiskDrive{disk, DiskFormat::Raw}}, {{0, 1}, DvdDrive{iso}}});
        set(live,
            QStringLiteral("--secure-boot own --pk %1 --kek %1 --db %1").arg(live.path(QStringLiteral("own.pem"))));
        QCOMPARE(foretold(live), starts);
        {
            Start own(live);
            SAYS(own, ready);
            SAYS(own, QStringLiteral("# "));
            const auto boot = own.serial.run(QStringLiteral("dmesg | grep -i secureboot"));
            QVERIFY2(boot && boot->output.contains(QLatin1String("Secure boot enabled"), Qt::CaseInsensitive),
                qUtf8Printable(own.words()));
        }
        // To Microsoft's keys that signature means nothing.
        set(live, QStringLiteral("--secure-boot microsoft"));
        QCOMPARE(foretold(live), fails);
        Start refused(live);
        REFUSES(refused);
    }

    void thirdPartyKeysStartWhatDebianSigned()
    {
        LiveMachine live;
        const QString disk = live.path(QStringLiteral("debian.raw"));
        QVERIFY(makeDebianDisk(live, disk));
        live.make(name, {{{0, 0}, DiskDrive{disk, DiskFormat::Raw}}});
        set(live, QStringLiteral("--secure-boot third-party"));
        QCOMPARE(foretold(live), starts);
        {
            Start debian(live);
            SAYS(debian, ready);
            SAYS(debian, QStringLiteral("# "));
            // The sample guest's own modules have lost their signatures, and this kernel takes none without.
            SerialConsole& serial = debian.serial;
            RUNS("xzcat /mok/efivarfs.ko.xz >/run/efivarfs.ko && insmod /run/efivarfs.ko");
            RUNS("mount -t efivarfs efivarfs /sys/firmware/efi/efivars");
            const auto state =
                serial.run(QStringLiteral("/mok/ld-linux-x86-64.so.2 --library-path /mok /mok/mokutil --sb-state"));
            QVERIFY2(state && state->output.contains(QLatin1String("SecureBoot enabled")),
                qUtf8Printable(debian.words()));
        }
        // Shim is signed with the key for everybody but Windows, which is not there now.
        set(live, QStringLiteral("--secure-boot microsoft"));
        QCOMPARE(foretold(live), fails);
        Start refused(live);
        REFUSES(refused);
    }

    void aTpmIsThereAtEveryStart()
    {
        LiveMachine live;
        live.make(name, {{{0, 0}, DvdDrive{iso}}});
        set(live, QStringLiteral("--tpm yes"));
        for (int i = 0; i < 2; ++i) {
            Start start(live);
            SAYS(start, ready);
            SAYS(start, QStringLiteral("# "));
            SerialConsole& serial = start.serial;
            RUNS("[ \"$(cat /sys/class/tpm/tpm0/tpm_version_major)\" = 2 ]");
            QVERIFY(QFile::exists(start.machine().tpmFolder() + QStringLiteral("/tpm2-00.permall")));
        }
    }

private:
    static void set(const LiveMachine& live, const QString& options)
    {
        const LiveMachine::Said said = live.platterctl(
            QStringList{QStringLiteral("firmware"), QStringLiteral("set"), name} + options.split(QLatin1Char(' ')));
        QVERIFY2(said.code == 0, qPrintable(said.err));
    }

    // What platterctl says will become of the first that the firmware tries.
    static QString foretold(const LiveMachine& live)
    {
        const LiveMachine::Said said =
            live.platterctl({QStringLiteral("boot"), QStringLiteral("list"), name, QStringLiteral("--json")});
        return QJsonDocument::fromJson(said.out.toUtf8())[0][QStringLiteral("verdict")].toString();
    }

    // The sample guest's one program: stub, kernel, initramfs.
    static bool takeProgram(const LiveMachine& live, const QString& program)
    {
        const QString image = live.path(QStringLiteral("efi.img"));
        return run(QStringLiteral("xorriso"),
                   {QStringLiteral("-osirrox"), QStringLiteral("on"), QStringLiteral("-indev"), iso,
                       QStringLiteral("-extract"), QStringLiteral("/efi.img"), image})
            && run(QStringLiteral("mcopy"),
                {QStringLiteral("-i"), image, QStringLiteral("::EFI/BOOT/BOOTX64.EFI"), program});
    }

    // A disk that is one FAT volume; each of FILES, on the left, goes to the place on the right.
    static bool makeDisk(
        const QString& disk, const QStringList& folders, const QList<QPair<QString, QString>>& files)
    {
        return run(QStringLiteral("mkfs.vfat"), {QStringLiteral("-C"), disk, QStringLiteral("98304")})
            && run(QStringLiteral("mmd"), QStringList{QStringLiteral("-i"), disk} + folders)
            && std::ranges::all_of(files, [&](const QPair<QString, QString>& file) {
                   return run(QStringLiteral("mcopy"), {QStringLiteral("-i"), disk, file.first, file.second});
               });
    }

    // With the sample guest on it, signed with the key of own.pem.
    static bool makeSignedDisk(const LiveMachine& live, const QString& disk)
    {
        const QString loader = live.path(QStringLiteral("loader.efi"));
        const QString isSigned = live.path(QStringLiteral("signed.efi"));
        const QString pem = live.path(QStringLiteral("own.pem"));
        const QString key = live.path(QStringLiteral("own.key"));
        return run(QStringLiteral("openssl"),
                   QStringLiteral("req -quiet -new -x509 -newkey rsa:2048 -nodes -subj /CN=Own -keyout %1 -out %2")
                       .arg(key, pem)
                       .split(QLatin1Char(' ')))
            && takeProgram(live, loader)
            && run(QStringLiteral("sbsign"),
                {QStringLiteral("--key"), key, QStringLiteral("--cert"), pem, QStringLiteral("--output"), isSigned,
                    loader})
            && makeDisk(disk, {QStringLiteral("::EFI"), QStringLiteral("::EFI/BOOT")},
                {{isSigned, QStringLiteral("::EFI/BOOT/BOOTX64.EFI")}});
    }

    // With Debian's shim, GRUB and kernel as they are. The kernel's system is the sample guest's, which nobody has
    // to sign, and mokutil.
    static bool makeDebianDisk(const LiveMachine& live, const QString& disk)
    {
        const QString program = live.path(QStringLiteral("guest.efi"));
        const QString system = live.path(QStringLiteral("system"));
        const QString mokutil = live.path(QStringLiteral("mokutil"));
        const QString settings = live.path(QStringLiteral("grub.cfg"));
        return takeProgram(live, program)
            && run(QStringLiteral("objcopy"),
                {QStringLiteral("--output-target=binary"), QStringLiteral("--only-section=.initrd"), program,
                    system})
            && makeMokutilArchive(live.path(QStringLiteral("archive")), mokutil)
            && write(settings,
                "linux /vmlinuz console=ttyS0,115200 quiet no_timer_check\ninitrd /system /mokutil\nboot\n")
            && makeDisk(disk,
                {QStringLiteral("::EFI"), QStringLiteral("::EFI/BOOT"), QStringLiteral("::EFI/debian")},
                {{QStringLiteral("/usr/lib/shim/shimx64.efi.signed"), QStringLiteral("::EFI/BOOT/BOOTX64.EFI")},
                    {QStringLiteral("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"),
                        QStringLiteral("::EFI/BOOT/grubx64.efi")},
                    {settings, QStringLiteral("::EFI/debian/grub.cfg")},
                    {kernel + QStringLiteral("/vmlinuz"), QStringLiteral("::vmlinuz")},
                    {system, QStringLiteral("::system")}, {mokutil, QStringLiteral("::mokutil")}});
    }

    // An archive for the kernel to unpack beside its system: the folder mok with mokutil, all that it is linked
    // with, and the module without which it finds no variables.
    static bool makeMokutilArchive(const QString& folder, const QString& archive)
    {
        const QString mokutil = QStringLiteral("/usr/bin/mokutil");
        QStringList files{mokutil, kernel + QStringLiteral("/modules/kernel/fs/efivarfs/efivarfs.ko.xz")};
        QProcess ldd;
        ldd.start(QStringLiteral("ldd"), {mokutil});
        if (!ldd.waitForFinished() || ldd.exitCode() != 0) {
            return false;
        }
        static const QRegularExpression library(QStringLiteral("(/\\S+) \\("));
        for (const QRegularExpressionMatch& match :
            library.globalMatch(QString::fromLocal8Bit(ldd.readAllStandardOutput()))) {
            files << match.captured(1);
        }
        QByteArray names = "mok\n";
        if (!QDir().mkpath(folder + QStringLiteral("/mok"))) {
            return false;
        }
        for (const QString& file : files) {
            const QString inArchive = QStringLiteral("mok/") + fileName(file);
            if (!QFile::copy(file, folder + QLatin1Char('/') + inArchive)) {
                return false;
            }
            names += inArchive.toLocal8Bit() + '\n';
        }
        QProcess cpio;
        cpio.setWorkingDirectory(folder);
        cpio.setStandardOutputFile(archive);
        cpio.start(QStringLiteral("cpio"), {QStringLiteral("--create"), QStringLiteral("--format=newc")});
        cpio.write(names);
        cpio.closeWriteChannel();
        return cpio.waitForFinished() && cpio.exitCode() == 0;
    }
};

QTEST_GUILESS_MAIN(SecureBootGuestTest)
#include "secure_boot_guest_test.moc"
