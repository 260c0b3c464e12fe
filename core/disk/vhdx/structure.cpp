// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/structure.h"

#include "core/disk/vhdx/layout.h"
#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"

namespace platter::vhdx {

BatLayout Structure::batLayout() const
{
    return BatLayout(metadata.virtualSize, metadata.blockSize, metadata.logicalSectorSize,
        metadata.parent ? BatLayout::Kind::Child : BatLayout::Kind::Alone);
}

Result<Structure> readStructure(const ByteSource& file, const Header& header)
{
    Structure structure;
    Result<RegionTable> regions = readRegionTable(file, header);
    if (!regions) {
        return std::unexpected(regions.error());
    }
    structure.regions = *std::move(regions);
    Result<Metadata> metadata = readMetadata(file, structure.regions.metadata());
    if (!metadata) {
        return std::unexpected(metadata.error());
    }
    structure.metadata = *std::move(metadata);
    const Region& bat = structure.regions.bat();
    if (structure.batLayout().bytes() > bat.length) {
        return std::unexpected(broken(Rule::BatTooShort, bat.offset,
            QStringLiteral("%1 bytes, %2 are needed").arg(bat.length).arg(structure.batLayout().bytes())));
    }
    return structure;
}

Result<void> checkFileSignature(const ByteSource& file)
{
    std::array<std::byte, layout::creatorOffset> head{};
    if (file.size() < head.size()) {
        return std::unexpected(broken(Rule::FileTooShort, file.size()));
    }
    if (const Result<void> done = file.read(layout::fileIdentifierOffset, head); !done) {
        return done;
    }
    if (!hasSignature(head, 0, layout::fileSignature)) {
        return std::unexpected(broken(Rule::FileSignature, layout::fileIdentifierOffset));
    }
    if (file.size() < layout::regionTableOffsets[1] + layout::regionTableSize) {
        return std::unexpected(broken(Rule::FileTooShort, file.size()));
    }
    if (file.size() > largestFile) {
        return std::unexpected(broken(Rule::FileTooLong, file.size()));
    }
    return {};
}

Result<QString> readCreator(const ByteSource& file)
{
    std::array<std::byte, layout::creatorSize> bytes{};
    if (const Result<void> done = file.read(layout::creatorOffset, bytes); !done) {
        return std::unexpected(done.error());
    }
    QString creator;
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(char16_t)) {
        const auto unit = littleEndian<quint16>(bytes, i);
        if (unit == 0) {
            break;
        }
        const QChar character(unit);
        creator += character.isPrint() || character.isSurrogate() ? character : QChar::ReplacementCharacter;
    }
    return creator;
}

Result<void> checkBlockEntry(BatEntry entry, std::uint64_t fileSize, bool hasParent, std::uint64_t position)
{
    constexpr std::uint8_t reserved = 4;
    constexpr std::uint8_t draftUnmapped = 5; // QEMU reads it as Unmapped
    const auto entryText = [&] { return QStringLiteral("0x%1").arg(entry.raw(), 0, 16); };
    if (entry.state == reserved || entry.state == draftUnmapped) {
        return std::unexpected(broken(Rule::BatState, position, entryText()));
    }
    if (entry.is(BlockState::PartiallyPresent) && !hasParent) {
        return std::unexpected(broken(Rule::BatPartialWithoutParent, position, entryText()));
    }
    if (!entry.holdsData()) {
        return {};
    }
    if (entry.offset < objectAlignment) {
        return std::unexpected(broken(Rule::BatNoPlace, position, entryText()));
    }
    if (entry.offset >= fileSize) {
        return std::unexpected(broken(Rule::BatPastEnd, position, entryText()));
    }
    return {};
}

} // namespace platter::vhdx
