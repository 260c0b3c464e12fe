// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/trim_reach.h"

#include "core/uninterrupted.h"
#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::TrimReach)
};

constexpr off_t probeLength = 1 << 20; // holds whole blocks of any file system

// File systems without holes, on which no file can be tried that has no name.
bool isWithoutHoles(std::uint32_t type)
{
    constexpr std::uint32_t exfat = 0x2011BAB0U;
    constexpr std::array<std::uint32_t, 2> known{MSDOS_SUPER_MAGIC, exfat};
    return std::ranges::contains(known, type);
}

} // namespace

HolePunching holesIn(const QString& file)
{
    const QByteArray folder = QFile::encodeName(QFileInfo(QFileInfo(file).canonicalFilePath()).absolutePath());
    const UniqueFd probe(uninterrupted(
        [&] { return ::open(folder.constData(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR); }));
    if (probe) {
        // A file of nothing but a hole asks the same of the file system.
        const bool works = ::ftruncate(probe.get(), probeLength) == 0 && uninterrupted([&] {
            return ::fallocate(probe.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, probeLength);
        }) == 0;
        return works ? HolePunching::Works : errno == EOPNOTSUPP ? HolePunching::Fails : HolePunching::Unknown;
    }
    struct statfs system{};
    return ::statfs(folder.constData(), &system) == 0 && isWithoutHoles(static_cast<std::uint32_t>(system.f_type))
        ? HolePunching::Fails
        : HolePunching::Unknown;
}

TrimReach trimReach(DiskFormat format, HolePunching holes, bool discards)
{
    if (!discards) {
        return {TrimReach::Verdict::TurnedOff};
    }
    if (format == DiskFormat::Vhdx) {
        return {TrimReach::Verdict::StopsAtFormat};
    }
    switch (holes) {
    case HolePunching::Works:
        return {TrimReach::Verdict::ReachesHost};
    case HolePunching::Fails:
        return {TrimReach::Verdict::StopsAtFileSystem};
    case HolePunching::Unknown:
        return {TrimReach::Verdict::Unknown};
    }
    Q_UNREACHABLE_RETURN({});
}

QString TrimReach::sentence() const
{
    switch (verdict) {
    case Verdict::ReachesHost:
        return Texts::tr("TRIM reaches the host: what the guest frees is given back at once.");
    case Verdict::TurnedOff:
        return Texts::tr("TRIM does not reach the host: it is turned off for this disk.");
    case Verdict::StopsAtFormat:
        return Texts::tr(
            "TRIM does not reach the host: with a VHDX, QEMU accepts it and frees nothing. Compacting gives "
            "back what holds only zeros.");
    case Verdict::StopsAtFileSystem:
        return Texts::tr("TRIM does not reach the host: the file system that holds the image cannot give back a "
                         "part of a file.");
    case Verdict::StopsAtDevice:
        return Texts::tr(
            "TRIM does not reach the disk: this computer's driver for it, or the disk itself, takes none.");
    case Verdict::StopsAtProtocol:
        return Texts::tr("TRIM does not reach the server: the protocol has no word for it.");
    case Verdict::ReachesServer:
        return Texts::tr("TRIM reaches the server: what the guest frees is given back there at once.");
    case Verdict::UpToServer:
        return Texts::tr("Whether TRIM gives anything back is for the server to decide, and it does not tell.");
    case Verdict::Unknown:
        return Texts::tr("Whether TRIM reaches the host is for the file system that holds the image to decide, and "
                         "it does not tell.");
    }
    Q_UNREACHABLE_RETURN({});
}

QString TrimReach::word() const
{
    switch (verdict) {
    case Verdict::ReachesHost:
        return Texts::tr("reaches host");
    case Verdict::ReachesServer:
        return Texts::tr("reaches server");
    case Verdict::TurnedOff:
        return Texts::tr("off");
    case Verdict::StopsAtFormat:
    case Verdict::StopsAtFileSystem:
    case Verdict::StopsAtDevice:
    case Verdict::StopsAtProtocol:
        return Texts::tr("no effect");
    case Verdict::UpToServer:
    case Verdict::Unknown:
        return Texts::tr("unknown");
    }
    Q_UNREACHABLE_RETURN({});
}

QString nameOf(TrimReach::Verdict verdict)
{
    switch (verdict) {
    case TrimReach::Verdict::ReachesHost:
        return QStringLiteral("host");
    case TrimReach::Verdict::TurnedOff:
        return QStringLiteral("off");
    case TrimReach::Verdict::StopsAtFormat:
        return QStringLiteral("format");
    case TrimReach::Verdict::StopsAtFileSystem:
        return QStringLiteral("file-system");
    case TrimReach::Verdict::StopsAtDevice:
        return QStringLiteral("device");
    case TrimReach::Verdict::StopsAtProtocol:
        return QStringLiteral("protocol");
    case TrimReach::Verdict::ReachesServer:
        return QStringLiteral("server");
    case TrimReach::Verdict::UpToServer:
        return QStringLiteral("server-decides");
    case TrimReach::Verdict::Unknown:
        return QStringLiteral("unknown");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace platter
