// SPDX-License-Identifier: GPL-3.0-or-later
// Finds out in a worker thread what an ISO is; a newer choice supersedes the older one's answer. GUI thread; owned
// by the page that asks.
#pragma once

#include "core/media/install_medium.h"

#include <QFutureWatcher>
#include <QObject>
#include <QTimer>

#include <optional>

namespace platter {

class MediumInspection : public QObject {
    Q_OBJECT

public:
    enum class When { Now, WhenTypingPauses };

    explicit MediumInspection(QObject* parent);

    // An empty FILE asks nothing. The same file is not read again.
    void inspect(const QString& file, When when);
    // What waits for a pause in typing begins now.
    void hurry();

    QString file() const { return m_file; }

    bool isBusy() const { return m_busy; }

    // Nothing while busy and when nothing was asked.
    const std::optional<Result<InstallMedium>>& outcome() const { return m_outcome; }

Q_SIGNALS:
    void changed();

private:
    void begin();

    QString m_file;
    bool m_busy = false;
    std::optional<Result<InstallMedium>> m_outcome;
    QFutureWatcher<Result<InstallMedium>> m_worker;
    QTimer m_pause;
};

} // namespace platter
