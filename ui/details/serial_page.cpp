// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/serial_page.h"

#include "ui/details/code_view.h"

#include <QDir>

namespace platter {

SerialPage::SerialPage(const Highlighting& highlighting)
    : DetailsPage(highlighting, QStringLiteral("Log File (advanced)"), tr("Serial log"), tr("Copy the serial log"))
{
    connect(&m_tail, &FileTail::restarted, this, [this] {
        m_text = TerminalText();
        view()->clear();
    });
    connect(&m_tail, &FileTail::added, this,
        [this](const QByteArray& bytes) { view()->appendText(m_text.add(bytes)); });
}

void SerialPage::refresh()
{
    if (session() == nullptr) {
        m_tail.follow({});
        return;
    }
    const QString file = session()->machine().serialLog();
    setNote(QDir::toNativeSeparators(file));
    m_tail.follow(file);
    m_tail.start();
}

void SerialPage::hideEvent(QHideEvent* event)
{
    DetailsPage::hideEvent(event);
    m_tail.stop();
}

} // namespace platter
