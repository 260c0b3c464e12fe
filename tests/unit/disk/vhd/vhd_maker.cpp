// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/disk/vhd/vhd_maker.h"

#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/writer.h"

#include <QtEndian>

#include <algorithm>
#include <array>

using namespace platter::vhd;

namespace {

void append(std::vector<std::byte>& bytes, std::span<const std::byte> more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

} // namespace

VhdMaker::VhdMaker(DiskType type, std::uint64_t size)
    : footer(newFooter(type, size))
{
    if (type == DiskType::Fixed) {
        tail.resize(size);
        return;
    }
    footer.headerOffset = footer::size;
    header.tableOffset = tableOffset;
    header.blockSize = blockSize;
    table.assign((size + blockSize - 1) / blockSize, table::noBlock);
    header.tableEntries = static_cast<std::uint32_t>(table.size());
}

std::uint64_t VhdMaker::end() const
{
    const std::uint64_t tableSize = (table.size() * table::entrySize + sectorSize - 1) / sectorSize * sectorSize;
    return (footer.type == DiskType::Fixed ? 0 : tableOffset + tableSize) + tail.size();
}

void VhdMaker::addBlock(std::uint32_t block, std::span<const std::byte> bitmap, std::byte fill)
{
    table.at(block) = static_cast<std::uint32_t>(end() / sectorSize);
    append(tail, bitmap);
    tail.resize(tail.size() + sectorSize - bitmap.size());
    tail.resize(tail.size() + blockSize, fill);
}

void VhdMaker::addFullBlock(std::uint32_t block, std::byte fill)
{
    std::array<std::byte, sectorSize> all{};
    all.fill(std::byte(0xFF));
    addBlock(block, all, fill);
}

std::uint64_t VhdMaker::addBytes(std::span<const std::byte> bytes)
{
    const std::uint64_t begin = end();
    append(tail, bytes);
    tail.resize((tail.size() + sectorSize - 1) / sectorSize * sectorSize);
    return begin;
}

void VhdMaker::addRelativePath(const QString& path)
{
    std::vector<std::byte> units(static_cast<std::size_t>(path.size()) * 2);
    qToLittleEndian<char16_t>(path.utf16(), path.size(), units.data());
    const std::uint64_t begin = addBytes(units);
    const auto free = std::ranges::find(header.locators, 0U, &ParentLocator::platform);
    *free = {locator::windowsRelative, sectorSize, static_cast<std::uint32_t>(units.size()), begin};
}

std::vector<std::byte> VhdMaker::bytes() const
{
    std::vector<std::byte> all;
    const FooterBytes footerBytes = encode(footer);
    if (footer.type != DiskType::Fixed) {
        append(all, footerBytes);
        append(all, encode(header));
        std::vector<std::byte> entries(table.size() * table::entrySize);
        for (std::size_t i = 0; i < table.size(); ++i) {
            putBigEndian(std::span(entries), i * table::entrySize, table[i]);
        }
        append(all, entries);
        all.resize(end() - tail.size(), std::byte(0xFF));
    }
    append(all, tail);
    append(all, footerBytes);
    return all;
}

std::unique_ptr<platter::MemoryFile> VhdMaker::fileOf(std::span<const std::byte> bytes)
{
    auto file = std::make_unique<platter::MemoryFile>();
    if (!file->write(0, bytes)) {
        qFatal("there is no memory");
    }
    return file;
}
