// SPDX-License-Identifier: GPL-3.0-or-later
// Making a VHDX file smaller without changing its disk, in place and without a second copy.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/inspect_file.h"

namespace platter {

struct CompactRequest {
    enum class OutsidePartitions {
        Keep,
        GiveUp, // blocks that no partition needs hold nothing of value: their content goes
    };

    QString file;
    QStringList parents = {}; // of a differencing image, where the user names them
    OutsidePartitions outsidePartitions = OutsidePartitions::Keep;
    // For check() and plan() while a machine uses the image, which is then handed over to run().
    InspectAccess access = InspectAccess::Locked;
};

class CompactDisk final : public DiskOperation {
public:
    explicit CompactDisk(CompactRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    CompactRequest m_request;
};

} // namespace platter
