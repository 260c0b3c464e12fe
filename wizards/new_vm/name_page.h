// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's name and the folder that it gets. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

class QLineEdit;

namespace platter {

class ElidedLabel;
class FieldMessage;
class PathField;

class NamePage : public NewVmPage {
    Q_OBJECT

public:
    explicit NamePage(MachineDraft& draft);

    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;

private:
    void putName(const QString& text);
    void putPlace();
    void showFolder();

    QLineEdit* m_name;
    FieldMessage* m_nameMessage;
    PathField* m_place;
    FieldMessage* m_placeMessage;
    ElidedLabel* m_folder;
};

} // namespace platter
