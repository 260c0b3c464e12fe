// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_space.h"

#include "core/live/machine_monitor.h"
#include "core/qemu/drive_device.h"
#include "core/qemu/guest_agent.h"

#include <QJsonArray>
#include <QRegularExpression>

#include <algorithm>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto lookEvery = 5s;
constexpr std::uint64_t largestCluster = 2 << 20; // of NTFS

// "0QEMU_QEMU_HARDDISK_platter-0-2" is what Linux makes of it.
std::optional<SlotId> slotOfSerial(const QString& serial)
{
    static const QRegularExpression number(QStringLiteral("(?:^|_)platter-(\\d)-(\\d{1,2})$"));
    const QRegularExpressionMatch match = number.match(serial.trimmed());
    const SlotId slot{match.captured(1).toInt(), match.captured(2).toInt()};
    return match.hasMatch() && slot.isValid() && driveSerial(slot) == match.captured().section(QLatin1Char('_'), -1)
        ? std::optional(slot)
        : std::nullopt;
}

// "sda2": 2; "sda", "dm-0" and Windows' names: nothing to tell.
int partitionOf(const QString& name)
{
    static const QRegularExpression disk(QStringLiteral("^sd[a-z]+(\\d*)$"));
    return disk.match(name).captured(1).toInt();
}

bool isStack(const QString& name)
{
    return name.startsWith(QLatin1String("dm-")) || name.startsWith(QLatin1String("md"));
}

QCoro::Task<Result<GuestSpaces>> askAgent(QPointer<MachineMonitor> monitor)
{
    const RuntimeFolder runtime = monitor->runtime();
    // Without an agent the question would hold its socket for as long as the deadline is.
    const Result<QJsonValue> ports = co_await monitor->execute(QStringLiteral("query-chardev"));
    if (!ports) {
        co_return std::unexpected(ports.error());
    }
    const QJsonArray list = ports->toArray();
    const bool listens = std::ranges::any_of(list, [](const QJsonValue& port) {
        return port[QLatin1String("label")].toString() == QLatin1String("agent")
            && port[QLatin1String("frontend-open")].toBool();
    });
    if (!listens) {
        co_return std::unexpected(Error{ErrorKind::NotFound, {}});
    }
    GuestAgent agent(runtime);
    if (const Result<void> opened = co_await agent.open(); !opened) {
        co_return std::unexpected(opened.error());
    }
    const Result<QJsonValue> answer = co_await agent.execute(QStringLiteral("guest-get-fsinfo"));
    if (!answer) {
        co_return std::unexpected(answer.error());
    }
    co_return readGuestSpaces(*answer);
}

} // namespace

GuestSpaces readGuestSpaces(const QJsonValue& answer)
{
    GuestSpaces spaces;
    const QJsonArray systems = answer.toArray();
    for (const QJsonValue& system : systems) {
        const QJsonArray disks = system[QLatin1String("disk")].toArray();
        const QString name = system[QLatin1String("name")].toString();
        const QJsonValue used = system[QLatin1String("used-bytes")];
        if (disks.size() != 1 || !used.isDouble() || isStack(name)) {
            continue;
        }
        const std::optional<SlotId> slot = slotOfSerial(disks.first()[QLatin1String("serial")].toString());
        // What is kept for root counts, as in df's first column; QEMU 9.0 has it.
        const QJsonValue whole = system[QLatin1String("total-bytes-privileged")];
        const qint64 size = whole.isDouble() ? whole.toInteger() : system[QLatin1String("total-bytes")].toInteger();
        const FileSystemSpace space{static_cast<std::uint64_t>(std::max<qint64>(size, 0)),
            static_cast<std::uint64_t>(std::max<qint64>(used.toInteger(), 0))};
        if (!slot || space.size == 0 || space.used > space.size) {
            continue;
        }
        const GuestSpace found{*slot, partitionOf(name), space};
        if (!std::ranges::contains(spaces, found)) { // mounted twice
            spaces.push_back(found);
        }
    }
    return spaces;
}

std::optional<FileSystemSpace> spaceIn(const GuestSpaces& spaces, SlotId slot, int number, std::uint64_t length)
{
    const auto isIt = [&](const GuestSpace& found) {
        return found.slot == slot
            && (found.partition != 0
                    ? found.partition == number
                    : length >= found.space.size && (number == 0 || length - found.space.size < largestCluster));
    };
    const auto found = std::ranges::find_if(spaces, isIt);
    return found == spaces.end() ? std::nullopt : std::optional(found->space);
}

GuestSpaceWatch::GuestSpaceWatch(QObject* parent)
    : QObject(parent)
{
    m_tick.setInterval(lookEvery);
    connect(&m_tick, &QTimer::timeout, this, &GuestSpaceWatch::look);
}

void GuestSpaceWatch::setSession(MachineSession* session)
{
    if (m_session != session) {
        m_session = session;
        m_asked.clear();
        ++m_question;
        forget();
        if (m_tick.isActive()) {
            look();
        }
    }
}

void GuestSpaceWatch::start()
{
    m_tick.start();
    look();
}

void GuestSpaceWatch::stop()
{
    m_tick.stop();
}

void GuestSpaceWatch::look()
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
    QCoro::connect(askAgent(monitor), this, [this, question = ++m_question](const Result<GuestSpaces>& found) {
        if (m_question == question) { // otherwise another machine is looked at by now
            m_asked.clear();
            take(found);
        }
    });
}

void GuestSpaceWatch::take(const Result<GuestSpaces>& found)
{
    if (!found) {
        forget();
    } else if (m_spaces != *found) {
        m_spaces = *found;
        Q_EMIT changed();
    }
}

void GuestSpaceWatch::forget()
{
    if (m_spaces) {
        m_spaces.reset();
        Q_EMIT changed();
    }
}

} // namespace platter
