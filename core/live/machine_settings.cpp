// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_settings.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::MachineSettings)
};

QString displayName(VideoAdapter video)
{
    return video == VideoAdapter::StandardVga ? Texts::tr("standard VGA") : Texts::tr("virtio-vga");
}

bool areSameButForCable(NetworkAdapter a, const NetworkAdapter& b)
{
    a.isConnected = b.isConnected;
    return a == b;
}

void compareAdapters(QStringList& sentences, const Definition& running, const Definition& defined)
{
    const std::size_t most = std::max(running.adapters.size(), defined.adapters.size());
    for (std::size_t i = 0; i < most; ++i) {
        if (i >= defined.adapters.size()) {
            sentences << Texts::tr("Network adapter %1 is there until the machine is shut down.").arg(i);
        } else if (i >= running.adapters.size()) {
            sentences << Texts::tr("Network adapter %1 is there from the next start on.").arg(i);
        } else if (!areSameButForCable(running.adapters[i], defined.adapters[i])) {
            sentences << Texts::tr("Network adapter %1 is set up anew at the next start.").arg(i);
        }
    }
}

} // namespace

bool haveSameSettings(const Definition& a, const Definition& b)
{
    Definition other = b;
    other.drives = a.drives;
    return other == a;
}

std::vector<Violation> newViolations(const Definition& before, const Definition& after, const HostResources& host)
{
    const std::vector<Violation> old = violations(before, host);
    std::vector<Violation> list = violations(after, host);
    std::erase_if(list,
        [&](const Violation& violation) { return std::ranges::contains(old, violation.error, &Violation::error); });
    return list;
}

QStringList waitingSettings(const Definition& running, const Definition& defined)
{
    QStringList sentences;
    if (running.memory != defined.memory) {
        sentences << Texts::tr("Memory: %1 now, %2 from the next start on.")
                         .arg(running.memory.toString(), defined.memory.toString());
    }
    if (running.cpus != defined.cpus) {
        sentences
            << Texts::tr("Processors: %1 now, %2 from the next start on.").arg(running.cpus).arg(defined.cpus);
    }
    if (running.video != defined.video) {
        sentences << Texts::tr("Display: %1 now, %2 from the next start on.")
                         .arg(displayName(running.video), displayName(defined.video));
    }
    if (running.firmware != defined.firmware) {
        sentences << Texts::tr("The firmware is set up anew at the next start.");
    }
    compareAdapters(sentences, running, defined);
    if (running.hasGuestAgent != defined.hasGuestAgent) {
        sentences << (defined.hasGuestAgent
                ? Texts::tr("The guest agent's channel is there from the next start on.")
                : Texts::tr("The guest agent's channel is there until the machine is "
                            "shut down."));
    }
    if (running.debugging.hasSerialPort != defined.debugging.hasSerialPort) {
        sentences << (defined.debugging.hasSerialPort
                ? Texts::tr("The second serial port is there from the next start on.")
                : Texts::tr("The second serial port is there until the machine is shut down."));
    }
    if (running.debugging.hasGdbStub != defined.debugging.hasGdbStub) {
        sentences << (defined.debugging.hasGdbStub ? Texts::tr("gdb can connect from the next start on.")
                                                   : Texts::tr("gdb can connect until the machine is shut down."));
    }
    return sentences;
}

void removeAdapter(Definition& definition, AdapterId adapter)
{
    definition.adapters.erase(definition.adapters.begin() + adapter.index);
    std::erase(definition.bootOrder, BootDevice(adapter));
    for (BootDevice& device : definition.bootOrder) {
        if (auto* other = std::get_if<AdapterId>(&device); other != nullptr && other->index > adapter.index) {
            --other->index;
        }
    }
}

} // namespace platter
