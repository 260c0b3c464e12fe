// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_operation.h"

#include <QCoreApplication>

namespace platter {

namespace {

constexpr std::chrono::milliseconds reportInterval(100);
constexpr std::chrono::milliseconds rateNeeds(500); // before that a rate says nothing

} // namespace

Progress::Progress(Listener listener, std::stop_token stop)
    : m_listener(std::move(listener))
    , m_stop(std::move(stop))
    , m_begin(std::chrono::steady_clock::now())
    , m_lastReport(m_begin)
{
}

void Progress::setTotal(ByteCount total)
{
    const std::scoped_lock lock(m_mutex);
    m_state.total = total;
}

void Progress::advance(ByteCount more)
{
    const std::scoped_lock lock(m_mutex);
    const bool wasAtTheEnd = m_state.done >= m_state.total;
    m_state.done = ByteCount(m_state.done.bytes() + more.bytes());
    const bool comesToTheEnd = !wasAtTheEnd && m_state.done >= m_state.total;
    const auto now = std::chrono::steady_clock::now();
    if (!comesToTheEnd && now - m_lastReport < reportInterval) {
        return;
    }
    m_lastReport = now;
    const std::chrono::duration<double> taken = now - m_begin;
    if (taken > rateNeeds) {
        m_state.bytesPerSecond = static_cast<double>(m_state.done.bytes()) / taken.count();
        const std::uint64_t rest = m_state.total > m_state.done ? m_state.total.bytes() - m_state.done.bytes() : 0;
        if (m_state.bytesPerSecond > 0) {
            m_state.left = std::chrono::seconds(
                static_cast<std::int64_t>(static_cast<double>(rest) / m_state.bytesPerSecond + 0.5));
        }
    }
    if (m_listener) {
        m_listener(m_state);
    }
}

Result<void> Progress::goOn() const
{
    if (!m_stop.stop_requested()) {
        return {};
    }
    return std::unexpected(Error{.kind = ErrorKind::Cancelled,
        .summary = QCoreApplication::translate("platter::Progress", "It was cancelled; nothing has changed.")});
}

} // namespace platter
