// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/undoable_edit.h"

#include "core/disk/operations/vhdx_file.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::UndoableEdit)
};

// Tables and logs, which the plans do not count.
constexpr ByteCount roomForMetadata = ByteCount::mebibytes(64);

class UndoableEdit final : public DiskOperation {
public:
    UndoableEdit(std::unique_ptr<DiskOperation> edit, QString file, EditKind kind, ShareBlocks share)
        : m_edit(std::move(edit))
        , m_file(std::move(file))
        , m_kind(kind)
        , m_share(share)
    {
    }

    QString title() const override { return m_edit->title(); }

    Result<void> check() const override { return m_edit->check(); }

    Result<OperationPlan> plan() const override
    {
        Result<OperationPlan> plan = m_edit->plan();
        if (!plan || !hasRoomForCopy(*plan) || !canKeepCopy(m_file, m_share)) {
            return plan;
        }
        if (m_kind == EditKind::Compact) {
            plan->steps << Texts::tr(
                "A copy as it is now is kept; Undo brings it back. Until it goes no space comes "
                "back, and what moves takes its space twice, up to %1.")
                               .arg(plan->bytesToCopy.toString());
            plan->spaceNeeded = ByteCount(plan->spaceNeeded.bytes() + plan->bytesToCopy.bytes());
        } else {
            plan->steps << Texts::tr(
                "A copy as it is now is kept, which takes no space at first; Undo brings it back.");
        }
        return plan;
    }

    Result<OperationOutcome> run(Progress& progress) override
    {
        std::optional<CopyBefore> copy;
        if (const Result<OperationPlan> plan = m_edit->plan(); plan && hasRoomForCopy(*plan)) {
            copy = CopyBefore::take(m_file, m_share);
        }
        Result<OperationOutcome> outcome = m_edit->run(progress);
        if (!outcome || !copy) {
            return outcome;
        }
        const Result<QString> kept = copy->keep(m_kind);
        if (!kept) {
            outcome->sentences << Texts::tr("It cannot be undone: %1").arg(kept.error().summary);
        } else if (!kept->isEmpty()) {
            outcome->keptCopy = *kept;
            outcome->sentences << sentencesOnKeptCopy(
                *kept, m_kind, outcome->sizeOnHostBefore, outcome->sizeOnHostAfter);
        }
        return outcome;
    }

private:
    // What is written to blocks that the copy shares takes new space.
    bool hasRoomForCopy(const OperationPlan& plan) const
    {
        return checkFreeSpace(
            m_file, ByteCount(plan.spaceNeeded.bytes() + plan.bytesToCopy.bytes() + roomForMetadata.bytes()))
            .has_value();
    }

    std::unique_ptr<DiskOperation> m_edit;
    QString m_file;
    EditKind m_kind;
    ShareBlocks m_share;
};

} // namespace

std::unique_ptr<DiskOperation> undoable(
    std::unique_ptr<DiskOperation> edit, QString file, EditKind kind, ShareBlocks share)
{
    return std::make_unique<UndoableEdit>(std::move(edit), std::move(file), kind, share);
}

QStringList sentencesOnKeptCopy(const QString& copy, EditKind edit, ByteCount before, ByteCount after)
{
    QStringList sentences;
    sentences << Texts::tr("It can be undone for %1 days, or until the disk is changed again: a copy as it was is "
                           "kept in %2.")
                     .arg(copyLifetime.count())
                     .arg(copy);
    if (edit != EditKind::Compact) {
        sentences << Texts::tr("That copy takes no space at first.");
    } else if (after < before) {
        sentences << Texts::tr("%1 come back to the host when that copy goes.")
                         .arg(ByteCount(before.bytes() - after.bytes()).toString());
    }
    return sentences;
}

} // namespace platter
