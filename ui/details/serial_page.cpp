// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/serial_page.h"

#include "ui/details/code_view.h"

#include <QDir>

namespace platter {

SerialPage::SerialPage()
    : DetailsPage(QStringLiteral("Log File (advanced)"), tr("Serial log"), tr("Copy the serial log"))
{
    connect(&m_tail, &FileTail::restarted, this, [this] {
        m_text = TerminalText();
        view()->clear();
        sayWhere();
    });
    connect(&m_tail, &FileTail::added, this, [this](const QByteArray& bytes) {
        view()->appendText(m_text.add(bytes));
        sayWhere();
    });
}

void SerialPage::refresh()
{
    if (session() == nullptr) {
        m_tail.follow({});
        return;
    }
    const QString file = session()->machine().serialLog();
    m_tail.follow(file);
    m_tail.start();
    sayWhere();
}

void SerialPage::sayWhere()
{
    if (session() == nullptr) {
        return;
    }
    const QString file = QDir::toNativeSeparators(session()->machine().serialLog());
    setNote(view()->document()->isEmpty()
            ? tr("The guest has said nothing on its first serial port yet; what it says will be in %1.").arg(file)
            : file);
}

void SerialPage::hideEvent(QHideEvent* event)
{
    DetailsPage::hideEvent(event);
    m_tail.stop();
}

} // namespace platter
