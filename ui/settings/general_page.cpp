// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/general_page.h"

#include "ui/note_label.h"

#include <QCheckBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace platter {

GeneralPage::GeneralPage()
    : m_notes(new QPlainTextEdit)
    , m_startsWithSession(new QCheckBox(tr("&Start it when I log in")))
{
    m_notes->setObjectName(QStringLiteral("notes"));
    m_notes->setAccessibleName(tr("Notes"));
    m_notes->setTabChangesFocus(true);
    m_notes->setPlaceholderText(tr("What it is for, who looks after it, what not to forget."));
    m_notes->setMinimumHeight(fontMetrics().lineSpacing() * 6);
    m_startsWithSession->setObjectName(QStringLiteral("startsWithSession"));
    auto* label = new QLabel(tr("&Notes:"));
    label->setBuddy(m_notes);

    auto* column = new QVBoxLayout(this);
    column->setSpacing(4);
    column->addWidget(label);
    column->addWidget(m_notes, 1);
    column->addSpacing(16);
    column->addWidget(m_startsWithSession);
    column->addWidget(
        new NoteLabel(tr("The machine runs in the background then, whether Platter is open or not.")));
    column->addStretch();
    connect(m_notes, &QPlainTextEdit::textChanged, this, &SettingsPage::edited);
    connect(m_startsWithSession, &QCheckBox::toggled, this, &SettingsPage::edited);
}

void GeneralPage::setDefinition(const Definition& definition)
{
    const QSignalBlocker quietNotes(m_notes);
    const QSignalBlocker quietStart(m_startsWithSession);
    m_notes->setPlainText(definition.notes);
    m_startsWithSession->setChecked(definition.startsWithSession);
}

void GeneralPage::writeTo(Definition& definition) const
{
    definition.notes = m_notes->toPlainText();
    definition.startsWithSession = m_startsWithSession->isChecked();
}

} // namespace platter
