// SPDX-License-Identifier: GPL-3.0-or-later
// Giving a disk image another size, in place: VHDX and raw images by Platter itself, qcow2 by qemu-img. A VHD must
// be converted first.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/inspect_file.h"
#include "core/disk/new_image.h"

namespace platter {

// What happens to a GPT's backup header, which belongs at the disk's end.
enum class GptBackup {
    Leave, // the guest's system puts it there when it next writes the table
    Move,
};

struct ResizeRequest {
    QString file;
    QStringList parents = {}; // of a differencing image, where the user names them
    ByteCount newSize;
    GptBackup gptBackup = GptBackup::Leave;
    // For check() and plan() while a machine uses the image, which is then handed over to run().
    InspectAccess access = InspectAccess::Locked;
};

class ExpandDisk final : public DiskOperation {
public:
    explicit ExpandDisk(ResizeRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;
    // What run() does to a VHDX image after check(), without looking at what is on the disk again: for somebody who
    // has just checked, and whose machine stands still meanwhile.
    Result<OperationOutcome> runChecked();

private:
    ResizeRequest m_request;
};

// Never through data: not below the end of the last partition or, where there are no partitions, of the last block
// in use. A GPT's backup header always follows.
class ShrinkDisk final : public DiskOperation {
public:
    explicit ShrinkDisk(ResizeRequest request);

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    ResizeRequest m_request;
};

} // namespace platter
