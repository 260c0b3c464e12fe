// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/pending_answer.h"

#include <QCoroSignal>

namespace platter {

void PendingAnswer::settle(Result<QJsonValue> outcome)
{
    if (m_outcome) {
        return;
    }
    m_outcome = std::move(outcome);
    Q_EMIT settled();
}

QCoro::Task<Result<QJsonValue>> PendingAnswer::wait(
    std::shared_ptr<PendingAnswer> answer, std::chrono::milliseconds deadline, Error timedOut)
{
    if (!answer->m_outcome) {
        co_await qCoro(answer.get(), &PendingAnswer::settled, std::max(deadline, std::chrono::milliseconds(0)));
    }
    if (!answer->m_outcome) {
        co_return std::unexpected(std::move(timedOut));
    }
    co_return *answer->m_outcome;
}

} // namespace platter
