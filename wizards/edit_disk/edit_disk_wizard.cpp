// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/edit_disk_wizard.h"

#include "wizards/edit_disk/action_page.h"
#include "wizards/edit_disk/edit_actions.h"
#include "wizards/edit_disk/edit_jobs.h"
#include "wizards/edit_disk/file_page.h"
#include "wizards/edit_disk/options_page.h"
#include "wizards/edit_disk/plan_page.h"
#include "wizards/edit_disk/result_page.h"
#include "wizards/path_field.h"

#include <QDragEnterEvent>
#include <QDropEvent>

namespace platter {

namespace {

// The pages in their order.
enum Page { FileStep, ActionStep, OptionsStep, PlanStep };

} // namespace

EditDiskWizard::EditDiskWizard(MachineLibrary& library, JobList& jobs, QWidget* parent)
    : WizardDialog(parent)
    , m_jobs(jobs)
    , m_draft(new EditDraft(library, this))
    , m_file(new FilePage(*m_draft))
    , m_plan(new PlanPage(*m_draft))
    , m_result(new ResultPage(*m_draft))
{
    setObjectName(QStringLiteral("editDiskWizard"));
    setWindowTitle(tr("Edit disk"));
    setAcceptDrops(true);
    addPage(m_file);
    addPage(new ActionPage(*m_draft));
    auto* options = new OptionsPage(*m_draft);
    addPage(options);
    addPage(m_plan);
    setAftermath(m_result);
    connect(m_draft, &EditDraft::changed, this, [this] { setFinishText(buttonFor(m_draft->request())); });
    connect(options, &OptionsPage::actionWanted, this, [this](EditAction action) {
        m_draft->edit([action](EditRequest& request) { request.action = action; });
        goTo(OptionsStep);
    });
    connect(m_plan, &PlanPage::changeRequested, this, &EditDiskWizard::goBackToChoices);
    connect(m_result, &ResultPage::undoRequested, this, &EditDiskWizard::undo);
    setFinishText(buttonFor(m_draft->request()));
}

EditDiskWizard::~EditDiskWizard() = default;

void EditDiskWizard::setFile(const QString& file, std::optional<EditAction> action)
{
    if (isInAftermath()) {
        return;
    }
    m_file->setFile(file);
    goTo(FileStep);
    if (!action) {
        return;
    }
    m_draft->edit([action](EditRequest& request) { request.action = *action; });
    const auto go = [this] {
        if (m_draft->disk() != nullptr) {
            goTo(m_draft->obstacle() ? ActionStep : OptionsStep);
        }
    };
    if (m_draft->isLooking()) {
        connect(m_draft, &EditDraft::looked, this, go, Qt::SingleShotConnection);
    } else {
        go();
    }
}

const EditRequest& EditDiskWizard::request() const
{
    return m_draft->request();
}

void EditDiskWizard::goBackToChoices()
{
    goTo(m_draft->obstacle() || !needsOptions(m_draft->request().action) ? ActionStep : OptionsStep);
}

// What has just been done, which the page shows: there is nothing to be planned. Should somebody have written to
// the disk meanwhile, it says so.
void EditDiskWizard::undo()
{
    m_draft->edit([](EditRequest& request) {
        request.action = EditAction::Undo;
        request.losesWrites = false;
    });
    finish();
}

void EditDiskWizard::finish()
{
    std::unique_ptr<DiskJob> job = jobFor(m_draft->request(), m_draft->use());
    if (!job) {
        accept(); // Inspect has shown what there is
        return;
    }
    if (m_job) {
        m_jobs.dismiss(m_job); // the attempt before this one
    }
    m_job = m_jobs.run(std::move(job));
    m_result->follow(m_job);
    connect(m_job, &DiskJobRunner::finished, this, &EditDiskWizard::showState);
    showState();
    if (!m_job->isFinished()) {
        m_result->firstField()->setFocus(Qt::OtherFocusReason);
    }
}

void EditDiskWizard::showState()
{
    if (!m_job->isFinished()) {
        showAftermath(tr("It is being done"), tr("&Close; the work goes on"), WayBack::Closed);
    } else if (*m_job->outcome()) {
        showAftermath(tr("This is how it is now"), tr("&Close"), WayBack::Closed);
    } else if (m_job->outcome()->error().kind == ErrorKind::Cancelled) {
        showAftermath(tr("It was cancelled"), tr("&Close"), WayBack::Open);
    } else {
        showAftermath(tr("It did not work"), tr("&Close"), WayBack::Open);
    }
    if (m_job->isFinished()) {
        m_draft->lookAgain();
    }
}

void EditDiskWizard::reject()
{
    if (m_job && !m_job->isFinished()) {
        hide();
        return;
    }
    if (m_job) {
        m_jobs.dismiss(m_job); // its result was read here
    }
    WizardDialog::reject();
}

QString EditDiskWizard::discardQuestion() const
{
    return tr("Nothing was done to the disk yet. Throw away what you have entered?");
}

QString EditDiskWizard::discardVerb() const
{
    return tr("&Throw away");
}

void EditDiskWizard::dragEnterEvent(QDragEnterEvent* event)
{
    if (!isInAftermath() && !PathField::droppedFile(event->mimeData()).isEmpty()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    }
}

void EditDiskWizard::dropEvent(QDropEvent* event)
{
    const QString file = PathField::droppedFile(event->mimeData());
    if (!file.isEmpty()) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
        setFile(file);
    }
}

} // namespace platter
