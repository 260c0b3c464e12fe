// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/parent_locators.h"

#include "core/disk/vhd/rules.h"

#include <QtEndian>

#include <cstring>
#include <vector>

namespace platter::vhd {

namespace {

// UTF-16 in little endian, unlike everything else in the format; Windows writes it so.
QString pathFrom(std::span<const std::byte> bytes)
{
    QString path;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        char16_t unit = 0;
        std::memcpy(&unit, &bytes[at], sizeof unit);
        unit = qFromLittleEndian(unit);
        if (unit == 0) {
            break;
        }
        path.append(QChar(unit));
    }
    return path;
}

} // namespace

Result<ParentPaths> readParentPaths(const ByteSource& file, const DynamicHeader& header, std::uint64_t headerOffset)
{
    ParentPaths paths;
    for (std::size_t i = 0; i < locator::count; ++i) {
        const ParentLocator& way = header.locators.at(i);
        if (way.platform != locator::windowsRelative && way.platform != locator::windowsAbsolute) {
            continue;
        }
        const std::uint64_t entry = headerOffset + header::locators + i * locator::size;
        if (way.dataLength > locator::longest) {
            return std::unexpected(broken(Rule::LocatorTooLong, entry + locator::dataLength));
        }
        if (way.dataOffset > file.size() || way.dataLength > file.size() - way.dataOffset) {
            return std::unexpected(broken(Rule::LocatorOutside, entry + locator::dataOffset));
        }
        std::vector<std::byte> bytes(way.dataLength);
        if (const Result<void> done = file.read(way.dataOffset, bytes); !done) {
            return std::unexpected(done.error());
        }
        (way.platform == locator::windowsRelative ? paths.relative : paths.absolute).append(pathFrom(bytes));
    }
    return paths;
}

} // namespace platter::vhd
