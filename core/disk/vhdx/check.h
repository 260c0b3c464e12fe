// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a VHDX file, and mending what real programs leave behind. Checking touches nothing. Repairing
// changes only what check() has called repairable. One thread.
#pragma once

#include "core/disk/vhdx/editor.h"

namespace platter::vhdx {

enum class FindingKind {
    Damage, // a broken rule that nothing in the file can mend
    LogToApply, // closed in a hurry: the log holds changes that must be applied first
    LogWithoutEntry, // QEMU was cut off while it began a log: the header names one that is not there
    HeaderDamaged, // one of the two
    RegionTableDamaged, // one of the two, or they differ
    OddLength, // not a whole number of MiB
    StaleSlots, // entries that mean nothing and are not zero
    StrayLocator, // a parent is named in an image that has none
};

struct Finding {
    FindingKind kind = FindingKind::Damage;
    QString sentence; // what was found
    QString repair; // what repairing will do; empty where nothing can be done
    std::uint64_t offset = 0; // in the file
    QString detail = {};

    bool isRepairable() const { return !repair.isEmpty(); }
};

struct CheckReport {
    std::vector<Finding> findings; // at most some hundred of them
    std::uint64_t moreDamage = 0; // broken rules beyond those

    bool isSound() const { return findings.empty(); }

    bool isRepairable() const; // everything that was found can be mended
};

// Errors are those of reading FILE only.
Result<CheckReport> check(const ReadableFile& file);

// The stable name in JSON, e.g. "log-to-apply".
QString nameOf(FindingKind kind);

// Mends what check() found in FILE. Every change is ordered so that a power cut leaves a file that can be repaired
// again. Corrupt where there is damage that cannot be mended; nothing is changed then.
Result<void> repair(std::unique_ptr<BlockFile> file, const CheckReport& report);

} // namespace platter::vhdx
