// SPDX-License-Identifier: GPL-3.0-or-later
// What will be made, as text to read and to copy, and whether it starts at once. Shows what keeps the machine from
// being made, also what appeared only at the attempt. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

class QCheckBox;
class QPlainTextEdit;
class QPushButton;

namespace platter {

class FieldMessage;

class SummaryPage : public NewVmPage {
    Q_OBJECT

public:
    explicit SummaryPage(MachineDraft& draft);

    bool startsNow() const;
    // The medium's "Press any key" is to be answered then.
    bool answersKeyPrompt() const;
    // The attempt failed.
    void showFailure(const Error& error);

    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

Q_SIGNALS:
    void startsNowChanged();
    // The user wants to mend this choice.
    void changeRequested(Choice choice);

private:
    void showPlan();
    void offerKey();
    void copy();

    QPlainTextEdit* m_plan;
    QPushButton* m_copy;
    FieldMessage* m_copied;
    QCheckBox* m_start;
    QCheckBox* m_key;
    FieldMessage* m_message;
    std::optional<Error> m_failure;
};

} // namespace platter
