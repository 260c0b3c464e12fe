// SPDX-License-Identifier: GPL-3.0-or-later
// An answer that coroutines wait for, settled once by whoever hears it. Shared by those who wait and the one who
// settles it, so that it never dies under a waiter. The waiters go on from the event loop, never from inside
// settle(). The thread of the connection it belongs to.
#pragma once

#include "core/error.h"

#include <QCoroTask>
#include <QJsonValue>
#include <QObject>

#include <chrono>
#include <memory>
#include <optional>

namespace platter {

class PendingAnswer : public QObject {
    Q_OBJECT

public:
    // The first call counts.
    void settle(Result<QJsonValue> outcome = QJsonValue());

    bool isSettled() const { return m_outcome.has_value(); }

    // The outcome, or TIMED_OUT when there is none within DEADLINE.
    static QCoro::Task<Result<QJsonValue>> wait(
        std::shared_ptr<PendingAnswer> answer, std::chrono::milliseconds deadline, Error timedOut);

Q_SIGNALS:
    void settled();

private:
    std::optional<Result<QJsonValue>> m_outcome;
};

} // namespace platter
