// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/plan_page.h"

#include "core/disk/inspection_text.h"
#include "ui/disk_picture/disk_picture.h"
#include "ui/fields/field_message.h"
#include "wizards/edit_disk/disk_words.h"
#include "wizards/edit_disk/edit_actions.h"
#include "wizards/edit_disk/edit_jobs.h"
#include "wizards/edit_disk/migration_preview.h"

#include <QClipboard>
#include <QCoroFuture>
#include <QFileInfo>
#include <QFontDatabase>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStorageInfo>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

struct Planned {
    Result<OperationPlan> plan;
    ByteCount free;
};

// Holds the job until its task has ended.
QCoro::Task<Planned> planFor(std::shared_ptr<DiskJob> job, QString folder)
{
    Result<OperationPlan> plan = co_await job->plan();
    const qint64 free = co_await QtConcurrent::run([folder] { return QStorageInfo(folder).bytesAvailable(); });
    co_return Planned{std::move(plan), ByteCount(static_cast<std::uint64_t>(std::max<qint64>(free, 0)))};
}

} // namespace

PlanPage::PlanPage(EditDraft& draft)
    : WizardPage(tr("Plan"), {})
    , m_draft(draft)
    , m_beforeCaption(new QLabel(tr("Before")))
    , m_afterCaption(new QLabel(tr("After")))
    , m_before(new DiskPicture)
    , m_after(new DiskPicture)
    , m_text(new QPlainTextEdit)
    , m_notice(new FieldMessage)
    , m_message(new FieldMessage(m_text))
    , m_copied(new FieldMessage)
    , m_copy(new QPushButton(tr("C&opy")))
{
    m_before->setObjectName(QStringLiteral("beforePicture"));
    m_after->setObjectName(QStringLiteral("afterPicture"));
    m_before->setName(tr("the disk before"));
    m_after->setName(tr("the disk after"));
    m_text->setObjectName(QStringLiteral("editPlan"));
    m_text->setAccessibleName(tr("What will happen"));
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setMinimumHeight(8 * fontMetrics().lineSpacing());
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_notice->setObjectName(QStringLiteral("planNotice"));
    m_message->setObjectName(QStringLiteral("planMessage"));
    m_copy->setObjectName(QStringLiteral("copyEditPlan"));
    m_copy->setAccessibleName(tr("Copy what will happen"));

    auto* pictures = new QGridLayout;
    pictures->setHorizontalSpacing(8);
    pictures->setVerticalSpacing(4);
    pictures->addWidget(m_beforeCaption, 0, 0);
    pictures->addWidget(m_before, 0, 1);
    pictures->addWidget(m_afterCaption, 1, 0);
    pictures->addWidget(m_after, 1, 1);
    pictures->setColumnStretch(1, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addStretch();
    row->addWidget(m_copied);
    row->addWidget(m_copy);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(12);
    whole->addWidget(m_notice);
    whole->addLayout(pictures);
    whole->addWidget(m_message);
    whole->addWidget(m_text, 1);
    whole->addLayout(row);

    connect(m_copy, &QPushButton::clicked, this, &PlanPage::copy);
    connect(&draft, &EditDraft::useChanged, this, [this] {
        if (isCurrent()) {
            sayWhatChanged();
            plan();
        } else {
            m_planned = false;
        }
    });
    connect(&draft, &EditDraft::looked, this, [this] {
        if (isCurrent()) {
            plan();
        } else {
            m_planned = false;
        }
    });
}

bool PlanPage::isCurrent() const
{
    return isVisible();
}

QString PlanPage::title() const
{
    if (m_draft.request().action == EditAction::Inspect) {
        return tr("What there is to say about it");
    }
    return m_message->isError() ? tr("This cannot be done as it is") : tr("This will happen");
}

QString PlanPage::choice() const
{
    return {};
}

void PlanPage::enter()
{
    m_notice->clear();
    m_copied->clear();
    plan();
}

QWidget* PlanPage::firstField() const
{
    return m_text;
}

void PlanPage::plan()
{
    const int generation = ++m_generation;
    m_planned = false;
    m_planning = false;
    const DiskLook* look = m_draft.disk();
    if (m_draft.isLooking()) {
        m_planning = true;
        m_message->say(FieldMessage::Kind::Busy, tr("Looking at the disk again…"));
        return; // looked() comes
    }
    if (look == nullptr) {
        m_text->clear();
        m_message->say({m_draft.look() ? m_draft.look()->error()
                                       : Error{.kind = ErrorKind::NotFound, .summary = tr("No disk is chosen.")}});
        Q_EMIT settled();
        return;
    }
    showPictures();
    if (m_draft.request().action == EditAction::Inspect) {
        showReport();
        return;
    }
    m_text->setFont(font());
    if (const std::optional<QString> obstacle = m_draft.obstacle()) {
        take(std::unexpected(Error{.kind = ErrorKind::WrongState, .summary = *obstacle}), {});
        return;
    }
    m_planning = true;
    m_message->say(FieldMessage::Kind::Busy, tr("Working out what will happen…"));
    if (m_draft.request().action == EditAction::Undo) {
        const bool isWritten = look->keptCopy && !look->keptCopy->isImageAsLeft;
        m_draft.edit([isWritten](EditRequest& edited) { edited.losesWrites = isWritten; });
    }
    const EditRequest& request = m_draft.request();
    const QString folder = QFileInfo(makesNewImage(request.action) ? request.target : request.file).absolutePath();
    std::shared_ptr<DiskJob> job = jobFor(request, m_draft.use());
    QCoro::connect(planFor(std::move(job), folder), this, [this, generation](const Planned& planned) {
        if (generation == m_generation) {
            take(planned.plan, planned.free);
        }
    });
}

void PlanPage::take(const Result<OperationPlan>& plan, ByteCount free)
{
    m_planning = false;
    m_planned = plan.has_value();
    if (plan) {
        m_message->clear();
        const QString title = jobFor(m_draft.request(), m_draft.use())->title();
        m_text->setPlainText(planText(m_draft.request(), *m_draft.disk(), m_draft.use(), title, *plan, free));
    } else {
        m_text->setPlainText(tr("Nothing will happen."));
        m_message->say({plan.error()});
        m_message->offerFix(tr("Change it…"), [this] { Q_EMIT changeRequested(); });
    }
    Q_EMIT settled();
}

void PlanPage::showPictures()
{
    const EditRequest& request = m_draft.request();
    const DiskInspection& disk = m_draft.disk()->disk;
    const bool resizes = request.action == EditAction::Expand || request.action == EditAction::Shrink;
    Result<DiskInspection> after = disk;
    if (request.action == EditAction::Migrate) {
        after = afterMigration(disk, request.targetSize);
    }
    const bool isDrawn = resizes || (request.action == EditAction::Migrate && after);
    m_before->setDisk(disk);
    m_beforeCaption->setVisible(isDrawn);
    m_afterCaption->setVisible(isDrawn);
    m_after->setVisible(isDrawn);
    if (!isDrawn) {
        return;
    }
    m_after->setDisk(*after);
    if (resizes) {
        // Both to one scale, so that the same partition lies at the same place.
        if (request.action == EditAction::Expand) {
            m_before->setReach(request.newSize);
        } else {
            m_before->setProposed(disk.virtualSize);
        }
        m_after->setProposed(request.newSize);
    } else {
        m_before->setReach(after->virtualSize);
    }
}

void PlanPage::showReport()
{
    m_planned = true;
    m_message->clear();
    m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_text->setPlainText(toText(m_draft.disk()->disk));
    Q_EMIT settled();
}

void PlanPage::sayWhatChanged()
{
    const DiskUse& use = m_draft.use();
    if (!use.isUsed()) {
        m_notice->say(
            FieldMessage::Kind::Warning, tr("No machine has this disk any more. The plan below is made anew."));
        return;
    }
    switch (use.state) {
    case MachineState::Off:
    case MachineState::Crashed:
        m_notice->say(FieldMessage::Kind::Warning,
            tr("The machine “%1” is off now. The plan below is made anew.").arg(use.machine));
        break;
    case MachineState::Paused:
        m_notice->say(FieldMessage::Kind::Warning,
            tr("The machine “%1” is paused now. The plan below is made anew.").arg(use.machine));
        break;
    case MachineState::Starting:
    case MachineState::Running:
        m_notice->say(FieldMessage::Kind::Warning,
            tr("The machine “%1” has been started. The plan below is made anew.").arg(use.machine));
        break;
    default:
        m_notice->say(FieldMessage::Kind::Warning,
            tr("The machine “%1” is in another state now: %2. The plan below is made anew.")
                .arg(use.machine, displayName(use.state)));
    }
}

void PlanPage::copy()
{
    QGuiApplication::clipboard()->setText(m_text->toPlainText());
    m_copied->say(FieldMessage::Kind::Good, tr("Copied"));
}

Leave PlanPage::tryLeave()
{
    if (m_planning) {
        return Leave::Wait;
    }
    if (m_planned) {
        return Leave::Go;
    }
    // It may have been mended outside; a second press shows what is wrong still.
    plan();
    m_text->setFocus(Qt::OtherFocusReason);
    return Leave::Stay;
}

} // namespace platter
