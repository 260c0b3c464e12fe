// SPDX-License-Identifier: GPL-3.0-or-later
// The last page: what will happen, as a picture before and after and as text to read and to copy, or why it cannot.
// Made anew when a machine takes the disk or changes its state meanwhile. With Inspect: all that there is to say
// about the disk. GUI thread; owned by the wizard.
#pragma once

#include "core/disk/disk_operation.h"
#include "wizards/edit_disk/edit_draft.h"
#include "wizards/wizard_page.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace platter {

class DiskPicture;
class FieldMessage;

class PlanPage : public WizardPage {
    Q_OBJECT

public:
    explicit PlanPage(EditDraft& draft);

    QString title() const override;
    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

Q_SIGNALS:
    // The user wants to choose something else.
    void changeRequested();

private:
    void plan();
    void take(const Result<OperationPlan>& plan, ByteCount free);
    void showPictures();
    void showReport();
    void sayWhatChanged();
    void copy();
    bool isCurrent() const; // the page is being looked at

    EditDraft& m_draft;
    QLabel* m_beforeCaption;
    QLabel* m_afterCaption;
    DiskPicture* m_before;
    DiskPicture* m_after;
    QPlainTextEdit* m_text;
    FieldMessage* m_notice;
    FieldMessage* m_message;
    FieldMessage* m_copied;
    QPushButton* m_copy;
    int m_generation = 0; // of the plan that is being made
    bool m_planning = false;
    bool m_planned = false;
};

} // namespace platter
