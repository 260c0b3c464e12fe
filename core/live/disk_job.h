// SPDX-License-Identifier: GPL-3.0-or-later
// An edit of a disk image as a person asks for it, whoever has the file: done on the file itself, or through the
// running machine that uses it. The wizard, the jobs bar and platterctl know nothing else. Thread with an event
// loop; what blocks is done in worker threads. A job must live until the tasks that it has given out have ended.
#pragma once

#include "core/disk/disk_operation.h"

#include <QCoroTask>

#include <memory>

namespace platter {

class DiskJob {
public:
    DiskJob() = default;
    virtual ~DiskJob() = default;
    Q_DISABLE_COPY_MOVE(DiskJob)

    virtual QString title() const = 0; // "Expand system.vhdx to 80 GiB"
    // Touches nothing; an error says why it cannot be done.
    virtual QCoro::Task<Result<OperationPlan>> plan() = 0;
    // Once. Error kind Cancelled: nothing is lost and nothing half done is left.
    virtual QCoro::Task<Result<OperationOutcome>> run(std::shared_ptr<Progress> progress) = 0;
};

// On the file itself, in a worker thread.
std::unique_ptr<DiskJob> jobOnFile(std::unique_ptr<DiskOperation> operation);

} // namespace platter
