// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/medium_inspection.h"

#include <QtConcurrentRun>

#include <chrono>

namespace platter {

using namespace std::chrono_literals;

MediumInspection::MediumInspection(QObject* parent)
    : QObject(parent)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(300ms);
    connect(&m_pause, &QTimer::timeout, this, &MediumInspection::begin);
    connect(&m_worker, &QFutureWatcher<Result<InstallMedium>>::finished, this, [this] {
        if (!m_busy || m_pause.isActive()) {
            return; // another file was asked for meanwhile
        }
        m_busy = false;
        m_outcome = m_worker.result();
        Q_EMIT changed();
    });
}

void MediumInspection::inspect(const QString& file, When when)
{
    if (file == m_file && (m_busy || (m_outcome && *m_outcome))) {
        if (when == When::Now) {
            hurry();
        }
        return;
    }
    m_file = file;
    m_outcome.reset();
    m_busy = !file.isEmpty();
    m_pause.stop();
    if (m_busy) {
        if (when == When::Now) {
            begin();
        } else {
            m_pause.start();
        }
    }
    Q_EMIT changed();
}

void MediumInspection::hurry()
{
    if (m_pause.isActive()) {
        begin();
    }
}

void MediumInspection::begin()
{
    m_pause.stop();
    // The watcher leaves an older future behind, with its answer.
    m_worker.setFuture(QtConcurrent::run([file = m_file] { return inspectMedium(file); }));
}

} // namespace platter
