// SPDX-License-Identifier: GPL-3.0-or-later
// The words are QEMU's own, of 7.2 and 10.0.
#include "core/qemu/launch_failure.h"

#include <QTest>

using namespace platter;

namespace {

StoredMachine machine()
{
    StoredMachine result;
    result.name = QStringLiteral("m");
    result.folder = QStringLiteral("/machines/m");
    result.definition.drives = {{{0, 0}, DiskDrive{QStringLiteral("/machines/m/d's.vhdx")}},
        {{0, 1}, DvdDrive{QStringLiteral("/isos/m.iso")}},
        {{0, 2}, DiskDrive{NbdExport{.host = QStringLiteral("server")}, DiskFormat::Raw}}};
    return result;
}

} // namespace

class LaunchFailureTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void namesCauseAndCure_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("saying");
        const auto row = [](const char* name, const QByteArray& words, ErrorKind kind, const char* saying) {
            QTest::newRow(name) << QStringLiteral("2026-11-23T09:06:47.109103Z qemu-system-x86_64: ")
                    + QString::fromUtf8(words)
                                << kind << QString::fromUtf8(saying);
        };
        const char* fileNode = R"(-blockdev {"driver":"file","node-name":"drive-0-0-file-0"}: )";
        const auto image = [fileNode](const char* words) { return QByteArray(fileNode) + words; };
        row("image gone", image("Could not open '/machines/m/d's.vhdx': No such file or directory"),
            ErrorKind::NotFound, "/machines/m/d's.vhdx does not exist");
        row("image forbidden", image("Could not open '/machines/m/d's.vhdx': Permission denied"),
            ErrorKind::PermissionDenied, "no permission for /machines/m/d's.vhdx");
        row("image on a read-only disc", image("Could not open '/machines/m/d's.vhdx': Read-only file system"),
            ErrorKind::PermissionDenied, "/machines/m/d's.vhdx is on read-only storage");
        row("image is a folder", image("Could not open '/machines/m/d's.vhdx': Is a directory"),
            ErrorKind::InvalidInput, "/machines/m/d's.vhdx is a folder");
        row("damaged VHDX", image("Could not open '/machines/m/d's.vhdx': Invalid argument"), ErrorKind::Corrupt,
            "/machines/m/d's.vhdx is damaged");
        row("not qcow2, named by its node",
            R"(-blockdev {"driver":"qcow2","node-name":"drive-0-0-fmt-0"}: Image is not in qcow2 format)",
            ErrorKind::Corrupt, "/machines/m/d's.vhdx is damaged");
        row("medium gone", "-blockdev {}: Could not open '/isos/m.iso': No such file or directory",
            ErrorKind::NotFound, "eject it");
        const auto served = [](const char* words) {
            return QByteArray(R"(-blockdev {"driver":"nbd","node-name":"drive-0-2-file-0"}: )") + words;
        };
        row("server gone", served("Failed to connect to 'server:10809': Connection refused"), ErrorKind::Qemu,
            "the disk at nbd://server/: Failed to connect to 'server:10809': Connection refused. Check the "
            "location");
        row("server forbids", served("Permission denied."), ErrorKind::Qemu,
            "nbd://server/: Permission denied. Check");
        row("image locked",
            "-device {\"drive\":\"drive-0-0\"}: Failed to get \"write\" lock\nIs another process using the image "
            "[/machines/m/d's.vhdx]?",
            ErrorKind::InUse, "/machines/m/d's.vhdx is in use");
        row("medium locked",
            "-device scsi-cd: Failed to get shared \"write\" lock\nIs another process using the image "
            "[/isos/m.iso]?",
            ErrorKind::InUse, "/isos/m.iso is in use");
        row("NVRAM locked",
            "Failed to get \"write\" lock\nIs another process using the image [/machines/m/nvram.fd]?",
            ErrorKind::InUse, "/machines/m/nvram.fd is in use");
        row("NVRAM forbidden", "-blockdev {}: Could not open '/machines/m/nvram.fd': Permission denied",
            ErrorKind::PermissionDenied, "no permission for /machines/m/nvram.fd");
        row("NVRAM is not qcow2", R"(-blockdev {"node-name":"nvram"}: Image is not in qcow2 format)",
            ErrorKind::Corrupt, "platterctl boot reset “m”");
        row("TPM in use", "tpm-emulator: TPM result for CMD_INIT: 0x9 operation failed", ErrorKind::Corrupt,
            "/machines/m/tpm is damaged");
        row("NVRAM of odd size",
            "system firmware block device  has invalid size 100352\n"
            "2026-11-23T09:06:54Z qemu-system-x86_64: info: its size must be a non-zero multiple of 0x1000",
            ErrorKind::Corrupt, "/machines/m/nvram.fd have a wrong size");
        row("firmware gone", "-blockdev {}: Could not open '/usr/share/OVMF/CODE.fd': No such file or directory",
            ErrorKind::NotFound, "/usr/share/OVMF/CODE.fd does not exist");
        row("port taken",
            "-netdev user,id=net0,hostfwd=tcp:127.0.0.1:2222-:22: Could not set up host forwarding rule "
            "'tcp:127.0.0.1:2222-:22'",
            ErrorKind::InUse, "Port 2222");
        row("memory", "cannot set up guest memory 'pc.ram': Cannot allocate memory", ErrorKind::NoSpace,
            "not enough free memory");
        row("KVM forbidden", "Could not access KVM kernel module: Permission denied\nfailed to initialize kvm",
            ErrorKind::PermissionDenied, "/dev/kvm");
        row("KVM gone", "Could not access KVM kernel module: No such file or directory\nfailed to initialize kvm",
            ErrorKind::Unsupported, "software emulation");
        row("KVM breaks",
            "error: failed to set MSR 0x10a to 0xc000069\nqemu-system-x86_64: target/i386/kvm/kvm.c:3877: "
            "kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.",
            ErrorKind::Unsupported, "software emulation");
        row("no seccomp", "-sandbox on: failed to install seccomp syscall filter in the kernel",
            ErrorKind::Unsupported, "seccomp");
        row("no space", "-chardev socket: Could not create '/machines/m/log/serial.log': No space left on device",
            ErrorKind::NoSpace, "no space left for /machines/m/log/serial.log");
        row("no space anywhere", "something: No space left on device", ErrorKind::NoSpace, "no space left");
        row("socket", "-vnc unix:/run/x: Failed to bind socket to /run/x: Permission denied",
            ErrorKind::PermissionDenied, "/run/x");
        row("anything else", "-device foo: 'foo' is not a valid device model name", ErrorKind::Qemu,
            "-device foo: 'foo' is not a valid device model name");
        row("a remark is no cause",
            "warning: Cannot allocate memory nicely\n2026-11-23T09:06:48Z qemu-system-x86_64: the real cause",
            ErrorKind::Qemu, "the real cause");
    }

    void namesCauseAndCure()
    {
        QFETCH(QString, words);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, saying);
        const Error error = launchFailure(machine(), words);
        QVERIFY2(error.kind == kind, qPrintable(nameOf(error.kind) + QLatin1Char(' ') + error.text()));
        QVERIFY2(error.text().contains(saying), qPrintable(error.text()));
        QVERIFY(!error.advice.isEmpty());
        QVERIFY2(!error.text().contains(QStringLiteral("2026-")), qPrintable(error.text()));
        QCOMPARE(error.detail, words);
    }

    void silenceIsSaidToo()
    {
        const Error error = launchFailure(machine(), {});
        QCOMPARE(error.kind, ErrorKind::Qemu);
        QVERIFY(error.summary.contains(QStringLiteral("without a word")));
    }
};

QTEST_APPLESS_MAIN(LaunchFailureTest)
#include "launch_failure_test.moc"
