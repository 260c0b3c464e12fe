// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done to a differencing VHDX image and its parent: making the child independent, merging it into its
// parent, telling it where its parent is.
#pragma once

#include "core/disk/disk_operation.h"

namespace platter {

struct ChildRequest {
    QString file;
    QStringList parents; // files of which the user says that they are parents
};

// In place: the child takes over everything that it shows. To make a new file instead, convert it.
class FlattenDisk final : public DiskOperation {
public:
    explicit FlattenDisk(ChildRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    ChildRequest m_request;
};

// The child's content goes into its parent, and the child's file is deleted.
class MergeDisk final : public DiskOperation {
public:
    explicit MergeDisk(ChildRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    ChildRequest m_request;
};

// The child says PARENT of its parent from now on, which must be the very same disk.
Result<void> reconnectParent(const QString& child, const QString& parent);

} // namespace platter
