// SPDX-License-Identifier: GPL-3.0-or-later
// Which disk: its file, what it is, which machine has it. GUI thread; owned by the wizard.
#pragma once

#include "wizards/edit_disk/edit_draft.h"
#include "wizards/wizard_page.h"

namespace platter {

class DiskPicture;
class FieldMessage;
class NoteLabel;
class PathField;

class FilePage : public WizardPage {
    Q_OBJECT

public:
    explicit FilePage(EditDraft& draft);

    void setFile(const QString& file);

    QString choice() const override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    void take(EditDraft::When when);
    void refresh();

    EditDraft& m_draft;
    PathField* m_file;
    FieldMessage* m_message;
    DiskPicture* m_picture;
    NoteLabel* m_facts;
    FieldMessage* m_use;
    bool m_asked = false; // Next was pressed: what is missing is an error now
};

} // namespace platter
