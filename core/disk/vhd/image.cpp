// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/image.h"

#include "core/disk/disk_bounds.h"
#include "core/disk/vhd/parent_locators.h"
#include "core/disk/vhd/rules.h"
#include "core/disk/zero_bytes.h"

#include <algorithm>

namespace platter::vhd {

namespace {

constexpr std::size_t bitmapPageSize = 4096;
constexpr std::size_t bitmapPagesKept = 64;

// How many bits of BITMAP from FIRST on (most significant bit of each byte first), COUNT at most, are like the
// first.
std::size_t equalBits(std::span<const std::byte> bitmap, std::size_t first, std::size_t count)
{
    const auto bit = [&](std::size_t at) { return std::to_integer<unsigned>(bitmap[at / 8] >> (7 - at % 8)) & 1; };
    const unsigned value = bit(first);
    const std::byte whole = value ? std::byte(0xFF) : std::byte(0);
    std::size_t at = first + 1;
    const std::size_t end = first + count;
    while (at < end) {
        if (at % 8 == 0 && end - at >= 8 && bitmap[at / 8] == whole) {
            at += 8;
        } else if (bit(at) == value) {
            ++at;
        } else {
            break;
        }
    }
    return at - first;
}

bool overlaps(std::uint64_t start, std::uint64_t length, std::uint64_t otherStart, std::uint64_t otherLength)
{
    return start < otherStart + otherLength && otherStart < start + length;
}

} // namespace

Image::Image(std::unique_ptr<BlockFile> file, const FoundFooter& footer)
    : m_file(std::move(file))
    , m_footer(footer)
    , m_size(footer.footer.virtualSize())
    , m_bitmaps(*m_file, bitmapPageSize, bitmapPagesKept)
{
}

Result<std::unique_ptr<Image>> Image::open(std::unique_ptr<BlockFile> file, const ParentSearch& search)
{
    std::vector<UniqueId> chain;
    return openLink(std::move(file), search, chain);
}

Result<std::unique_ptr<Image>> Image::openLink(
    std::unique_ptr<BlockFile> file, const ParentSearch& search, std::vector<UniqueId>& chain)
{
    const Result<FoundFooter> footer = findFooter(*file);
    if (!footer) {
        return std::unexpected(footer.error());
    }
    std::unique_ptr<Image> image(new Image(std::move(file), *footer));
    if (footer->footer.type == DiskType::Fixed) {
        if (image->m_size > footer->dataEnd) {
            return std::unexpected(broken(Rule::FixedDataCut, footer->dataEnd));
        }
        return image;
    }
    if (const Result<void> done = image->readHeader(); !done) {
        return std::unexpected(done.error());
    }
    if (footer->footer.type == DiskType::Differencing) {
        chain.push_back(footer->footer.uniqueId);
        const Result<void> done = image->openParent(search, chain);
        const bool isTolerated = search.lostParent == LostParent::Tolerate;
        if (!done && !(isTolerated && done.error().kind == ErrorKind::NotFound)) {
            return std::unexpected(done.error());
        }
    }
    return image;
}

std::uint32_t Image::blocks() const
{
    return m_header ? static_cast<std::uint32_t>((m_size + m_header->blockSize - 1) / m_header->blockSize) : 0;
}

Result<void> Image::readHeader()
{
    const std::uint64_t offset = footer().headerOffset;
    if (offset > m_file->size() || m_file->size() - offset < header::size) {
        return std::unexpected(broken(Rule::HeaderOutside, offset));
    }
    HeaderBytes bytes{};
    if (const Result<void> done = m_file->read(offset, bytes); !done) {
        return done;
    }
    const Result<DynamicHeader> found = parseDynamicHeader(bytes, offset);
    if (!found) {
        return std::unexpected(found.error());
    }
    m_header = *found;
    if (m_header->tableEntries < (m_size + m_header->blockSize - 1) / m_header->blockSize) {
        return std::unexpected(broken(Rule::TableTooSmall, offset + header::tableEntries));
    }
    if (m_header->tableOffset > m_file->size() || m_header->tableSize() > m_file->size() - m_header->tableOffset) {
        return std::unexpected(broken(Rule::TableOutside, m_header->tableOffset));
    }
    m_table = std::make_unique<BlockTable>(*m_file, m_header->tableOffset, m_header->tableEntries);
    return {};
}

Result<void> Image::openParent(const ParentSearch& search, std::vector<UniqueId>& chain)
{
    const std::uint64_t idAt = footer().headerOffset + header::parentId;
    if (!search.openFile) {
        return std::unexpected(broken(Rule::ParentNotLookedFor, idAt));
    }
    if (std::ranges::contains(chain, m_header->parentId)) {
        return std::unexpected(broken(Rule::ChainLoop, idAt));
    }
    if (chain.size() > mostAncestors) {
        return std::unexpected(broken(Rule::ChainTooLong, idAt));
    }
    const Result<ParentPaths> paths = readParentPaths(*m_file, *m_header, footer().headerOffset);
    if (!paths) {
        return std::unexpected(paths.error());
    }
    std::optional<Error> refusal; // of the best candidate that is there
    QStringList tried;
    const auto refuse = [&](const Error& error, const QString& path) {
        if (!refusal) {
            refusal = error;
            refusal->detail.append(QStringLiteral("; parent %1").arg(path));
        }
    };
    for (const ParentCandidate& candidate :
        search.candidates(paths->relative, paths->absolute + QStringList{m_header->parentName})) {
        tried.append(candidate.path);
        Result<ParentFile> opened = search.openFile(candidate.path);
        if (!opened) {
            if (opened.error().kind != ErrorKind::NotFound) {
                refuse(opened.error(), candidate.path);
            }
            continue;
        }
        const Result<FoundFooter> found = findFooter(*opened->file);
        if (!found) {
            refuse(found.error(), candidate.path);
            continue;
        }
        if (found->footer.uniqueId != m_header->parentId) {
            refuse(broken(Rule::ParentOtherDisk, idAt), candidate.path);
            continue;
        }
        // The text means the time of the file's last change, which copying a file need not keep; others take the
        // parent's own stamp. A parent that the user names has moved in time with the user's knowledge.
        const std::uint32_t stamp = m_header->parentTimeStamp;
        const std::int64_t asUnixTime = std::int64_t(stamp) + static_cast<std::int64_t>(epoch);
        if (stamp != 0 && stamp != found->footer.timeStamp && opened->modified != asUnixTime
            && !candidate.isNamed) {
            refuse(broken(Rule::ParentChanged, footer().headerOffset + header::parentTimeStamp), candidate.path);
            continue;
        }
        ParentSearch next = search;
        next.image = candidate.path;
        Result<std::unique_ptr<Image>> parent = openLink(std::move(opened->file), next, chain);
        if (!parent) {
            return std::unexpected(parent.error());
        }
        m_parent = std::move(*parent);
        m_parentPath = candidate.path;
        return {};
    }
    Error error = refusal.value_or(broken(Rule::ParentNotFound, idAt));
    error.detail.append(
        QStringLiteral("; parent of %1; looked for %2").arg(search.image, tried.join(QLatin1String(", "))));
    return std::unexpected(error);
}

Result<void> Image::checkBlock(std::uint32_t block, std::uint64_t start) const
{
    const std::uint64_t tableEntry = m_header->tableOffset + std::uint64_t(block) * table::entrySize;
    // Of the last block only what the disk has of it.
    const std::uint64_t data =
        std::min<std::uint64_t>(m_header->blockSize, m_size - std::uint64_t(block) * m_header->blockSize);
    const std::uint64_t length = m_header->bitmapSize() + data;
    if (start > m_footer.dataEnd || length > m_footer.dataEnd - start) {
        return std::unexpected(broken(Rule::BlockOutside, tableEntry));
    }
    if (overlaps(start, length, 0, footer::size) || overlaps(start, length, footer().headerOffset, header::size)
        || overlaps(start, length, m_header->tableOffset, m_header->tableSize())) {
        return std::unexpected(broken(Rule::BlockOverMetadata, tableEntry));
    }
    return {};
}

Result<Image::Piece> Image::pieceAt(std::uint64_t offset, std::uint64_t limit) const
{
    if (!m_header) {
        return Piece{true, limit, offset};
    }
    const std::uint64_t blockSize = m_header->blockSize;
    const auto block = static_cast<std::uint32_t>(offset / blockSize);
    const std::uint64_t within = offset % blockSize;
    const Result<std::optional<std::uint64_t>> start = m_table->startOf(block);
    if (!start) {
        return std::unexpected(start.error());
    }
    if (*start) {
        return pieceOfBlock(block, **start, within, std::min(limit, blockSize - within));
    }
    const auto lastBlock = static_cast<std::uint32_t>((offset + limit - 1) / blockSize);
    const Result<std::uint32_t> absent = m_table->absentFrom(block, lastBlock - block + 1);
    if (!absent) {
        return std::unexpected(absent.error());
    }
    return Piece{false, std::min(limit, *absent * blockSize - within), 0};
}

Result<Image::Piece> Image::pieceOfBlock(
    std::uint32_t block, std::uint64_t start, std::uint64_t within, std::uint64_t limit) const
{
    if (const Result<void> good = checkBlock(block, start); !good) {
        return std::unexpected(good.error());
    }
    // The bitmap a sector's worth at a time: 2 MiB of data, which is the whole of it for the usual blocks.
    std::array<std::byte, sectorSize> bits{};
    constexpr std::uint64_t bitsRead = bits.size() * 8;
    std::uint64_t sector = within / sectorSize;
    const std::uint64_t end = (within + limit - 1) / sectorSize + 1;
    std::optional<bool> isHere;
    while (sector < end) {
        const std::uint64_t first = sector % bitsRead;
        const std::uint64_t count = std::min(bitsRead - first, end - sector);
        const Result<void> done = m_bitmaps.read(start + sector / bitsRead * bits.size(), bits);
        if (!done) {
            return std::unexpected(done.error());
        }
        const bool bit = (bits.at(first / 8) >> (7 - first % 8) & std::byte(1)) != std::byte(0);
        if (isHere && *isHere != bit) {
            break;
        }
        isHere = bit;
        const std::size_t equal = equalBits(bits, first, count);
        sector += equal;
        if (equal < count) {
            break;
        }
    }
    return Piece{isHere.value_or(false), std::min(limit, sector * sectorSize - within),
        start + m_header->bitmapSize() + within};
}

Result<void> Image::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (const Result<void> inside = checkInsideDisk(m_size, offset, into.size()); !inside) {
        return inside;
    }
    while (!into.empty()) {
        const Result<Piece> piece = pieceAt(offset, into.size());
        if (!piece) {
            return std::unexpected(piece.error());
        }
        const auto part = into.first(static_cast<std::size_t>(piece->length));
        Result<void> done;
        if (piece->isHere) {
            done = m_file->read(piece->fileOffset, part);
        } else {
            // A parent may be smaller than its child; past its end there are zeros.
            const std::uint64_t parentSize = m_parent ? m_parent->size() : 0;
            const auto inherited = static_cast<std::size_t>(
                std::min<std::uint64_t>(part.size(), parentSize > offset ? parentSize - offset : 0));
            setZero(part.subspan(inherited));
            if (inherited > 0) {
                done = m_parent->read(offset, part.first(inherited));
            }
        }
        if (!done) {
            return done;
        }
        offset += piece->length;
        into = into.subspan(part.size());
    }
    return {};
}

Result<DiskRun> Image::runAt(std::uint64_t offset, std::uint64_t limit) const
{
    const Result<Piece> piece = pieceAt(offset, std::min(limit, m_size - offset));
    if (!piece) {
        return std::unexpected(piece.error());
    }
    if (piece->isHere) {
        const Result<FileRun> run = m_file->runAt(piece->fileOffset);
        if (!run) {
            return std::unexpected(run.error());
        }
        const std::uint64_t length = std::min(piece->length, run->length);
        if (run->content == FileRun::Content::Hole) {
            return DiskRun{DiskRun::Content::Zero, length};
        }
        return DiskRun{DiskRun::Content::Data, length, m_file.get(), piece->fileOffset};
    }
    if (m_parent && offset < m_parent->size()) {
        return m_parent->runAt(offset, piece->length);
    }
    return DiskRun{DiskRun::Content::Zero, piece->length};
}

} // namespace platter::vhd
