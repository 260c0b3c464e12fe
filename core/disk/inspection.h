// SPDX-License-Identifier: GPL-3.0-or-later
// All that there is to say about a disk image. What the format knows of itself comes from the format as
// ImageDetails; inspect() adds what is on the disk. Values; inspect() reads only and is safe in any thread.
#pragma once

#include "core/disk/bootability.h"
#include "core/disk/partition_table.h"

#include <QDateTime>
#include <QJsonObject>

namespace platter {

// An image that another one builds upon.
struct ParentImage {
    QString file; // where it was found; empty: it was not
    QString storedAs; // the path in the child
    QString identifier; // by which the child knows it

    friend bool operator==(const ParentImage&, const ParentImage&) = default;
};

// How the blocks of an image lie in its file.
struct Fragmentation {
    std::uint64_t blocks = 0; // that have their place in the file
    std::uint64_t runs = 0; // stretches of blocks that follow each other in file and disk; 1 is the best
    ByteCount unused; // bytes of the file that nothing refers to

    friend bool operator==(const Fragmentation&, const Fragmentation&) = default;
};

// What an image's format says of it. What a format does not have stays empty.
struct ImageDetails {
    enum class Type { Fixed, Dynamic, Differencing };
    enum class Log { Clean, ToReplay, Damaged };

    QString file;
    ImageKind format = ImageKind::Raw;
    std::optional<Type> type = {};
    ByteCount sizeOnHost = {};
    ByteCount fileSize = {};
    std::optional<ByteCount> blockSize = {};
    QString identifier = {}; // of the disk, without braces; VHDX: the page 83 identifier
    QString dataIdentifier = {}; // changes with the contents; what a child stores of its parent
    QString creator = {}; // "Microsoft Windows 10.0.19041.0"
    QDateTime created = {};
    std::vector<ParentImage> parents = {}; // the nearest first
    std::optional<Log> log = {};
    std::optional<Fragmentation> fragmentation = {};
    std::optional<ByteCount> smallestSize = {}; // by the blocks in use; the partitions count as well

    // The chain ends where a parent was not found; what is on the disk is then known in part at most.
    bool hasLostParent() const
    {
        return type == Type::Differencing && (parents.empty() || parents.back().file.isEmpty());
    }

    // Whose parent that is: this image's, or that of one which it stands on.
    QString fileWithoutParent() const { return parents.size() < 2 ? file : parents[parents.size() - 2].file; }

    friend bool operator==(const ImageDetails&, const ImageDetails&) = default;
};

QString nameOf(ImageKind kind); // "vhdx": stable, for JSON; QEMU calls all but VHD the same
QString nameOf(ImageDetails::Type type); // "dynamic"
QString nameOf(ImageDetails::Log log); // "to-replay"

struct DiskInspection {
    ImageDetails image;
    ByteCount virtualSize;
    std::uint32_t logicalSectorSize = 512;
    std::uint32_t physicalSectorSize = 512;
    PartitionTable partitions;
    Bootability bootability;

    // What the disk could be shrunk to: the end of its last partition, if its table can be relied on; where there
    // is none, the end of the last block in use, if the format knows it.
    ByteCount smallestSize() const;

    friend bool operator==(const DiskInspection&, const DiskInspection&) = default;
};

// An error is that the disk cannot be read.
Result<DiskInspection> inspect(const VirtualDisk& disk, ImageDetails image);

// Sizes are numbers of bytes. What is not known is absent.
QJsonObject toJson(const DiskInspection& inspection);

} // namespace platter
