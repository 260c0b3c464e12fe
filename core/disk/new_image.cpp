// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/new_image.h"

#include "core/disk/new_vhdx.h"
#include "core/disk/partial_file.h"
#include "core/disk/qemu_img.h"
#include "core/durable_file.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

#include <cerrno>
#include <sys/stat.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::NewImage)
};

constexpr std::uint64_t sectorSize = 512;
constexpr std::uint64_t mebibyte = 1 << 20;
constexpr qsizetype vdiMarkAt = 64; // after a free text
constexpr qint64 headSize = vdiMarkAt + 4;
constexpr int qemuImgTimeoutMs = 60'000;

std::uint64_t roundedUp(std::uint64_t value, std::uint64_t step)
{
    return (value + step - 1) / step * step;
}

Error creationError(const QString& file, ByteCount size, const QString& words)
{
    const auto says = [&](const char* text) { return words.contains(QLatin1String(text), Qt::CaseInsensitive); };
    if (says("File too large") || says("image size is too large")) {
        return Error{ErrorKind::Unsupported,
            Texts::tr("The file system that holds %1 has no files as large as %2.").arg(file, size.toString()),
            Texts::tr("Choose a smaller size, another place, or VHDX, whose file grows with use."),
            words.trimmed()};
    }
    return qemuImgError(Texts::tr("Making the disk image"), file, words);
}

} // namespace

Result<ImageKind> imageKindOf(const QString& file)
{
    const QString what = Texts::tr("Reading the disk image");
    QFile image(file);
    struct stat status{};
    if (::stat(QFile::encodeName(file).constData(), &status) != 0) {
        return std::unexpected(systemError(what, file, errno));
    }
    if (S_ISDIR(status.st_mode)) {
        return std::unexpected(systemError(what, file, EISDIR));
    }
    // Never wait for the other end of a pipe.
    if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode)) {
        return std::unexpected(Error{
            ErrorKind::InvalidInput, Texts::tr("%1 is not a file.").arg(file), Texts::tr("Choose a disk image.")});
    }
    errno = 0;
    if (!image.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        return std::unexpected(systemError(what, file, errno ? errno : EIO));
    }
    const QByteArray vhdMark("conectix");
    const QByteArray begin = image.read(headSize);
    const QByteArray head = begin.first(qMin<qsizetype>(8, begin.size()));
    if (head == "vhdxfile") {
        return ImageKind::Vhdx;
    }
    if (head.startsWith("QFI\xfb")) {
        return ImageKind::Qcow2;
    }
    if (head == vhdMark) {
        return ImageKind::Vhd;
    }
    if (begin.startsWith("KDMV") || begin.startsWith("COWD") || begin.startsWith("# Disk DescriptorFile")) {
        return ImageKind::Vmdk;
    }
    if (begin.mid(vdiMarkAt, 4) == QByteArray("\x7f\x10\xda\xbe")) {
        return ImageKind::Vdi;
    }
    // A fixed VHD has its footer at the end only: 512 bytes, in very old files 511.
    for (const qint64 footer : {512, 511}) {
        if (image.size() >= footer && image.seek(image.size() - footer) && image.read(8) == vhdMark) {
            return ImageKind::Vhd;
        }
    }
    return ImageKind::Raw;
}

ByteCount initialSizeOnHost(DiskFormat format, ByteCount size)
{
    switch (format) {
    case DiskFormat::Vhdx:
        return ByteCount::kibibytes(256); // headers, region tables, metadata; log and table are sparse
    case DiskFormat::Qcow2: {
        // Header, reference counts, and a first-level table of 8 bytes per 512 MiB, in clusters of 64 KiB.
        const std::uint64_t cluster = 64 << 10;
        const std::uint64_t entries = roundedUp(size.bytes(), 512 * mebibyte) / (512 * mebibyte);
        return ByteCount(3 * cluster + roundedUp(entries * 8, cluster));
    }
    case DiskFormat::Raw:
        return ByteCount::kibibytes(4); // qemu-img writes the first sectors
    }
    Q_UNREACHABLE_RETURN({});
}

Result<void> checkImageSize(ByteCount size)
{
    const QString advice = Texts::tr("Choose a size from 1 MiB to %1.").arg(largestVhdx.toString());
    if (size.bytes() == 0) {
        return std::unexpected(Error{ErrorKind::InvalidInput, Texts::tr("A disk cannot have the size 0."), advice});
    }
    if (size.bytes() % sectorSize != 0) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("A disk of %1 bytes is not a whole number of sectors of 512 bytes.").arg(size.bytes()),
            Texts::tr("Choose a whole number of MiB.")});
    }
    if (size > largestVhdx) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("A disk of %1 is larger than the largest possible one.").arg(size.toString()), advice});
    }
    return {};
}

Result<QString> findQemuImg()
{
    QString program = QStandardPaths::findExecutable(QStringLiteral("qemu-img"));
    if (program.isEmpty()) {
        return std::unexpected(Error{ErrorKind::MissingProgram,
            Texts::tr("The program qemu-img, which makes disk images, is not installed."),
            Texts::tr("Install the package qemu-utils (on Fedora and openSUSE: qemu-img or qemu-tools).")});
    }
    return program;
}

Result<void> createImage(const QString& file, DiskFormat format, ByteCount size)
{
    if (const Result<void> fits = checkImageSize(size); !fits) {
        return fits;
    }
    if (format == DiskFormat::Vhdx) {
        return createVhdx(file, {.virtualSize = size.bytes(), .blockSize = vhdx::dynamicBlockFor(size.bytes())});
    }
    if (QFileInfo info(file); info.exists() || info.isSymLink()) {
        return std::unexpected(systemError(Texts::tr("Making the disk image"), file, EEXIST));
    }
    const QString folder = QFileInfo(file).absolutePath();
    if (!QFileInfo(folder).isDir()) {
        return std::unexpected(systemError(Texts::tr("Making the disk image"), folder, ENOENT));
    }
    const Result<QString> program = findQemuImg();
    if (!program) {
        return std::unexpected(program.error());
    }

    PartialFile partial(file);
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    // "file:" keeps QEMU from reading a protocol into a name with a colon.
    process.start(*program,
        QStringList{QStringLiteral("create"), QStringLiteral("-q"), QStringLiteral("-f"), nameOf(format)}
            << QStringList{QStringLiteral("file:") + partial.path(), QString::number(size.bytes())});
    if (!process.waitForFinished(qemuImgTimeoutMs)) {
        const bool started = process.state() != QProcess::NotRunning;
        const QString words = process.errorString();
        process.kill();
        process.waitForFinished();
        if (!started) {
            return std::unexpected(creationError(file, size, words));
        }
        return std::unexpected(Error{ErrorKind::TimedOut,
            Texts::tr("qemu-img did not finish making the disk image %1 in time.").arg(file),
            Texts::tr("Check whether the storage answers, then try again."), words});
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return std::unexpected(creationError(file, size, QString::fromUtf8(process.readAll())));
    }
    if (const Result<void> flushed = flushToDisk(partial.path()); !flushed) {
        return std::unexpected(partial.named(flushed.error()));
    }
    return partial.appear(Texts::tr("Making the disk image"));
}

} // namespace platter
