// SPDX-License-Identifier: GPL-3.0-or-later
// What to do with the disk: every action, the impossible ones with their reason. GUI thread; owned by the wizard.
#pragma once

#include "wizards/edit_disk/edit_draft.h"
#include "wizards/wizard_page.h"

#include <map>

namespace platter {

class FieldMessage;
class RadioOption;

class ActionPage : public WizardPage {
    Q_OBJECT

public:
    explicit ActionPage(EditDraft& draft);

    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    void refresh();
    void follow();
    void propose();
    std::optional<EditAction> chosen() const;

    EditDraft& m_draft;
    std::map<EditAction, RadioOption*> m_options;
    FieldMessage* m_message;
};

} // namespace platter
