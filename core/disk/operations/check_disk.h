// SPDX-License-Identifier: GPL-3.0-or-later
// Looking for damage in a VHDX image, and mending it, as an operation like the others.
#pragma once

#include "core/disk/disk_operation.h"

namespace platter {

struct CheckRequest {
    enum class Mend { No, Yes };

    QString file;
    Mend mend = Mend::No; // what is changed is kept in a file beside it
};

// run(): Corrupt, with every finding in its summary, where damage was found that is not mended.
class CheckDisk final : public DiskOperation {
public:
    explicit CheckDisk(CheckRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    CheckRequest m_request;
};

} // namespace platter
