// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/disk/vhdx/sample_disk.h"

#include "core/little_endian.h"

#include <algorithm>

namespace platter::vhdx {

MemoryFile makeDisk(const NewDisk& disk)
{
    MemoryFile file;
    const Result<void> made = create(file, disk);
    if (!made) {
        qFatal("%s %s", qUtf8Printable(made.error().text()), qUtf8Printable(made.error().detail));
    }
    return file;
}

Result<std::unique_ptr<Editor>> edit(BlockFile& file, const ParentOpener& openParent)
{
    return Editor::open(std::make_unique<Borrowed>(file), openParent);
}

Result<std::unique_ptr<Image>> view(const MemoryFile& file, const ParentOpener& openParent)
{
    return Image::open(std::make_unique<const MemoryFile>(file), openParent);
}

ParentOpener parentIn(const MemoryFile& file)
{
    return [&file](const ParentLocator& locator) -> Result<std::shared_ptr<const VirtualDisk>> {
        Result<std::unique_ptr<Image>> parent = view(file);
        if (!parent) {
            return std::unexpected(parent.error());
        }
        if (!locator.accepts((*parent)->header().dataWriteGuid)) {
            return std::unexpected(Error{ErrorKind::Corrupt, QStringLiteral("another parent"), {}, {}});
        }
        return std::shared_ptr<const VirtualDisk>(std::move(*parent));
    };
}

MemoryFile makeChild(const MemoryFile& parent, const NewDisk& disk)
{
    const auto image = view(parent);
    NewDisk child = disk;
    child.parent = ParentLocator{(*image)->header().dataWriteGuid, {}, QStringLiteral(".\\parent.vhdx"), {}, {}};
    child.virtualDiskId = (*image)->metadata().virtualDiskId;
    return makeDisk(child);
}

std::vector<std::byte> Model::bytesOf(std::uint32_t number)
{
    std::vector<std::byte> bytes(unit);
    if (number != 0) {
        for (std::size_t i = 0; i < unit; i += sizeof(quint32)) {
            putLittleEndian<quint32>(bytes, i, number * 2654435761u + static_cast<quint32>(i));
        }
    }
    return bytes;
}

Result<void> Model::write(WritableDisk& disk, std::uint64_t at, std::uint32_t number)
{
    note(at, number);
    return disk.write(at * unit, bytesOf(number));
}

Result<void> Model::zero(WritableDisk& disk, std::uint64_t first, std::uint64_t last)
{
    m_units.erase(m_units.lower_bound(first), m_units.lower_bound(last));
    return disk.writeZeroes(first * unit, (last - first) * unit);
}

void Model::resize(std::uint64_t size)
{
    m_units.erase(m_units.lower_bound(size / unit), m_units.end());
}

QString Model::compare(const ByteSource& disk) const
{
    // Around what was written, and in a grid where nothing was.
    constexpr std::uint64_t grid = 97;
    const std::uint64_t units = disk.size() / unit;
    std::map<std::uint64_t, std::uint32_t> wanted = m_units;
    for (const auto& [at, number] : m_units) {
        wanted.emplace(at + 1, 0);
        if (at > 0) {
            wanted.emplace(at - 1, 0);
        }
    }
    for (std::uint64_t i = 0; i <= grid && units > 0; ++i) {
        wanted.emplace((units - 1) / grid * i, 0);
    }
    wanted.emplace(units - 1, 0);
    std::vector<std::byte> bytes(unit);
    for (const auto& [at, number] : wanted) {
        if (at >= units) {
            continue;
        }
        if (const Result<void> done = disk.read(at * unit, bytes); !done) {
            return QStringLiteral("unit %1: %2 %3").arg(at).arg(done.error().summary, done.error().detail);
        }
        if (bytes != bytesOf(number)) {
            return QStringLiteral("unit %1 should hold %2, begins with 0x%3")
                .arg(at)
                .arg(number)
                .arg(littleEndian<quint32>(bytes, 0), 0, 16);
        }
    }
    return {};
}

} // namespace platter::vhdx
