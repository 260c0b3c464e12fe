// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_list.h"

#include <algorithm>

namespace platter {

JobList::JobList(QObject* parent)
    : QObject(parent)
{
}

DiskJobRunner* JobList::run(std::unique_ptr<DiskJob> job)
{
    auto* runner = new DiskJobRunner(std::move(job), this);
    m_jobs.append(runner);
    connect(runner, &DiskJobRunner::finished, this, [this] {
        if (!isRunning()) {
            Q_EMIT allFinished();
        }
    });
    runner->start();
    Q_EMIT added(runner);
    return runner;
}

void JobList::dismiss(DiskJobRunner* job)
{
    if (job == nullptr || !job->isFinished() || !m_jobs.removeOne(job)) {
        return;
    }
    Q_EMIT dismissed(job);
    job->deleteLater();
}

void JobList::cancelAll()
{
    for (DiskJobRunner* job : m_jobs) {
        job->cancel();
    }
}

bool JobList::isRunning() const
{
    return std::ranges::any_of(m_jobs, [](const DiskJobRunner* job) { return !job->isFinished(); });
}

} // namespace platter
