// SPDX-License-Identifier: GPL-3.0-or-later
// The long work of this window: what runs, and what has ended and is still to be read. GUI thread; owned by the
// main window.
#pragma once

#include "ui/jobs/disk_job_runner.h"

#include <QList>

namespace platter {

class JobList : public QObject {
    Q_OBJECT

public:
    explicit JobList(QObject* parent = nullptr);

    // Begins JOB. What comes back lives until dismiss().
    DiskJobRunner* run(std::unique_ptr<DiskJob> job);
    // Forgets a job that has ended.
    void dismiss(DiskJobRunner* job);
    void cancelAll();

    const QList<DiskJobRunner*>& jobs() const { return m_jobs; }

    bool isRunning() const;

Q_SIGNALS:
    void added(DiskJobRunner* job);
    void dismissed(DiskJobRunner* job);
    void allFinished(); // none runs any more

private:
    QList<DiskJobRunner*> m_jobs; // children of this
};

} // namespace platter
