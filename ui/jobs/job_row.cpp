// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_row.h"

#include "ui/elided_label.h"
#include "ui/icons.h"
#include "ui/jobs/progress_text.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

namespace platter {

JobRow::JobRow(DiskJobRunner& job)
    : m_job(job)
    , m_mark(new QLabel)
    , m_text(new ElidedLabel)
    , m_bar(new QProgressBar)
    , m_pace(new QLabel)
    , m_show(new QPushButton(tr("Show")))
    , m_cancel(new QPushButton(tr("Cancel")))
    , m_dismiss(new QToolButton)
{
    setObjectName(QStringLiteral("jobRow"));
    m_text->setObjectName(QStringLiteral("jobText"));
    m_text->setFullText(job.title());
    m_mark->setVisible(false);
    m_bar->setObjectName(QStringLiteral("jobProgress"));
    m_bar->setAccessibleName(tr("Progress of: %1").arg(job.title()));
    m_bar->setFixedWidth(160);
    m_bar->setRange(0, 0);
    m_pace->setObjectName(QStringLiteral("jobPace"));
    // Figures come and go: the bar and the buttons must not move with them.
    m_pace->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("1,023.99 MiB/s · 59 min 59 s left")));
    m_show->setObjectName(QStringLiteral("showJob"));
    m_show->setAccessibleName(tr("Show: %1").arg(job.title()));
    m_cancel->setObjectName(QStringLiteral("cancelJob"));
    m_cancel->setAccessibleName(tr("Cancel: %1").arg(job.title()));
    m_dismiss->setObjectName(QStringLiteral("dismissJob"));
    m_dismiss->setIcon(symbolicIcon(QStringLiteral("window-close")));
    m_dismiss->setAutoRaise(true);
    m_dismiss->setToolTip(tr("Take this off the list"));
    m_dismiss->setAccessibleName(tr("Dismiss: %1").arg(job.title()));
    m_dismiss->setVisible(false);
    m_dismiss->setFocusPolicy(Qt::TabFocus);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 6, 8, 6);
    row->setSpacing(8);
    row->addWidget(m_mark);
    row->addWidget(m_text, 1);
    row->addWidget(m_bar);
    row->addWidget(m_pace);
    row->addWidget(m_show);
    row->addWidget(m_cancel);
    row->addWidget(m_dismiss);

    connect(m_show, &QPushButton::clicked, this, &JobRow::showRequested);
    connect(m_cancel, &QPushButton::clicked, &job, &DiskJobRunner::cancel);
    connect(m_dismiss, &QToolButton::clicked, this, &JobRow::dismissRequested);
    connect(&job, &DiskJobRunner::progressed, this, &JobRow::refresh);
    connect(&job, &DiskJobRunner::finished, this, &JobRow::showOutcome);
    if (job.isFinished()) {
        showOutcome();
    } else {
        refresh();
    }
}

void JobRow::refresh()
{
    const std::optional<int> share = thousandthsOf(m_job.progress());
    m_bar->setRange(0, share ? 1000 : 0);
    m_bar->setValue(share.value_or(0));
    m_pace->setText(m_job.isCancelling() ? tr("Cancelling…") : paceOf(m_job.progress()));
    m_cancel->setEnabled(!m_job.isCancelling());
}

void JobRow::showOutcome()
{
    const Result<OperationOutcome>& outcome = *m_job.outcome();
    QString icon = QStringLiteral("dialog-information");
    QString words;
    if (outcome && outcome->shortfall) {
        icon = QStringLiteral("dialog-warning");
        words = tr("%1: %2", "a job and how it ended").arg(m_job.title(), outcome->shortfall->summary);
    } else if (outcome) {
        words = tr("%1: done. %2", "a job and what is different now")
                    .arg(m_job.title(), outcome->sentences.isEmpty() ? QString() : outcome->sentences.constFirst());
    } else if (outcome.error().kind == ErrorKind::Cancelled) {
        words = tr("%1: %2", "a job and how it ended").arg(m_job.title(), outcome.error().summary);
    } else {
        icon = QStringLiteral("dialog-error");
        words = tr("%1 failed: %2", "a job and why").arg(m_job.title(), outcome.error().summary.simplified());
    }
    const bool hadFocus = m_cancel->hasFocus();
    m_mark->setPixmap(symbolicIcon(icon).pixmap(QSize(16, 16), devicePixelRatioF()));
    m_mark->setVisible(true);
    m_text->setFullText(words);
    m_bar->setVisible(false);
    m_pace->setVisible(false);
    m_cancel->setVisible(false);
    m_dismiss->setVisible(true);
    if (hadFocus) {
        m_show->setFocus(Qt::OtherFocusReason);
    }
    QAccessibleEvent heard(m_text, QAccessible::Alert);
    QAccessible::updateAccessibility(&heard);
}

} // namespace platter
