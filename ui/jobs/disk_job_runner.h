// SPDX-License-Identifier: GPL-3.0-or-later
// A disk job that runs: its progress on the GUI thread, a way to cancel it, how it ended. Outlives the wizard that
// began it. GUI thread; owned by the JobList.
#pragma once

#include "core/live/disk_job.h"

#include <QObject>

#include <optional>
#include <stop_token>

namespace platter {

class DiskJobRunner : public QObject {
    Q_OBJECT

public:
    explicit DiskJobRunner(std::unique_ptr<DiskJob> job, QObject* parent = nullptr);
    // A job that still runs is asked to stop; what it holds is kept until it has.
    ~DiskJobRunner() override;

    // Once. Short work may have ended when this returns.
    void start();
    void cancel();

    QString title() const { return m_title; }

    const Progress::State& progress() const { return m_progress; }

    bool isCancelling() const { return m_stop.stop_requested() && !isFinished(); }

    bool isFinished() const { return m_outcome.has_value(); }

    // Nothing while it runs.
    const std::optional<Result<OperationOutcome>>& outcome() const { return m_outcome; }

Q_SIGNALS:
    void progressed();
    void finished();

private:
    std::shared_ptr<DiskJob> m_job;
    QString m_title;
    std::stop_source m_stop;
    Progress::State m_progress;
    std::optional<Result<OperationOutcome>> m_outcome;
};

} // namespace platter
