// SPDX-License-Identifier: GPL-3.0-or-later
// A copy of a Linux disk for BIOS firmware that starts with UEFI: with a GPT, an EFI system partition and this
// computer's GRUB in that. The source stays as it is and is locked meanwhile; the target appears complete or not at
// all.
#pragma once

#include "core/disk/bootability.h"
#include "core/disk/convert.h"
#include "core/disk/uefi_layout.h"

namespace platter {

struct MigrateRequest {
    QString source;
    QStringList parents; // of a differencing source, where the user names them
    QString target;
    ImageTarget format = ImageTarget::DynamicVhdx;
    std::optional<ByteCount> size = {}; // of the target's disk; without it, what it needs at least
};

// Why the disk in FILE, as the sentences call it, cannot be migrated, by its table and by whether a machine starts
// from it (BOOTS; of a VHD, from the disk in it). Any format of the copy and any size that suffices will do.
// Unsupported: Windows, whose own mbr2gpt is to do it, or no system that GRUB starts. WrongState: it starts
// already, or its table is damaged. Otherwise those of checkGrubPrograms() and layOutForUefi().
Result<void> checkMigration(const QString& file, const PartitionTable& table, const Bootability& boots);

class MigrateDisk final : public DiskOperation {
public:
    explicit MigrateDisk(MigrateRequest request);

    QString title() const override;
    // Errors of checkMigration(), layOutForUefi() and Convert.
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    enum class Content { SizeOnly, Whole };

    Convert conversion(const QString& source, Content content) const;

    MigrateRequest m_request;
};

} // namespace platter
