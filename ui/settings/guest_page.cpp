// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/guest_page.h"

#include "ui/note_label.h"

#include <QCheckBox>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace platter {

GuestPage::GuestPage()
    : m_agent(new QCheckBox(tr("A channel for the guest &agent")))
{
    m_agent->setObjectName(QStringLiteral("guestAgent"));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(4);
    column->addWidget(m_agent);
    column->addWidget(new NoteLabel(
        tr("Through it Platter asks the guest to shut down, to let go of disks and to grow its file systems, where "
           "qemu-guest-agent is installed in it. Without the channel nobody can ask the guest anything.")));
    column->addStretch();
    connect(m_agent, &QCheckBox::toggled, this, &SettingsPage::edited);
}

void GuestPage::setDefinition(const Definition& definition)
{
    const QSignalBlocker quiet(m_agent);
    m_agent->setChecked(definition.hasGuestAgent);
}

void GuestPage::writeTo(Definition& definition) const
{
    definition.hasGuestAgent = m_agent->isChecked();
}

} // namespace platter
