// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/disk_job.h"

#include <QCoroFuture>
#include <QtConcurrentRun>

namespace platter {

namespace {

class FileJob final : public DiskJob {
public:
    explicit FileJob(std::unique_ptr<DiskOperation> operation)
        : m_operation(std::move(operation))
    {
    }

    QString title() const override { return m_operation->title(); }

    QCoro::Task<Result<OperationPlan>> plan() override
    {
        co_return co_await QtConcurrent::run([operation = m_operation] { return operation->plan(); });
    }

    QCoro::Task<Result<OperationOutcome>> run(std::shared_ptr<Progress> progress) override
    {
        co_return co_await QtConcurrent::run(
            [operation = m_operation, progress = std::move(progress)] { return operation->run(*progress); });
    }

private:
    std::shared_ptr<DiskOperation> m_operation;
};

} // namespace

std::unique_ptr<DiskJob> jobOnFile(std::unique_ptr<DiskOperation> operation)
{
    return std::make_unique<FileJob>(std::move(operation));
}

} // namespace platter
