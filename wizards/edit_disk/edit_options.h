// SPDX-License-Identifier: GPL-3.0-or-later
// The options of one action, on the wizard's options page. GUI thread; owned by that page.
#pragma once

#include "wizards/edit_disk/edit_draft.h"
#include "wizards/wizard_page.h"

namespace platter {

class EditOptions : public QWidget {
    Q_OBJECT

public:
    explicit EditOptions(EditDraft& draft);
    ~EditOptions() override;

    virtual QString title() const = 0;
    virtual QString choice() const = 0;

    // The disk is another one: what is offered follows it.
    virtual void reset() { }

    virtual void enter() { }

    virtual QWidget* firstField() const = 0;
    virtual Leave tryLeave() = 0;

Q_SIGNALS:
    void edited(); // by the user
    void actionWanted(EditAction action); // instead of theirs

protected:
    EditDraft& draft() const { return m_draft; }

private:
    EditDraft& m_draft;
};

} // namespace platter
