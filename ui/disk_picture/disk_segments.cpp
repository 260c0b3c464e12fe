// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/disk_picture/disk_segments.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace platter {

namespace {

using Kind = DiskSegment::Kind;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DiskPicture)
};

constexpr double scale = 0.6; // exponent
// Alignment leaves gaps of a MiB everywhere; they are nobody's free space.
constexpr std::uint64_t leastGap = std::uint64_t(4) << 20;

DiskSegment segmentOf(const Partition& partition)
{
    DiskSegment segment{
        .kind = partition.isEfiSystem ? Kind::EfiSystem : Kind::Partition, .range = partition.range};
    if (partition.isEfiSystem) {
        segment.name = Texts::tr("ESP", "EFI system partition");
    } else if (partition.fileSystem && !partition.fileSystem->label.isEmpty()) {
        segment.name = partition.fileSystem->label;
    } else {
        segment.name = partition.name.isEmpty() ? Texts::tr("Partition %1").arg(partition.number) : partition.name;
    }
    segment.content = partition.fileSystem ? partition.fileSystem->displayType() : partition.typeName;
    segment.partition = partition.number;
    segment.space = partition.fileSystem ? partition.fileSystem->space : std::nullopt;
    return segment;
}

std::vector<DiskSegment> occupied(const DiskInspection& disk)
{
    std::vector<DiskSegment> segments;
    const PartitionTable& table = disk.partitions;
    if (table.kind == PartitionTable::Kind::None) {
        const std::uint64_t end = std::min(disk.smallestSize().bytes(), disk.virtualSize.bytes());
        if (disk.image.hasLostParent()) {
            return {{Kind::Data, {0, disk.virtualSize.bytes()}, {}, Texts::tr("not known without its parent")}};
        }
        if (table.fileSystem) {
            segments.push_back({.kind = Kind::Data,
                .range = {0, disk.virtualSize.bytes()},
                .name = table.fileSystem->label,
                .content = table.fileSystem->displayType(),
                .space = table.fileSystem->space});
        } else if (disk.bootability.verdict != Bootability::Verdict::Empty && end > 0) {
            segments.push_back({Kind::Data, {0, end}, {}, Texts::tr("data without a partition table")});
        }
        return segments;
    }
    for (const Partition& partition : table.partitions) {
        // Only what it holds counts of an extended partition.
        if (!partition.isContainer && partition.range.length > 0) {
            segments.push_back(segmentOf(partition));
        }
    }
    std::ranges::stable_sort(segments, {}, [](const DiskSegment& segment) { return segment.range.offset; });
    return segments;
}

// Of the segments that share one linear scale, as the handle's way.
bool isOnRail(Kind kind, bool isLastFree, EndHandle handle)
{
    switch (kind) {
    case Kind::Added:
    case Kind::Room:
        return handle == EndHandle::Yes;
    case Kind::Removed:
        return true;
    case Kind::Free:
        return isLastFree;
    default:
        return false;
    }
}

QString heldBy(const DiskSegment& segment, const QString& size)
{
    if (segment.name.isEmpty()) {
        return Texts::tr("%1, %2", "content, size").arg(segment.content, size);
    }
    return segment.content.isEmpty()
        ? Texts::tr("%1, %2", "name, size").arg(segment.name, size)
        : Texts::tr("%1, %2, %3", "name, content, size").arg(segment.name, segment.content, size);
}

} // namespace

std::vector<DiskSegment> segmentsOf(const DiskInspection& disk, ByteCount proposed, ByteCount reach)
{
    std::vector<DiskSegment> segments;
    const std::uint64_t size = disk.virtualSize.bytes();
    const auto addFree = [&](std::uint64_t begin, std::uint64_t end) {
        if (end > begin && end - begin >= std::min(leastGap, size)) {
            segments.push_back({Kind::Free, {begin, end - begin}, {}, Texts::tr("free")});
        }
    };
    std::uint64_t at = 0;
    for (DiskSegment& segment : occupied(disk)) {
        addFree(at, segment.range.offset);
        at = std::max(at, segment.range.end());
        segments.push_back(std::move(segment));
    }
    addFree(at, size);
    const std::uint64_t wanted = proposed.bytes();
    if (wanted > 0 && wanted <= size && !segments.empty() && segments.back().kind == Kind::Free) {
        // Both pieces stay, even empty, so that nothing else moves while the cut does.
        DiskSegment& last = segments.back();
        const std::uint64_t cut = std::max(wanted, last.range.offset);
        const DiskSegment removed{Kind::Removed, {cut, size - cut}, {}, Texts::tr("removed")};
        last.range.length = cut - last.range.offset;
        segments.push_back(removed);
    }
    if (wanted > size) {
        segments.push_back({Kind::Added, {size, wanted - size}, {}, Texts::tr("new")});
    }
    const std::uint64_t grown = std::max(wanted, size);
    if (reach.bytes() > grown) {
        segments.push_back({Kind::Room, {grown, reach.bytes() - grown}, {}, {}});
    }
    return segments;
}

QString sentenceOf(const DiskSegment& segment)
{
    if (segment.range.length == 0) {
        return {};
    }
    const QString size = ByteCount(segment.range.length).toString();
    switch (segment.kind) {
    case Kind::Free:
        return Texts::tr("%1 free").arg(size);
    case Kind::Removed:
        return Texts::tr("%1 removed").arg(size);
    case Kind::Added:
        return Texts::tr("%1 new").arg(size);
    case Kind::Room:
        return {};
    case Kind::EfiSystem:
    case Kind::Partition:
    case Kind::Data:
        break;
    }
    const QString held = heldBy(segment, size);
    return segment.space
        ? Texts::tr("%1, %2 used", "a partition, a size").arg(held, ByteCount(segment.space->used).toString())
        : held;
}

std::vector<Stretch> stretchesOf(
    const std::vector<DiskSegment>& segments, double width, double least, EndHandle handle)
{
    std::vector<Stretch> stretches(segments.size());
    if (segments.empty()) {
        return stretches;
    }
    const bool ends = segments.back().kind == Kind::Removed;
    const auto isRail = [&](std::size_t i) {
        const bool isLastFree = ends && i + 2 == segments.size();
        return isOnRail(segments[i].kind, isLastFree, handle);
    };
    std::uint64_t rail = 0; // bytes
    int fixedCount = 0;
    double weights = 0;
    const auto weightOf = [](std::uint64_t length) { return std::pow(static_cast<double>(length), scale); };
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (isRail(i)) {
            rail += segments[i].range.length;
        } else {
            ++fixedCount;
            weights += weightOf(segments[i].range.length);
        }
    }
    // Room enough to drag in.
    const double railWidth = rail == 0 ? 0 : fixedCount == 0 ? width : width * 0.45;
    const double rest = width - railWidth;
    const double small = fixedCount == 0 ? 0 : std::min(least, rest / fixedCount);
    const double spread = rest - small * fixedCount;
    double at = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const std::uint64_t length = segments[i].range.length;
        stretches[i].begin = at;
        stretches[i].width = isRail(i) ? railWidth * (static_cast<double>(length) / static_cast<double>(rail))
                                       : small + (weights > 0 ? spread * weightOf(length) / weights : 0);
        at += stretches[i].width;
    }
    return stretches;
}

} // namespace platter
