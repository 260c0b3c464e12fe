// SPDX-License-Identifier: GPL-3.0-or-later
// The Edit Disk wizard: which disk, what to do with it, the options, the plan, then progress and result. The work
// itself is the JobList's: closing the wizard meanwhile only hides it. GUI thread; owned by its opener; library and
// jobs must outlive it.
#pragma once

#include "ui/jobs/job_list.h"
#include "wizards/edit_disk/edit_request.h"
#include "wizards/wizard_dialog.h"

#include <QPointer>

namespace platter {

class EditDraft;
class FilePage;
class MachineLibrary;
class PlanPage;
class ResultPage;

class EditDiskWizard : public WizardDialog {
    Q_OBJECT

public:
    EditDiskWizard(MachineLibrary& library, JobList& jobs, QWidget* parent = nullptr);
    ~EditDiskWizard() override;

    // Begins with this file, as if it had been chosen on the first page, and with ACTION, where that is possible,
    // as if it had been chosen on the second.
    void setFile(const QString& file, std::optional<EditAction> action = {});
    const EditRequest& request() const;

    // Its work, running or ended; null before.
    DiskJobRunner* job() const { return m_job; }

    // While its work runs, it is only hidden.
    void reject() override;

protected:
    void finish() override;
    QString discardQuestion() const override;
    QString discardVerb() const override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void showState();
    void goBackToChoices();
    void undo();

    JobList& m_jobs;
    EditDraft* m_draft;
    FilePage* m_file;
    PlanPage* m_plan;
    ResultPage* m_result;
    QPointer<DiskJobRunner> m_job;
};

} // namespace platter
