// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of the format that a file can break, each with its own sentence. Values; any thread.
#pragma once

#include "core/error.h"

#include <cstdint>
#include <vector>

namespace platter::vhdx {

enum class Rule {
    FileSignature,
    FileTooShort,
    FileTooLong,
    // headers
    HeaderNoneValid,
    HeadersContradict,
    HeaderVersion,
    HeaderSequenceExhausted,
    // region tables
    RegionTableNoneValid,
    RegionCount,
    RegionDuplicate,
    RegionPlace,
    RegionPastEnd,
    RegionOverlap,
    RegionUnknownRequired,
    RegionBatMissing,
    RegionMetadataMissing,
    // log
    LogPlace,
    LogVersion,
    LogNoEntry,
    LogTail,
    LogTarget,
    LogFileCut,
    LogTooMuch,
    // metadata
    MetadataSignature,
    MetadataRegionSize,
    MetadataCount,
    MetadataItemPlace,
    MetadataItemOverlap,
    MetadataItemDuplicate,
    MetadataUnknownRequired,
    MetadataItemMissing,
    MetadataItemLength,
    MetadataIncompleteFile,
    BlockSize,
    SectorSize,
    VirtualSize,
    // parent locator
    LocatorMissing,
    LocatorType,
    LocatorMalformed,
    LocatorLinkage,
    LocatorNoPath,
    // block allocation table
    BatTooShort,
    BatState,
    BatPartialWithoutParent,
    BatNoPlace,
    BatPastEnd,
    BatOverlap,
    BatBitmapMissing,
    BatBitmapState,
};

// The rule's stable name, e.g. "header-none-valid": in an error's detail and in JSON.
QString nameOf(Rule rule);

// OFFSET: where in the file it shows. MORE goes into the detail (what was read there).
Error broken(Rule rule, std::uint64_t offset, const QString& more = {});

// Every rule, for tests.
std::vector<Rule> allRules();

} // namespace platter::vhdx
