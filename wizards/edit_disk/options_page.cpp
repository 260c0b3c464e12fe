// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/options_page.h"

#include "wizards/edit_disk/choice_options.h"
#include "wizards/edit_disk/convert_options.h"
#include "wizards/edit_disk/edit_actions.h"
#include "wizards/edit_disk/migrate_options.h"
#include "wizards/edit_disk/reconnect_options.h"
#include "wizards/edit_disk/resize_options.h"

#include <QVBoxLayout>

namespace platter {

OptionsPage::OptionsPage(EditDraft& draft)
    : WizardPage(tr("Options"), {})
    , m_draft(draft)
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(24, 12, 24, 16);
    connect(&draft, &EditDraft::fileChanged, this, &OptionsPage::outdate);
    connect(&draft, &EditDraft::looked, this, [this] {
        // What was entered stays unless the disk is another one since.
        const DiskLook* look = m_draft.disk();
        const bool isSame = look != nullptr && m_seen && m_seen->virtualSize == look->disk.virtualSize
            && m_seen->partitions == look->disk.partitions && m_seen->image.file == look->disk.image.file
            && m_seen->image.parents == look->disk.image.parents;
        if (!isSame) {
            outdate();
        }
    });
    connect(&draft, &EditDraft::changed, this, &WizardPage::choiceChanged);
}

void OptionsPage::outdate()
{
    m_seen = m_draft.disk() != nullptr ? std::optional(m_draft.disk()->disk) : std::nullopt;
    for (const auto& [action, options] : m_options) {
        m_outdated[action] = true;
    }
    Q_EMIT choiceChanged();
}

std::unique_ptr<EditOptions> OptionsPage::make(EditAction action)
{
    switch (action) {
    case EditAction::Expand:
    case EditAction::Shrink:
        return std::make_unique<ResizeOptions>(m_draft, action);
    case EditAction::Convert:
        return std::make_unique<ConvertOptions>(m_draft);
    case EditAction::Migrate:
        return std::make_unique<MigrateOptions>(m_draft);
    case EditAction::Reconnect:
        return std::make_unique<ReconnectOptions>(m_draft);
    case EditAction::Compact:
    case EditAction::Flatten:
    case EditAction::Check:
        return std::make_unique<ChoiceOptions>(m_draft, action);
    case EditAction::Inspect:
    case EditAction::Undo:
        return nullptr;
    }
    Q_UNREACHABLE_RETURN(nullptr);
}

EditOptions* OptionsPage::current() const
{
    const auto found = m_options.find(m_draft.request().action);
    return found != m_options.end() ? found->second : nullptr;
}

QString OptionsPage::title() const
{
    return current() != nullptr ? current()->title() : step();
}

QString OptionsPage::choice() const
{
    if (m_draft.disk() == nullptr) {
        return {};
    }
    if (!applies()) {
        return tr("none needed");
    }
    const auto outdated = m_outdated.find(m_draft.request().action);
    return current() != nullptr && !outdated->second ? current()->choice() : QString();
}

bool OptionsPage::applies() const
{
    return needsOptions(m_draft.request().action);
}

void OptionsPage::enter()
{
    const EditAction action = m_draft.request().action;
    if (current() == nullptr) {
        EditOptions* options = make(action).release();
        m_options.emplace(action, options);
        m_outdated[action] = true;
        m_layout->addWidget(options);
        connect(options, &EditOptions::actionWanted, this, &OptionsPage::actionWanted);
        connect(options, &EditOptions::edited, this, [this] {
            Q_EMIT edited();
            Q_EMIT choiceChanged();
        });
    }
    for (const auto& [each, options] : m_options) {
        options->setVisible(each == action);
    }
    if (m_outdated[action]) {
        m_outdated[action] = false;
        current()->reset();
    }
    current()->enter();
    Q_EMIT choiceChanged();
}

QWidget* OptionsPage::firstField() const
{
    return current()->firstField();
}

Leave OptionsPage::tryLeave()
{
    return m_draft.disk() == nullptr ? Leave::Stay : current()->tryLeave();
}

} // namespace platter
