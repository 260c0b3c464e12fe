// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/image_facts.h"

#include "core/disk/host_file.h"
#include "core/disk/vhdx/structure.h"
#include "core/unique_fd.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QFile>
#include <QtEndian>

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ImageFacts)
};

constexpr char qcow2Magic[] = "QFI\xfb";
constexpr std::size_t qcow2HeaderSize = 72;
constexpr std::size_t qcow2VirtualSize = 24; // big endian

// Shorter than SIZE where the file ends.
QByteArray bytesAt(int fd, off_t offset, std::size_t size)
{
    QByteArray bytes(static_cast<qsizetype>(size), Qt::Uninitialized);
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::pread(fd, bytes.data() + done, size - done, offset + static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    bytes.truncate(static_cast<qsizetype>(done));
    return bytes;
}

// As the file says at this moment; a log that a running machine has not applied yet never changes a size.
std::optional<ByteCount> vhdxSize(const QString& file)
{
    const Result<std::unique_ptr<HostFile>> image = HostFile::open(file, HostFile::Access::Unlocked);
    if (!image) {
        return std::nullopt;
    }
    const Result<vhdx::HeaderPair> headers = vhdx::HeaderPair::read(**image);
    if (!headers) {
        return std::nullopt;
    }
    const Result<vhdx::Structure> structure = vhdx::readStructure(**image, headers->current());
    return structure ? std::optional(ByteCount(structure->metadata.virtualSize)) : std::nullopt;
}

std::optional<ByteCount> qcow2Size(int fd)
{
    const QByteArray header = bytesAt(fd, 0, qcow2HeaderSize);
    if (!header.startsWith(QByteArrayView(qcow2Magic, 4))
        || header.size() < static_cast<qsizetype>(qcow2HeaderSize)) {
        return std::nullopt;
    }
    return ByteCount(qFromBigEndian<quint64>(header.constData() + qcow2VirtualSize));
}

struct OpenImage {
    UniqueFd fd;
    struct stat status = {};
};

Result<OpenImage> openImage(const QString& file)
{
    OpenImage image{UniqueFd(::open(QFile::encodeName(file).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))};
    if (!image.fd || ::fstat(image.fd.get(), &image.status) != 0) {
        return std::unexpected(systemError(Texts::tr("Reading the image"), file, errno));
    }
    return image;
}

ByteCount onHost(const OpenImage& image)
{
    return ByteCount(static_cast<std::uint64_t>(image.status.st_blocks) * 512);
}

ByteCount length(const OpenImage& image)
{
    const off_t end = S_ISREG(image.status.st_mode) ? image.status.st_size : ::lseek(image.fd.get(), 0, SEEK_END);
    return ByteCount(static_cast<std::uint64_t>(qMax<off_t>(end, 0)));
}

} // namespace

Result<ImageFacts> imageFacts(const QString& file, DiskFormat format)
{
    const Result<OpenImage> image = openImage(file);
    if (!image) {
        return std::unexpected(image.error());
    }
    std::optional<ByteCount> size;
    switch (format) {
    case DiskFormat::Vhdx:
        size = vhdxSize(file);
        break;
    case DiskFormat::Qcow2:
        size = qcow2Size(image->fd.get());
        break;
    case DiskFormat::Raw:
        size = length(*image);
        break;
    }
    if (!size) {
        return std::unexpected(Error{.kind = ErrorKind::Corrupt,
            .summary = Texts::tr("%1 is not a readable %2 image.").arg(file, displayName(format)),
            .advice = Texts::tr("Bring back the image from a backup, or choose another one.")});
    }
    return ImageFacts{*size, onHost(*image)};
}

Result<ImageFacts> mediumFacts(const QString& file)
{
    const Result<OpenImage> image = openImage(file);
    if (!image) {
        return std::unexpected(image.error());
    }
    return ImageFacts{length(*image), onHost(*image)};
}

} // namespace platter
