// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/disk_job_runner.h"

#include <QCoreApplication>
#include <QPointer>

namespace platter {

namespace {

// Holds the job until its task has ended, whoever waits for it.
QCoro::Task<Result<OperationOutcome>> runToTheEnd(std::shared_ptr<DiskJob> job, std::shared_ptr<Progress> progress)
{
    co_return co_await job->run(progress);
}

} // namespace

DiskJobRunner::DiskJobRunner(std::unique_ptr<DiskJob> job, QObject* parent)
    : QObject(parent)
    , m_job(std::move(job))
    , m_title(m_job->title())
{
}

DiskJobRunner::~DiskJobRunner()
{
    m_stop.request_stop();
}

void DiskJobRunner::start()
{
    // The thread that works knows only a guarded pointer; what it says is heard on this one.
    const auto hear = [self = QPointer(this)](const Progress::State& state) {
        QMetaObject::invokeMethod(
            qApp,
            [self, state] {
                if (self && !self->isFinished()) {
                    self->m_progress = state;
                    Q_EMIT self->progressed();
                }
            },
            Qt::QueuedConnection);
    };
    auto progress = std::make_shared<Progress>(hear, m_stop.get_token());
    QCoro::connect(runToTheEnd(m_job, progress), this, [this](const Result<OperationOutcome>& outcome) {
        m_outcome = outcome;
        m_job.reset();
        Q_EMIT finished();
    });
}

void DiskJobRunner::cancel()
{
    if (!isFinished() && m_stop.request_stop()) {
        Q_EMIT progressed();
    }
}

} // namespace platter
