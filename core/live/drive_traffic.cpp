// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/drive_traffic.h"

namespace platter {

namespace {

using namespace std::chrono_literals;

} // namespace

DriveRate rateBetween(const DriveCounters& before, const DriveCounters& now, std::chrono::nanoseconds apart)
{
    if (apart <= 0ns) {
        return {};
    }
    const double seconds = std::chrono::duration<double>(apart).count();
    const auto perSecond = [seconds](std::uint64_t earlier, std::uint64_t later) {
        return later > earlier ? static_cast<std::uint64_t>(static_cast<double>(later - earlier) / seconds + 0.5)
                               : 0;
    };
    return {perSecond(before.readBytes, now.readBytes), perSecond(before.writtenBytes, now.writtenBytes),
        perSecond(before.reads, now.reads), perSecond(before.writes, now.writes)};
}

DriveTraffic::DriveTraffic(QObject* parent)
    : QObject(parent)
{
    m_clock.start();
    m_tick.setInterval(1s);
    connect(&m_tick, &QTimer::timeout, this, &DriveTraffic::look);
}

void DriveTraffic::setSession(MachineSession* session)
{
    if (m_session != session) {
        m_session = session;
        m_asked.clear();
        forget();
    }
}

void DriveTraffic::start()
{
    m_tick.start();
    look();
}

void DriveTraffic::stop()
{
    m_tick.stop();
    forget(); // the next two looks would be far apart
}

std::optional<DriveRate> DriveTraffic::rateAt(SlotId slot) const
{
    const auto found = m_rates.find(slot);
    return found == m_rates.end() ? std::nullopt : std::optional(found->second);
}

void DriveTraffic::look()
{
    MachineMonitor* monitor = m_session ? m_session->monitor() : nullptr;
    if (monitor == nullptr) {
        forget();
        return;
    }
    if (m_asked == monitor) {
        return; // it takes its time
    }
    m_asked = monitor;
    QCoro::connect(countersOf(monitor), this, [this, asked = QPointer(monitor)](const Result<DriveCounts>& counts) {
        if (m_asked != asked) {
            return; // another machine is looked at by now
        }
        m_asked.clear();
        if (counts && m_tick.isActive()) {
            take(*counts, std::chrono::nanoseconds(m_clock.nsecsElapsed()));
        } else {
            forget();
        }
    });
}

void DriveTraffic::take(const DriveCounts& counts, std::chrono::nanoseconds at)
{
    m_rates.clear();
    for (const auto& [slot, now] : counts) {
        if (const auto before = m_counts.find(slot); before != m_counts.end()) {
            m_rates[slot] = rateBetween(before->second, now, at - m_countedAt);
        }
    }
    m_counts = counts;
    m_countedAt = at;
    Q_EMIT changed();
}

void DriveTraffic::forget()
{
    m_counts.clear();
    if (!m_rates.empty()) {
        m_rates.clear();
        Q_EMIT changed();
    }
}

} // namespace platter
