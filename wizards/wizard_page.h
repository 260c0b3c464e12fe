// SPDX-License-Identifier: GPL-3.0-or-later
// One page of a WizardDialog. It edits its wizard's draft, shows what is wrong with it beside the field, and says
// whether the wizard may go on. GUI thread; owned by the dialog that it was added to.
#pragma once

#include <QWidget>

namespace platter {

enum class Leave {
    Go,
    Stay, // the page shows why, and the field to mend has the focus
    Wait, // something is still being found out; settled() follows
};

class WizardPage : public QWidget {
    Q_OBJECT

public:
    // STEP names the page in the list of steps, TITLE heads it.
    WizardPage(QString step, QString title);
    ~WizardPage() override;

    QString step() const { return m_step; }

    virtual QString title() const { return m_title; }

    // Whether there is anything on it for what is chosen; without, Next and Back pass it over.
    virtual bool applies() const { return true; }

    // What is chosen so far, in a few words, for the list of steps; may be empty.
    virtual QString choice() const = 0;

    // The page is about to be shown.
    virtual void enter() { }

    // What gets the focus when the page is shown.
    virtual QWidget* firstField() const = 0;
    // The user wants to go on.
    virtual Leave tryLeave() = 0;

Q_SIGNALS:
    void choiceChanged();
    void edited(); // by the user
    void settled(); // what tryLeave() waited for is known; title() may be another

private:
    QString m_step;
    QString m_title;
};

} // namespace platter
