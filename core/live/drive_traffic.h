// SPDX-License-Identifier: GPL-3.0-or-later
// What goes between the drives of a running machine and its guest, as QEMU counts it (query-blockstats), and how
// fast: looked at once a second for all drives together, while somebody wants to see it. Thread with an event loop;
// owned by whoever shows it.
#pragma once

#include "core/live/drive_counters.h"
#include "core/live/machine_session.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>

#include <chrono>
#include <map>

namespace platter {

// Per second.
struct DriveRate {
    std::uint64_t readBytes = 0;
    std::uint64_t writtenBytes = 0;
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;

    friend bool operator==(const DriveRate&, const DriveRate&) = default;
};

// What was counted between two looks, LONG apart. Counters that have run backwards count as nothing.
DriveRate rateBetween(const DriveCounters& before, const DriveCounters& now, std::chrono::nanoseconds apart);

class DriveTraffic : public QObject {
    Q_OBJECT

public:
    explicit DriveTraffic(QObject* parent = nullptr);

    // Null: nobody is asked.
    void setSession(MachineSession* session);
    void start();
    void stop();

    // Nothing before two looks, and while the machine is off.
    std::optional<DriveRate> rateAt(SlotId slot) const;

Q_SIGNALS:
    void changed();

private:
    void look();
    void take(const DriveCounts& counts, std::chrono::nanoseconds at);
    void forget();

    QPointer<MachineSession> m_session;
    QPointer<MachineMonitor> m_asked; // whose answer is awaited
    QTimer m_tick;
    QElapsedTimer m_clock;
    DriveCounts m_counts;
    std::chrono::nanoseconds m_countedAt{0};
    std::map<SlotId, DriveRate> m_rates;
};

} // namespace platter
