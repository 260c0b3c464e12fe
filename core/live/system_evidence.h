// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a guest's system has run from a disk, which shows in what QEMU counts: firmware and boot loader read, and
// write next to nothing; a system that runs reads far more and keeps writing. One that runs from a DVD reads that,
// and proves nothing. QEMU counts on when the guest is reset, so that a guest which never comes up looks after some
// resets like one that runs: what counts is what went by since the last one. Of that a program knows that listens;
// one that looks only once must have the word of the guest's agent besides, which answers when the system is up.
// Thread with an event loop; owned by RunningMachine.
#pragma once

#include "core/live/drive_counters.h"

#include <optional>

namespace platter {

// What went between a disk and its guest in some time.
struct DiskTraffic {
    ByteCount read;
    ByteCount written;
    ByteCount fromMedia; // read from all DVD drives
};

bool showsRunningSystem(const DiskTraffic& traffic);

// What went by in SLOT from BEGIN to END.
DiskTraffic trafficBetween(
    const DriveCounts& begin, const DriveCounts& end, const Definition& definition, SlotId slot);

class SystemEvidence : public QObject {
    Q_OBJECT

public:
    // MONITOR must outlive it.
    SystemEvidence(MachineMonitor* monitor, const RuntimeFolder& runtime);

    bool isCounting() const { return m_begin || m_beginning; }

    // The guest begins anew, or is listened to from now on.
    void begin();
    // A reset may be missed from now on.
    void forget();

    QCoro::Task<bool> hasRunFrom(Definition definition, SlotId slot);

private:
    QPointer<MachineMonitor> m_monitor;
    RuntimeFolder m_runtime;
    std::optional<DriveCounts> m_begin; // nothing: there may have been resets since
    bool m_beginning = false; // m_begin is being asked for
    int m_run = 0; // an answer about an earlier one comes too late
};

} // namespace platter
