// SPDX-License-Identifier: GPL-3.0-or-later
// What a VHDX file says of itself, apart from its blocks. Values; any thread.
#pragma once

#include "core/disk/vhdx/bat.h"
#include "core/disk/vhdx/log.h"

namespace platter::vhdx {

struct Structure {
    RegionTable regions;
    Metadata metadata;

    BatLayout batLayout() const;
};

// FILE as it is once its log has been applied. Rules of regions, metadata and BatTooShort.
Result<Structure> readStructure(const ByteSource& file, const Header& header);

// FileSignature, FileTooShort, FileTooLong: what all that follows relies on.
Result<void> checkFileSignature(const ByteSource& file);

// The program that made the file, as it calls itself; may be empty. For people only.
Result<QString> readCreator(const ByteSource& file);

// A payload entry's own rules, apart from its relation to others: BatState, BatPartialWithoutParent, BatNoPlace,
// BatPastEnd. POSITION: of the entry in the file.
Result<void> checkBlockEntry(BatEntry entry, std::uint64_t fileSize, bool hasParent, std::uint64_t position);

} // namespace platter::vhdx
