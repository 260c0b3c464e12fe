// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/system_evidence.h"

#include "core/qemu/guest_agent.h"

#include <algorithm>

namespace platter {

namespace {

// More than a boot loader writes (GRUB a sector, Windows some KiB), and than firmware reads to find one.
constexpr ByteCount enoughRead = ByteCount::mebibytes(32);
constexpr ByteCount enoughWritten = ByteCount::mebibytes(1);
// A firmware that looks whether a medium can be booted reads less; the smallest system on one is larger.
constexpr ByteCount looksAtMedia = ByteCount::mebibytes(4);
// Short: where none answers, others wait for their turn.
constexpr std::chrono::milliseconds agentDeadline{1000};

std::uint64_t grown(std::uint64_t begin, std::uint64_t end)
{
    return end > begin ? end - begin : 0;
}

} // namespace

bool showsRunningSystem(const DiskTraffic& traffic)
{
    return traffic.read >= enoughRead && traffic.written >= enoughWritten && traffic.fromMedia <= looksAtMedia;
}

DiskTraffic trafficBetween(
    const DriveCounts& begin, const DriveCounts& end, const Definition& definition, SlotId slot)
{
    const auto at = [](const DriveCounts& counts, SlotId where) {
        const auto found = counts.find(where);
        return found != counts.end() ? found->second : DriveCounters();
    };
    const auto readFrom = [&](SlotId where) { return grown(at(begin, where).readBytes, at(end, where).readBytes); };
    std::uint64_t fromMedia = 0;
    for (const Drive& drive : definition.drives) {
        fromMedia += std::holds_alternative<DvdDrive>(drive.what) ? readFrom(drive.slot) : 0;
    }
    return {ByteCount(readFrom(slot)), ByteCount(grown(at(begin, slot).writtenBytes, at(end, slot).writtenBytes)),
        ByteCount(fromMedia)};
}

SystemEvidence::SystemEvidence(MachineMonitor* monitor, const RuntimeFolder& runtime)
    : m_monitor(monitor)
    , m_runtime(runtime)
{
}

void SystemEvidence::begin()
{
    forget();
    m_beginning = true;
    QCoro::connect(countersOf(m_monitor), this, [this, run = m_run](const Result<DriveCounts>& counters) {
        if (run == m_run) {
            m_beginning = false;
            m_begin = counters ? std::optional(*counters) : std::nullopt;
        }
    });
}

void SystemEvidence::forget()
{
    ++m_run;
    m_beginning = false;
    m_begin.reset();
}

QCoro::Task<bool> SystemEvidence::hasRunFrom(Definition definition, SlotId slot)
{
    const QPointer<SystemEvidence> self(this);
    const RuntimeFolder runtime = m_runtime;
    const Result<DriveCounts> now = co_await countersOf(m_monitor);
    if (!self || !now) {
        co_return false;
    }
    if (m_begin && showsRunningSystem(trafficBetween(*m_begin, *now, definition, slot))) {
        co_return true;
    }
    if (!showsRunningSystem(trafficBetween({}, *now, definition, slot))) {
        co_return false;
    }
    const auto agent = std::make_unique<GuestAgent>(runtime);
    const Result<void> answers = co_await agent->open(agentDeadline);
    co_return answers.has_value();
}

} // namespace platter
