// SPDX-License-Identifier: GPL-3.0-or-later
// Undoing the last edit of an image: the copy that was kept of it takes its place.
#pragma once

#include "core/disk/disk_operation.h"
#include "core/disk/operations/kept_copy.h"

namespace platter {

struct UndoRequest {
    enum class WrittenSince {
        Refuse,
        Lose, // what was written to the image after the edit
    };

    QString file;
    WrittenSince writtenSince = WrittenSince::Refuse;
};

class UndoDisk final : public DiskOperation {
public:
    explicit UndoDisk(UndoRequest request);

    QString title() const override;
    // NotFound: no copy is kept. WrongState: the image was written since, or others stand on it. InUse.
    Result<void> check() const override;
    Result<OperationPlan> plan() const override;
    // Leaves the image as it is or as it was, also where a power cut ends it.
    Result<OperationOutcome> run(Progress& progress) override;

private:
    UndoRequest m_request;
};

// "before it was expanded"
QString beforeWords(EditKind kind);

} // namespace platter
