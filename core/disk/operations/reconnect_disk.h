// SPDX-License-Identifier: GPL-3.0-or-later
// Telling a differencing VHDX image where its parent is, as an operation like the others.
#pragma once

#include "core/disk/disk_operation.h"

namespace platter {

struct ReconnectRequest {
    QString file;
    QString parent;
};

class ReconnectDisk final : public DiskOperation {
public:
    explicit ReconnectDisk(ReconnectRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    ReconnectRequest m_request;
};

} // namespace platter
