// SPDX-License-Identifier: GPL-3.0-or-later
// The bar at the window's bottom: a row for each job, none while there are none. GUI thread; owned by the window.
#pragma once

#include "ui/jobs/job_list.h"

#include <QFrame>

class QVBoxLayout;

namespace platter {

class JobsBar : public QFrame {
    Q_OBJECT

public:
    explicit JobsBar(JobList& jobs, QWidget* parent = nullptr);

    // Without, it stays out of sight whatever runs, as in full screen.
    void setPresented(bool presented);

Q_SIGNALS:
    void showRequested(DiskJobRunner* job);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void add(DiskJobRunner* job);
    void remove(const DiskJobRunner* job);

    JobList& m_jobs;
    QVBoxLayout* m_rows;
    bool m_presented = true;
};

} // namespace platter
