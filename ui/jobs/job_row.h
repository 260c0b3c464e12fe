// SPDX-License-Identifier: GPL-3.0-or-later
// One job in the jobs bar: what it does, how far it is, Cancel; then how it ended. GUI thread; owned by the bar.
#pragma once

#include "ui/jobs/disk_job_runner.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace platter {

class ElidedLabel;

class JobRow : public QWidget {
    Q_OBJECT

public:
    explicit JobRow(DiskJobRunner& job);

    DiskJobRunner& job() const { return m_job; }

Q_SIGNALS:
    void showRequested();
    void dismissRequested();

private:
    void refresh();
    void showOutcome();

    DiskJobRunner& m_job;
    QLabel* m_mark;
    ElidedLabel* m_text;
    QProgressBar* m_bar;
    QLabel* m_pace;
    QPushButton* m_show;
    QPushButton* m_cancel;
    QToolButton* m_dismiss;
};

} // namespace platter
