// SPDX-License-Identifier: GPL-3.0-or-later
// A page of the New VM wizard: edits the draft and shows beside each field what core, or the page itself, has
// against it. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/machine_draft.h"
#include "wizards/wizard_page.h"

namespace platter {

class FieldMessage;

class NewVmPage : public WizardPage {
    Q_OBJECT

public:
    Leave tryLeave() override;

protected:
    // What is missing is an error only after Next was pressed; what is wrong is one at once.
    enum class Tone { Gentle, Strict };

    // A field with the sentence below it.
    struct Field {
        FieldMessage* message;
        // What only the page knows: text that is no value, nothing chosen yet.
        std::function<std::optional<Error>(Tone)> own = {};
        // What core's problems are shown here.
        std::vector<Choice> about = {};
        // Which of them; without it: all.
        std::function<bool(const Problem&)> concerns = {};
        // Whether the field belongs to what is chosen; without it: always.
        std::function<bool()> applies = {};
        // Says what there is to know when nothing is wrong.
        std::function<void(FieldMessage&)> otherwise = {};
        // After a problem of core is shown.
        std::function<void(FieldMessage&)> onProblem = {};
    };

    NewVmPage(MachineDraft& draft, QString step, QString title);

    MachineDraft& draft() { return m_draft; }

    const MachineDraft& draft() const { return m_draft; }

    void addField(Field field);
    // Brings every sentence up to date.
    void refresh();

    // Whether the page itself is still finding something out.
    virtual bool isLooking() { return false; }

    // Next is pressed although something is wrong: the page may have been mended outside. False where that cannot
    // be.
    virtual bool lookAgain();

private:
    enum class Source { Own, Core, None };
    enum class Look { First, Second };

    Source refresh(const Field& field, Tone tone);

    MachineDraft& m_draft;
    std::vector<Field> m_fields;
    Tone m_tone = Tone::Gentle;
    Look m_look = Look::First;
};

} // namespace platter
