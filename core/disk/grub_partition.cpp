// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/grub_partition.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <array>
#include <cerrno>
#include <vector>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GrubPartition)
};

constexpr int timeoutMs = 60'000;
const QString moduleFolder = QStringLiteral("/usr/lib/grub/x86_64-efi");

// What a distribution's grub.cfg uses, and the file systems and volumes that it can lie on. They are all in the one
// program: the disk has modules for BIOS alone.
constexpr std::array modules{"all_video", "boot", "btrfs", "cat", "configfile", "echo", "efifwsetup", "ext2", "fat",
    "font", "gettext", "gfxmenu", "gfxterm", "gfxterm_background", "gzio", "halt", "help", "jpeg", "keystatus",
    "linux", "loadenv", "loopback", "ls", "lsefi", "lvm", "lzopio", "mdraid09", "mdraid1x", "memdisk", "minicmd",
    "normal", "part_gpt", "part_msdos", "password_pbkdf2", "png", "probe", "raid5rec", "raid6rec", "reboot",
    "regexp", "search", "search_fs_file", "search_fs_uuid", "search_label", "serial", "sleep", "squash4", "test",
    "tpm", "true", "video", "xfs", "xzio", "zstd"};

// Where distributions have their grub.cfg, from the root of the file system that holds it.
constexpr std::array configFiles{"/boot/grub/grub.cfg", "/boot/grub2/grub.cfg", "/grub/grub.cfg", "/grub2/grub.cfg",
    "/@/boot/grub/grub.cfg", "/@rootfs/boot/grub/grub.cfg"};

Result<QString> find(const QStringList& names, const QString& package)
{
    for (const QString& name : names) {
        QString found = QStandardPaths::findExecutable(name);
        if (found.isEmpty()) {
            // Where a user's PATH need not lead.
            found = QStandardPaths::findExecutable(name, {QStringLiteral("/usr/sbin"), QStringLiteral("/sbin")});
        }
        if (!found.isEmpty()) {
            return found;
        }
    }
    return std::unexpected(Error{ErrorKind::MissingProgram,
        Texts::tr("The program %1, which the EFI system partition is made with, is not installed.")
            .arg(names.front()),
        Texts::tr("Install the package %1.").arg(package)});
}

struct Programs {
    QString mkimage;
    QString mkfs;
    QString mmd;
    QString mcopy;
};

Result<Programs> findPrograms()
{
    const Result<QString> mkimage =
        find({QStringLiteral("grub-mkimage"), QStringLiteral("grub2-mkimage")}, QStringLiteral("grub-common"));
    const Result<QString> mkfs = find({QStringLiteral("mkfs.vfat")}, QStringLiteral("dosfstools"));
    const Result<QString> mmd = find({QStringLiteral("mmd")}, QStringLiteral("mtools"));
    const Result<QString> mcopy = find({QStringLiteral("mcopy")}, QStringLiteral("mtools"));
    for (const Result<QString>* program : {&mkimage, &mkfs, &mmd, &mcopy}) {
        if (!*program) {
            return std::unexpected(program->error());
        }
    }
    if (!QFileInfo(moduleFolder).isDir()) {
        return std::unexpected(
            Error{ErrorKind::MissingProgram, Texts::tr("GRUB for UEFI is not installed on this computer."),
                Texts::tr("Install the package %1.").arg(QStringLiteral("grub-efi-amd64-bin"))});
    }
    return Programs{*mkimage, *mkfs, *mmd, *mcopy};
}

Result<void> run(const QString& program, const QStringList& arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program, arguments);
    if (process.waitForFinished(timeoutMs) && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0) {
        return {};
    }
    process.kill();
    process.waitForFinished();
    return std::unexpected(Error{ErrorKind::InputOutput,
        Texts::tr("The EFI system partition could not be made: %1 failed.").arg(QFileInfo(program).fileName()),
        Texts::tr("Check that there is space in the folder for temporary files, then try again."),
        QString::fromUtf8(process.readAll())});
}

Result<void> writeFile(const QString& path, const QByteArray& content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.flush()
        ? Result<void>()
        : std::unexpected(
              systemError(Texts::tr("Making the EFI system partition"), path, errno != 0 ? errno : EIO));
}

QByteArray configuration(const QStringList& fileSystems)
{
    QByteArray files;
    for (const char* const file : configFiles) {
        files += QByteArray(" ") + file;
    }
    QByteArray text("# Shows the menu of the system on this disk, by its own grub.cfg.\n");
    text += "for file in" + files + "; do\n";
    for (const QString& id : fileSystems) {
        text += "  if search --no-floppy --fs-uuid --set=found " + id.toLatin1()
            + "; then\n    if [ -z \"$config\" -a -f ($found)$file ]; then set config=($found)$file; fi\n  fi\n";
    }
    // On a logical volume, whose ids are not seen from outside.
    text += "  if [ -z \"$config\" ]; then\n    if search --no-floppy --file --set=found $file; then set "
            "config=($found)$file; fi\n  fi\ndone\n";
    text += "if [ -n \"$config\" ]; then\n"
            "  regexp --set=1:prefix '^(.*)/grub\\.cfg$' \"$config\"\n"
            "  set root=$found\n"
            "  regexp --set=1:root '^\\(([^)]*)\\)' \"$config\"\n"
            "  export prefix\n"
            "  configfile \"$config\"\n"
            "else\n  echo 'There is no grub.cfg on this disk.'\n  sleep 10\nfi\n";
    return text;
}

// The bytes of FILE that are not zero, at RANGE.
Result<void> put(const QString& path, SparseCopy& disk, DiskRange range)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(systemError(Texts::tr("Making the EFI system partition"), path, EIO));
    }
    constexpr qint64 pieceSize = 1 << 20;
    for (std::uint64_t at = 0; at < range.length;) {
        const QByteArray piece = file.read(pieceSize);
        if (piece.isEmpty()) {
            break;
        }
        if (piece.count('\0') != piece.size()) {
            if (Result<void> done = disk.write(
                    range.offset + at, std::as_bytes(std::span(piece.constData(), std::size_t(piece.size()))));
                !done) {
                return done;
            }
        }
        at += std::uint64_t(piece.size());
    }
    return {};
}

} // namespace

Result<void> checkGrubPrograms()
{
    return findPrograms().transform([](const Programs&) { });
}

Result<void> makeGrubPartition(
    SparseCopy& disk, DiskRange range, std::uint32_t sectorSize, const QStringList& fileSystems)
{
    const Result<Programs> programs = findPrograms();
    if (!programs) {
        return std::unexpected(programs.error());
    }
    const QTemporaryDir folder;
    const QString loader = folder.filePath(QStringLiteral("BOOTX64.EFI"));
    const QString config = folder.filePath(QStringLiteral("grub.cfg"));
    const QString volume = folder.filePath(QStringLiteral("volume"));
    QStringList build{QStringLiteral("-O"), QStringLiteral("x86_64-efi"), QStringLiteral("-d"), moduleFolder,
        QStringLiteral("-p"), QStringLiteral("/EFI/BOOT"), QStringLiteral("-o"), loader};
    for (const char* const module : modules) {
        build << QString::fromLatin1(module);
    }
    const QString kibibytes = QString::number(range.length / 1024);
    return run(programs->mkimage, build)
        .and_then([&] { return writeFile(config, configuration(fileSystems)); })
        .and_then([&] {
            return run(programs->mkfs,
                {QStringLiteral("-C"), QStringLiteral("-F"), QStringLiteral("32"), QStringLiteral("-s"),
                    QStringLiteral("1"), QStringLiteral("-S"), QString::number(sectorSize), QStringLiteral("-n"),
                    QStringLiteral("EFI"), QStringLiteral("-h"), QString::number(range.offset / sectorSize), volume,
                    kibibytes});
        })
        .and_then([&] {
            return run(programs->mmd,
                {QStringLiteral("-i"), volume, QStringLiteral("::EFI"), QStringLiteral("::EFI/BOOT")});
        })
        .and_then([&] {
            return run(
                programs->mcopy, {QStringLiteral("-i"), volume, loader, config, QStringLiteral("::EFI/BOOT")});
        })
        .and_then([&] { return put(volume, disk, range); });
}

} // namespace platter
