// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobs_bar.h"

#include "ui/jobs/job_row.h"
#include "ui/shades.h"

#include <QPainter>
#include <QVBoxLayout>

namespace platter {

JobsBar::JobsBar(JobList& jobs, QWidget* parent)
    : QFrame(parent)
    , m_jobs(jobs)
    , m_rows(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("jobsBar"));
    setAccessibleName(tr("Work in progress"));
    m_rows->setContentsMargins(0, 1, 0, 0);
    m_rows->setSpacing(0);
    setVisible(false);
    connect(&jobs, &JobList::added, this, &JobsBar::add);
    connect(&jobs, &JobList::dismissed, this, &JobsBar::remove);
}

void JobsBar::add(DiskJobRunner* job)
{
    auto* row = new JobRow(*job);
    connect(row, &JobRow::showRequested, this, [this, job] { Q_EMIT showRequested(job); });
    connect(row, &JobRow::dismissRequested, this, [this, job] { m_jobs.dismiss(job); });
    m_rows->addWidget(row);
    setVisible(m_presented);
}

void JobsBar::remove(const DiskJobRunner* job)
{
    for (JobRow* row : findChildren<JobRow*>()) {
        if (&row->job() == job) {
            m_rows->removeWidget(row);
            row->setParent(nullptr);
            row->deleteLater();
        }
    }
    setVisible(m_presented && m_rows->count() > 0);
}

void JobsBar::setPresented(bool presented)
{
    m_presented = presented;
    setVisible(presented && m_rows->count() > 0);
}

void JobsBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setPen(outline(palette(), QPalette::Window));
    painter.drawLine(rect().topLeft(), rect().topRight());
}

} // namespace platter
