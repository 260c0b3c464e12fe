// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/display_page.h"

#include "ui/note_label.h"

#include <QRadioButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace platter {

DisplayPage::DisplayPage()
    : m_standard(new QRadioButton(tr("&Standard VGA")))
    , m_virtio(new QRadioButton(tr("&virtio-vga")))
{
    m_standard->setObjectName(QStringLiteral("standardVga"));
    m_virtio->setObjectName(QStringLiteral("virtioVga"));
    auto* column = new QVBoxLayout(this);
    column->setSpacing(4);
    column->addWidget(m_standard);
    column->addWidget(new NoteLabel(tr("Every system has a driver for it.")));
    column->addSpacing(12);
    column->addWidget(m_virtio);
    column->addWidget(new NoteLabel(tr("Faster, for systems with a driver for it: "
                                       "Linux has one, Windows gets it from the virtio drivers.")));
    column->addStretch();
    connect(m_virtio, &QRadioButton::toggled, this, &SettingsPage::edited);
}

void DisplayPage::setDefinition(const Definition& definition)
{
    const QSignalBlocker quiet(m_virtio);
    (definition.video == VideoAdapter::VirtioVga ? m_virtio : m_standard)->setChecked(true);
}

void DisplayPage::writeTo(Definition& definition) const
{
    definition.video = m_virtio->isChecked() ? VideoAdapter::VirtioVga : VideoAdapter::StandardVga;
}

} // namespace platter
