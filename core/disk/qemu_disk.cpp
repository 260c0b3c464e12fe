// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/qemu_disk.h"

#include "core/disk/disk_bounds.h"
#include "core/disk/qemu_img.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryFile>

#include <algorithm>
#include <cstring>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::QemuDisk)
};

constexpr std::uint64_t pieceSize = 1 << 20;
constexpr std::size_t mostPieces = 16;

// A stretch of the disk in FILE, as qemu-img takes the name of an image. Its verb dd is no help: there, the count
// includes what is skipped, and what lies behind it reads as zeros.
QString partOf(const QString& file, const QString& format, std::uint64_t offset, std::uint64_t length)
{
    const QJsonObject image{{QStringLiteral("driver"), format},
        {QStringLiteral("file"),
            QJsonObject{{QStringLiteral("driver"), QStringLiteral("file")}, {QStringLiteral("filename"), file}}}};
    const QJsonObject part{{QStringLiteral("driver"), QStringLiteral("raw")},
        {QStringLiteral("offset"), static_cast<qint64>(offset)},
        {QStringLiteral("size"), static_cast<qint64>(length)}, {QStringLiteral("file"), image}};
    return QStringLiteral("json:") + QString::fromUtf8(QJsonDocument(part).toJson(QJsonDocument::Compact));
}

} // namespace

QemuDisk::QemuDisk(QString file, QString format, Access access, std::uint64_t size)
    : m_file(std::move(file))
    , m_format(std::move(format))
    , m_access(access)
    , m_size(size)
{
}

Result<std::unique_ptr<QemuDisk>> QemuDisk::open(const QString& file, ImageKind kind, Access access)
{
    const QString format = qemuFormat(kind);
    QStringList question{QStringLiteral("info"), QStringLiteral("--output=json"), QStringLiteral("-f"), format};
    if (access == Access::Shared) {
        question << QStringLiteral("-U");
    }
    const Result<QByteArray> answer = askQemuImg(question << qemuName(file), file);
    if (!answer) {
        return std::unexpected(answer.error());
    }
    const QJsonObject facts = QJsonDocument::fromJson(*answer).object();
    const auto size = static_cast<std::uint64_t>(facts.value(QLatin1String("virtual-size")).toInteger());
    return std::unique_ptr<QemuDisk>(new QemuDisk(file, format, access, size));
}

std::uint32_t QemuDisk::logicalSectorSize() const
{
    return 512;
}

std::uint32_t QemuDisk::physicalSectorSize() const
{
    return 512;
}

Result<QByteArray> QemuDisk::fetch(std::uint64_t piece) const
{
    QTemporaryFile target;
    if (!target.open()) {
        return std::unexpected(Error{ErrorKind::InputOutput,
            Texts::tr("No temporary file could be made: %1.").arg(target.errorString()),
            Texts::tr("Check the space in %1.").arg(QDir::tempPath()), {}});
    }
    const std::uint64_t offset = piece * pieceSize;
    const std::uint64_t length = std::min(pieceSize, m_size - offset);
    QStringList command{QStringLiteral("convert"), QStringLiteral("-O"), QStringLiteral("raw")};
    if (m_access == Access::Shared) {
        command << QStringLiteral("-U");
    }
    command << partOf(m_file, m_format, offset, length) << qemuName(target.fileName());
    if (const Result<QByteArray> done = askQemuImg(command, m_file); !done) {
        return done;
    }
    QByteArray bytes = target.readAll();
    if (bytes.size() != static_cast<qsizetype>(length)) {
        return std::unexpected(
            Error{ErrorKind::Qemu, Texts::tr("qemu-img returned only a part of what was asked of %1.").arg(m_file),
                {}, QStringLiteral("%1 of %2 bytes at %3").arg(bytes.size()).arg(length).arg(offset)});
    }
    return bytes;
}

Result<void> QemuDisk::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (Result<void> inside = checkInsideDisk(m_size, offset, into.size()); !inside) {
        return inside;
    }
    const std::scoped_lock lock(m_mutex);
    while (!into.empty()) {
        const std::uint64_t number = offset / pieceSize;
        auto known = m_pieces.find(number);
        if (known == m_pieces.end()) {
            Result<QByteArray> piece = fetch(number);
            if (!piece) {
                return std::unexpected(piece.error());
            }
            if (m_pieces.size() == mostPieces) {
                m_pieces.clear();
            }
            known = m_pieces.emplace(number, *std::move(piece)).first;
        }
        const std::uint64_t within = offset % pieceSize;
        const std::size_t count = std::min<std::uint64_t>(into.size(), pieceSize - within);
        std::memcpy(into.data(), known->second.constData() + within, count);
        offset += count;
        into = into.subspan(count);
    }
    return {};
}

Result<DiskRun> QemuDisk::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    return DiskRun{DiskRun::Content::Data, std::min(limit, m_size - offset)};
}

} // namespace platter
