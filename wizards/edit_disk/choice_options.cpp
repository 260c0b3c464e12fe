// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/choice_options.h"

#include "ui/disk_picture/disk_picture.h"
#include "wizards/radio_option.h"

#include <QButtonGroup>
#include <QFileInfo>
#include <QRadioButton>
#include <QVBoxLayout>

namespace platter {

ChoiceOptions::ChoiceOptions(EditDraft& draft, EditAction action)
    : EditOptions(draft)
    , m_action(action)
    , m_picture(new DiskPicture)
{
    auto* group = new QButtonGroup(this);
    switch (action) {
    case EditAction::Compact:
        m_option = &EditRequest::givesUpOutside;
        m_first = new RadioOption(tr("Give back what holds only &zeros"),
            tr("Nothing on the disk changes. TRIM in the guest gives nothing back of a VHDX: have it write "
               "zeros over its free space before, for the best result."),
            *group);
        m_second = new RadioOption(tr("Also what lies &outside of every partition"),
            tr("What was left there by deleted partitions is lost."), *group);
        break;
    case EditAction::Flatten:
        m_option = &EditRequest::mergesIntoParent;
        m_first = new RadioOption(tr("&Flatten: make it independent"),
            tr("It takes over everything from its parent, which stays as it is. It needs more space afterwards."),
            *group);
        m_second = new RadioOption(tr("&Merge: write it into its parent"),
            tr("The parent shows afterwards what this disk shows now, and this file is deleted."), *group);
        break;
    default:
        m_option = &EditRequest::mends;
        m_first = new RadioOption(tr("Only &look"), tr("Nothing is changed."), *group);
        m_second = new RadioOption(tr("Look, and &mend what can be mended"),
            tr("Every sector that changes is kept in a file beside the image first."), *group);
    }
    const QString prefix = action == EditAction::Compact ? QStringLiteral("compact")
        : action == EditAction::Flatten                  ? QStringLiteral("flatten")
                                                         : QStringLiteral("check");
    m_first->button()->setObjectName(prefix + QStringLiteral("First"));
    m_second->button()->setObjectName(prefix + QStringLiteral("Second"));
    m_picture->setObjectName(prefix + QStringLiteral("Picture"));
    m_first->choose();
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(16);
    whole->addWidget(m_picture);
    whole->addWidget(m_first);
    whole->addWidget(m_second);
    whole->addStretch(1);
    connect(m_second->button(), &QRadioButton::toggled, this, [this] {
        take();
        Q_EMIT edited();
    });
}

void ChoiceOptions::take()
{
    draft().edit([this](EditRequest& request) { request.*m_option = m_second->isChosen(); });
}

QString ChoiceOptions::title() const
{
    switch (m_action) {
    case EditAction::Compact:
        return tr("What may be given back?");
    case EditAction::Flatten:
        return tr("Which of the two is to remain?");
    default:
        return tr("What if there is damage?");
    }
}

QString ChoiceOptions::choice() const
{
    switch (m_action) {
    case EditAction::Compact:
        return m_second->isChosen() ? tr("unused space too") : tr("what holds zeros");
    case EditAction::Flatten:
        return m_second->isChosen() ? tr("merge") : tr("flatten");
    default:
        return m_second->isChosen() ? tr("mend it") : tr("only look");
    }
}

void ChoiceOptions::reset()
{
    if (const DiskLook* look = draft().disk()) {
        m_picture->setDisk(look->disk);
        m_picture->setName(QFileInfo(look->disk.image.file).fileName());
        if (m_action == EditAction::Compact) {
            const PartitionTable& table = look->disk.partitions;
            if (table.kind == PartitionTable::Kind::None || !table.isSound()) {
                m_second->setImpossible(
                    tr("It has no partition table that can be relied on, so nothing is known to be unused."));
                m_first->choose();
            } else {
                m_second->setPossible(tr("What was left there by deleted partitions is lost."));
            }
        }
    }
    take();
}

QWidget* ChoiceOptions::firstField() const
{
    return (m_second->isChosen() ? m_second : m_first)->button();
}

Leave ChoiceOptions::tryLeave()
{
    return Leave::Go;
}

} // namespace platter
