// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/details.h"

#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/space_map.h"

#include <algorithm>

namespace platter::vhdx {

namespace {

// More of a table than that takes too long to walk for somebody who only wants to know what a file is.
constexpr std::uint64_t mostTable = 16 * mebibyte;

// What IMAGE stands on; null where it stands alone, or on something that is no VHDX.
const Image* parentOf(const Image& image)
{
    return dynamic_cast<const Image*>(image.parent().get());
}

// How much of the table was ever written, up to a little more than mostTable.
Result<std::uint64_t> writtenTable(const Image& image)
{
    const std::uint64_t begin = image.bat().offset();
    const std::uint64_t end = begin + image.bat().entries() * layout::batEntrySize;
    std::uint64_t written = 0;
    for (std::uint64_t position = begin; position < end && written <= mostTable;) {
        const Result<FileRun> run = image.file().runAt(position);
        if (!run) {
            return std::unexpected(run.error());
        }
        written += run->content == FileRun::Content::Data ? std::min(run->length, end - position) : 0;
        position += run->length;
    }
    return written;
}

Result<bool> isQuicklyWalked(const Image& image)
{
    for (const Image* link = &image; link; link = parentOf(*link)) {
        const Result<std::uint64_t> written = writtenTable(*link);
        if (!written || *written > mostTable) {
            return written.transform([](std::uint64_t) { return false; });
        }
    }
    return true;
}

Result<void> addBlocks(const Image& image, ImageDetails& details)
{
    const BatLayout layout = image.structure().batLayout();
    Fragmentation fragmentation;
    std::uint64_t expected = 0; // where the next block would continue the last one
    std::uint64_t lastBlock = 0;
    const Result<void> walked = image.bat().forEach(0, layout.entries(), [&](std::uint64_t number, BatEntry entry) {
        const std::optional<std::uint64_t> block = entry.holdsData() ? layout.blockOfEntry(number) : std::nullopt;
        if (!block) {
            return Result<void>();
        }
        ++fragmentation.blocks;
        if (entry.offset != expected || *block != lastBlock + 1) {
            ++fragmentation.runs;
        }
        expected = entry.offset + image.metadata().blockSize;
        lastBlock = *block;
        return Result<void>();
    });
    if (!walked) {
        return walked;
    }
    const Result<SpaceMap> space = mapSpace(image.structure(), image.header(), image.bat(), image.file().size(),
        [](const Error&) { }); // check() tells what is wrong
    if (!space) {
        return std::unexpected(space.error());
    }
    const std::uint64_t used = std::min(space->used(), image.file().size());
    fragmentation.unused = ByteCount(image.file().size() - used);
    details.fragmentation = fragmentation;
    const Result<ByteCount> end = endOfData(image);
    if (!end) {
        return std::unexpected(end.error());
    }
    details.smallestSize = *end;
    return {};
}

} // namespace

Result<ByteCount> endOfData(const Image& image)
{
    std::uint64_t end = 0;
    for (const Image* link = &image; link; link = parentOf(*link)) {
        const BatLayout layout = link->structure().batLayout();
        std::uint64_t blocks = 0; // up to the last one with data
        const Result<void> walked =
            link->bat().forEach(0, layout.entries(), [&](std::uint64_t number, BatEntry entry) {
                if (const auto block = entry.holdsData() ? layout.blockOfEntry(number) : std::nullopt) {
                    blocks = *block + 1;
                }
                return Result<void>();
            });
        if (!walked) {
            return std::unexpected(walked.error());
        }
        end = std::max(end, blocks * link->metadata().blockSize);
        if (link->metadata().parent && !parentOf(*link)) {
            end = image.size(); // what it stands on cannot be asked
        }
    }
    return ByteCount(std::min(end, image.size()));
}

Result<ImageDetails> detailsOf(const Image& image, const QStringList& parentPaths)
{
    const Metadata& metadata = image.metadata();
    ImageDetails details;
    details.format = ImageKind::Vhdx;
    details.type = metadata.parent       ? ImageDetails::Type::Differencing
        : metadata.leavesBlocksAllocated ? ImageDetails::Type::Fixed
                                         : ImageDetails::Type::Dynamic;
    details.fileSize = ByteCount(image.file().size());
    details.blockSize = ByteCount(metadata.blockSize);
    details.identifier = metadata.virtualDiskId.toString(QUuid::WithoutBraces);
    details.dataIdentifier = image.header().dataWriteGuid.toString(QUuid::WithoutBraces);
    details.log = image.replay() ? ImageDetails::Log::ToReplay : ImageDetails::Log::Clean;
    const Result<QString> creator = readCreator(image.file());
    if (!creator) {
        return std::unexpected(creator.error());
    }
    details.creator = *creator;
    std::optional<ParentLocator> locator = metadata.parent;
    const Image* parent = parentOf(image);
    for (qsizetype i = 0; locator; ++i) {
        details.parents.push_back(
            {parentPaths.value(i), locator->paths().constFirst(), locator->linkage.toString(QUuid::WithoutBraces)});
        locator = parent ? parent->metadata().parent : std::nullopt;
        parent = parent ? parentOf(*parent) : nullptr;
    }
    const Result<bool> isQuick = isQuicklyWalked(image);
    if (!isQuick) {
        return std::unexpected(isQuick.error());
    }
    if (*isQuick) {
        if (const Result<void> added = addBlocks(image, details); !added) {
            return std::unexpected(added.error());
        }
    }
    return details;
}

} // namespace platter::vhdx
