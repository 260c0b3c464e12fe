// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/new_vm_page.h"

#include "ui/fields/field_message.h"

namespace platter {

NewVmPage::NewVmPage(MachineDraft& draft, QString step, QString title)
    : WizardPage(std::move(step), std::move(title))
    , m_draft(draft)
{
    connect(&draft, &MachineDraft::changed, this, [this] {
        refresh();
        Q_EMIT choiceChanged();
    });
    connect(&draft, &MachineDraft::assessed, this, [this] {
        refresh();
        Q_EMIT settled();
    });
    // What was missing is mended by an edit, and may be half done again.
    connect(this, &WizardPage::edited, this, [this] {
        m_tone = Tone::Gentle;
        m_look = Look::First;
    });
}

void NewVmPage::addField(Field field)
{
    m_fields.push_back(std::move(field));
}

void NewVmPage::refresh()
{
    for (const Field& field : m_fields) {
        refresh(field, m_tone);
    }
}

NewVmPage::Source NewVmPage::refresh(const Field& field, Tone tone)
{
    FieldMessage& message = *field.message;
    if (field.applies && !field.applies()) {
        message.clear();
        return Source::None;
    }
    if (field.own) {
        if (const std::optional<Error> error = field.own(tone)) {
            message.say({*error});
            return Source::Own;
        }
    }
    std::vector<Error> problems;
    for (const Problem& problem : m_draft.problemsWith(field.about)) {
        if (!field.concerns || field.concerns(problem)) {
            problems.push_back(problem.error);
        }
    }
    // Until the new answer is there, an old one stays on the page rather than flicker; a new one is not made up.
    if (!problems.empty() && (m_draft.isAssessed() || message.isError())) {
        message.say(problems);
        if (field.onProblem) {
            field.onProblem(message);
        }
        return Source::Core;
    }
    if (field.otherwise) {
        field.otherwise(message);
    } else {
        message.clear();
    }
    return Source::None;
}

Leave NewVmPage::tryLeave()
{
    m_tone = Tone::Strict;
    const Field* wrong = nullptr;
    bool isOwn = false;
    for (const Field& field : m_fields) {
        const Source source = refresh(field, m_tone);
        if (source != Source::None && (!wrong || (source == Source::Own && !isOwn))) {
            wrong = &field;
            isOwn = source == Source::Own;
        }
    }
    if (!isOwn && !m_draft.isAssessed()) {
        m_draft.assessNow();
        return Leave::Wait;
    }
    if (isLooking()) {
        return Leave::Wait;
    }
    if (wrong && m_look == Look::First && lookAgain()) {
        m_look = Look::Second;
        return Leave::Wait;
    }
    m_look = Look::First;
    if (wrong) {
        wrong->message->field()->setFocus(Qt::OtherFocusReason);
        return Leave::Stay;
    }
    return Leave::Go;
}

bool NewVmPage::lookAgain()
{
    for (const Field& field : m_fields) {
        if (!m_draft.problemsWith(field.about).empty()) {
            m_draft.assessAgain();
            return true;
        }
    }
    return false;
}

} // namespace platter
