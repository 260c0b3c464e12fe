// SPDX-License-Identifier: GPL-3.0-or-later
// What a VHD must keep to, one enumerator and one sentence each. Pure functions.
#pragma once

#include "core/error.h"

#include <cstdint>

namespace platter::vhd {

enum class Rule {
    // the footer
    FileTooShort,
    FooterMissing,
    FooterChecksum,
    FooterVersion,
    DiskType,
    SizeZero,
    SizeNotSectors,
    SizeTooLarge,
    FixedDataCut,
    // the dynamic header
    HeaderOutside,
    HeaderMark,
    HeaderChecksum,
    HeaderVersion,
    BlockSize,
    // the block allocation table
    TableTooSmall,
    TableOutside,
    BlockOutside,
    BlockOverMetadata,
    BlocksOverlap,
    // the parent
    LocatorOutside,
    LocatorTooLong,
    ParentNotLookedFor,
    ParentNotFound,
    ParentOtherDisk,
    ParentChanged,
    ChainLoop,
    ChainTooLong,
};

// The error for a broken rule; OFFSET is where in the file that stands.
Error broken(Rule rule, std::uint64_t offset);

} // namespace platter::vhd
