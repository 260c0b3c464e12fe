// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_bounds.h"

#include <QCoreApplication>

namespace platter {

Result<void> checkInsideDisk(std::uint64_t size, std::uint64_t offset, std::uint64_t length)
{
    if (offset <= size && length <= size - offset) {
        return {};
    }
    return std::unexpected(Error{.kind = ErrorKind::InvalidInput,
        .summary = QCoreApplication::translate("platter::DiskBounds", "That lies past the end of the disk."),
        .detail = QStringLiteral("%1 bytes wanted at offset 0x%2, the disk ends at 0x%3")
            .arg(length)
            .arg(offset, 0, 16)
            .arg(size, 0, 16)});
}

} // namespace platter
