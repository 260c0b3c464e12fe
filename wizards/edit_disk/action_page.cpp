// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/action_page.h"

#include "ui/fields/field_message.h"
#include "wizards/edit_disk/edit_actions.h"
#include "wizards/radio_option.h"

#include <QButtonGroup>
#include <QRadioButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace platter {

ActionPage::ActionPage(EditDraft& draft)
    : WizardPage(tr("Action"), tr("What is to be done with it?"))
    , m_draft(draft)
    , m_message(new FieldMessage)
{
    m_message->setObjectName(QStringLiteral("actionMessage"));
    auto* group = new QButtonGroup(this);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(8);
    for (const EditAction action : allEditActions) {
        auto* option = new RadioOption(titleOf(action), sentenceOf(action), *group);
        option->button()->setObjectName(objectNameOf(action));
        connect(option->button(), &QRadioButton::toggled, this, [this, action](bool on) {
            if (on) {
                m_draft.edit([action](EditRequest& request) { request.action = action; });
                m_message->clear();
                Q_EMIT choiceChanged();
            }
        });
        connect(option->button(), &QRadioButton::clicked, this, &WizardPage::edited);
        m_options.emplace(action, option);
        whole->addWidget(option);
    }
    whole->addWidget(m_message);
    whole->addStretch(1);
    connect(&draft, &EditDraft::changed, this, &ActionPage::follow);
    connect(&draft, &EditDraft::looked, this, &ActionPage::refresh);
    connect(&draft, &EditDraft::useChanged, this, &ActionPage::refresh);
}

void ActionPage::refresh()
{
    const DiskLook* look = m_draft.disk();
    if (look == nullptr) {
        return;
    }
    for (const auto& [action, option] : m_options) {
        if (const std::optional<QString> reason = obstacleTo(action, *look, m_draft.use())) {
            option->setImpossible(*reason);
        } else {
            option->setPossible(sentenceOf(action, *look));
        }
    }
    follow();
}

// Another page, or whoever opened the wizard, may have chosen.
void ActionPage::follow()
{
    QRadioButton* button = m_options.at(m_draft.request().action)->button();
    if (button->isEnabled()) {
        button->setChecked(true);
    }
}

// The first that is possible, unless the chosen one is. Only where it can be seen: further on, what was chosen
// stays, and the plan says why it cannot be done any more.
void ActionPage::propose()
{
    if (m_draft.disk() != nullptr && (m_draft.obstacle() || !chosen())) {
        const EditAction wanted = m_draft.request().action;
        const bool isPossible = !m_draft.obstacle();
        for (const auto& [action, option] : m_options) {
            if (isPossible ? action == wanted : option->button()->isEnabled()) {
                option->button()->setChecked(true);
                break;
            }
        }
    }
}

std::optional<EditAction> ActionPage::chosen() const
{
    for (const auto& [action, option] : m_options) {
        if (option->isChosen() && option->button()->isEnabled()) {
            return action;
        }
    }
    return std::nullopt;
}

QString ActionPage::choice() const
{
    const std::optional<EditAction> action = chosen();
    return action ? titleOf(*action).remove(QLatin1Char('&')) : QString();
}

void ActionPage::enter()
{
    refresh();
    propose();
}

QWidget* ActionPage::firstField() const
{
    const std::optional<EditAction> action = chosen();
    return m_options.at(action.value_or(EditAction::Inspect))->button();
}

Leave ActionPage::tryLeave()
{
    if (chosen()) {
        return Leave::Go;
    }
    m_message->say({Error{.kind = ErrorKind::InvalidInput, .summary = tr("Choose what is to be done.")}});
    return Leave::Stay;
}

} // namespace platter
