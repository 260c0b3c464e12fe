// SPDX-License-Identifier: GPL-3.0-or-later
// What a differencing VHD says about where its parent lies ("Parent Locator Entries"). Reads; any thread.
#pragma once

#include "core/byte_source.h"
#include "core/disk/vhd/dynamic_header.h"

#include <QStringList>

namespace platter::vhd {

// As Windows wrote them, with backslashes.
struct ParentPaths {
    QStringList relative; // to the child's folder
    QStringList absolute;

    friend bool operator==(const ParentPaths&, const ParentPaths&) = default;
};

// Locators of other systems are passed over. HEADER_OFFSET is where HEADER stands, for the errors.
Result<ParentPaths> readParentPaths(
    const ByteSource& file, const DynamicHeader& header, std::uint64_t headerOffset);

} // namespace platter::vhd
