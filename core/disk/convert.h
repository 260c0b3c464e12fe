// SPDX-License-Identifier: GPL-3.0-or-later
// Making an image of another format from an image; a differencing one is flattened by it, since its disk is read
// with all that it stands on. The source stays as it is and is locked meanwhile; the target appears complete or not
// at all, after a power cut too unless it is left to the kernel.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/image_writer.h"
#include "core/disk/virtual_disk.h"
#include "core/durable_file.h"

#include <functional>
#include <memory>

namespace platter {

struct ConvertRequest {
    enum class Verify { No, Yes }; // read both back and compare

    QString source;
    QStringList parents; // of a differencing source, where the user names them
    QString target;
    ImageTarget format = ImageTarget::DynamicVhdx;
    Verify verify = Verify::No;
    Durability durability = Durability::Stable; // of the target when it appears; what qemu-img writes always is
};

// What is to become of the source's disk on its way; asked anew by check(), plan() and run(). Only where the
// project reads the source itself.
using DiskChange = std::function<Result<std::unique_ptr<VirtualDisk>>(std::unique_ptr<VirtualDisk> disk)>;

class Convert final : public DiskOperation {
public:
    explicit Convert(ConvertRequest request, DiskChange change = {});

    QString title() const override;
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    Result<OperationOutcome> run(Progress& progress) override;

private:
    struct Survey;

    Result<Survey> survey(const Progress& progress) const;
    Result<Survey> surveySource(const Progress& progress) const;
    Result<void> checkTarget() const;
    Result<void> checkSpace(const Survey& survey) const;
    ByteCount sizeOnHostFor(const Survey& survey) const;
    ByteCount spaceFor(const Survey& survey) const;
    ByteCount bytesToCount(const Survey& survey) const;
    bool needsRawFirst(const Survey& survey) const;
    bool isWrittenHere(const Survey& survey) const; // not by qemu-img
    bool waits(const Survey& survey) const; // for the storage
    Error aboutTarget(Error error) const;
    Result<void> writeOwn(
        const Survey& survey, const QString& partial, ImageTarget format, Progress& progress) const;
    Result<void> writeByQemu(const Survey& survey, const QString& partial, Progress& progress) const;
    Result<void> verifyOwn(const Survey& survey, const QString& partial, Progress& progress) const;

    ConvertRequest m_request;
    DiskChange m_change;
};

} // namespace platter
