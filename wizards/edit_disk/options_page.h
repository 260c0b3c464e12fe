// SPDX-License-Identifier: GPL-3.0-or-later
// The chosen action's options; skipped for an action that has none. GUI thread; owned by the wizard.
#pragma once

#include "wizards/edit_disk/edit_options.h"

#include <map>

class QVBoxLayout;

namespace platter {

class OptionsPage : public WizardPage {
    Q_OBJECT

public:
    explicit OptionsPage(EditDraft& draft);

    QString title() const override;
    QString choice() const override;
    bool applies() const override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

Q_SIGNALS:
    void actionWanted(EditAction action); // instead of the chosen one

private:
    EditOptions* current() const;
    std::unique_ptr<EditOptions> make(EditAction action);
    void outdate();

    EditDraft& m_draft;
    QVBoxLayout* m_layout;
    std::map<EditAction, EditOptions*> m_options; // made when they are first asked for
    std::map<EditAction, bool> m_outdated; // the disk is another one since
    std::optional<DiskInspection> m_seen; // what the options were made for
};

} // namespace platter
