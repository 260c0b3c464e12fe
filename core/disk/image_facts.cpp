// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/image_facts.h"

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

// [MS-VHDX] 2.2.3 region table, 2.6.1 metadata table; entries of both are 32 bytes and begin with a GUID.
constexpr off_t vhdxRegionTables[] = {192 * 1024, 256 * 1024};
constexpr std::size_t vhdxTableSize = 64 * 1024;
constexpr std::size_t vhdxEntrySize = 32;
constexpr std::size_t vhdxRegionEntries = 16; // offset of the first
constexpr std::size_t vhdxMetadataEntries = 32;
constexpr quint32 vhdxMostEntries = 2047;
constexpr char vhdxMetadataRegion[] = "\x06\xa2\x7c\x8b\x90\x47\x9a\x4b\xb8\xfe\x57\x5f\x05\x0f\x88\x6e";
constexpr char vhdxVirtualDiskSize[] = "\x24\x42\xa5\x2f\x1b\xcd\x76\x48\xb2\x11\x5d\xbe\xd8\x3b\xf4\xb8";
constexpr std::size_t guidSize = 16;

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

template <typename T>
T littleEndianAt(const QByteArray& bytes, std::size_t offset)
{
    if (offset + sizeof(T) > static_cast<std::size_t>(bytes.size())) {
        return 0;
    }
    return qFromLittleEndian<T>(bytes.constData() + offset);
}

// Where the entry with GUID begins in a table; both tables are laid out alike.
std::optional<std::size_t> findEntry(const QByteArray& table, std::size_t first, quint32 count, const char* guid)
{
    for (quint32 i = 0; i < qMin(count, vhdxMostEntries); ++i) {
        const std::size_t at = first + i * vhdxEntrySize;
        if (at + vhdxEntrySize > static_cast<std::size_t>(table.size())) {
            break;
        }
        if (QByteArrayView(table).sliced(static_cast<qsizetype>(at), guidSize)
            == QByteArrayView(guid, static_cast<qsizetype>(guidSize))) {
            return at;
        }
    }
    return std::nullopt;
}

std::optional<ByteCount> vhdxSize(int fd)
{
    for (const off_t where : vhdxRegionTables) {
        const QByteArray regions = bytesAt(fd, where, vhdxTableSize);
        if (!regions.startsWith("regi")) {
            continue;
        }
        const auto region =
            findEntry(regions, vhdxRegionEntries, littleEndianAt<quint32>(regions, 8), vhdxMetadataRegion);
        if (!region) {
            continue;
        }
        const auto start = static_cast<off_t>(littleEndianAt<quint64>(regions, *region + guidSize));
        const QByteArray metadata = bytesAt(fd, start, vhdxTableSize);
        if (!metadata.startsWith("metadata")) {
            continue;
        }
        const auto item =
            findEntry(metadata, vhdxMetadataEntries, littleEndianAt<quint16>(metadata, 10), vhdxVirtualDiskSize);
        if (!item) {
            continue;
        }
        const quint32 offset = littleEndianAt<quint32>(metadata, *item + guidSize);
        const QByteArray size = bytesAt(fd, start + static_cast<off_t>(offset), sizeof(quint64));
        if (size.size() == sizeof(quint64)) {
            return ByteCount(littleEndianAt<quint64>(size, 0));
        }
    }
    return std::nullopt;
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
        size = vhdxSize(image->fd.get());
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
