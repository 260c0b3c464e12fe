// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/details/qmp_page.h"

#include "ui/details/code_view.h"
#include "ui/details/qmp_log.h"

#include <QScrollBar>

namespace platter {

QmpPage::QmpPage()
    : DetailsPage(
          QStringLiteral("JSON"), tr("QMP conversation"), tr("Copy the QMP conversation"), QmpLog::prefixLength)
{
}

void QmpPage::refresh()
{
    if (session() == nullptr) {
        return;
    }
    QmpLog* log = QmpLog::of(session());
    const QStringList& lines = log->lines();
    setNote(lines.isEmpty() ? tr("Nothing has been said yet: the conversation begins when the machine starts.")
                            : tr("→ is what Platter asked, ← what QEMU said; the last %L1 lines are kept.")
                                  .arg(QmpLog::maximumLines));
    view()->setText(lines.isEmpty() ? QString() : lines.join(u'\n') + u'\n');
    view()->verticalScrollBar()->setValue(view()->verticalScrollBar()->maximum());
    connect(log, &QmpLog::added, this, &QmpPage::add, Qt::UniqueConnection);
}

void QmpPage::add(const QString& line)
{
    if (view()->document()->isEmpty()) {
        refresh();
        return;
    }
    view()->appendText(line + u'\n');
}

void QmpPage::leave(MachineSession* old)
{
    DetailsPage::leave(old);
    disconnect(QmpLog::of(old), nullptr, this, nullptr);
}

void QmpPage::hideEvent(QHideEvent* event)
{
    DetailsPage::hideEvent(event);
    if (session() != nullptr) {
        disconnect(QmpLog::of(session()), nullptr, this, nullptr);
    }
}

} // namespace platter
