// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/launch_plan.h"

#include "core/qemu/qemu_program.h"
#include "core/qemu/tpm_emulator.h"

#include <QCoreApplication>

namespace platter {

QCoro::Task<Result<LaunchPlan>> planLaunch(
    StoredMachine machine, Places places, AcceleratorProbe* probe, AcceleratorChoice choice)
{
    Result<Firmware> firmware = findFirmware(places.firmwareDescriptors, machine.definition.firmware.secureBoot);
    if (!firmware) {
        co_return std::unexpected(std::move(firmware).error());
    }
    Result<QemuProgram> qemu = co_await findQemu(places.cache);
    if (!qemu) {
        co_return std::unexpected(std::move(qemu).error());
    }
    const Result<QString> tpm = machine.definition.firmware.hasTpm ? findTpmEmulator() : Result<QString>(QString());
    if (!tpm) {
        co_return std::unexpected(tpm.error());
    }
    AcceleratorReport report;
    if (choice == AcceleratorChoice::SoftwareEmulation) {
        report.reason =
            QCoreApplication::translate("platter::LaunchPlan", "It was started without KVM on request.");
        report.cure = QCoreApplication::translate("platter::LaunchPlan", "Start it the usual way to use KVM.");
    } else if (machine.definition.accelerator == AcceleratorChoice::SoftwareEmulation) {
        report.reason = QCoreApplication::translate("platter::LaunchPlan", "Its definition says never to use KVM.");
        report.cure = QCoreApplication::translate(
            "platter::LaunchPlan", "Set the accelerator to automatic in its definition to use KVM.");
    } else {
        report = co_await probe->probe(qemu->path, qemu->version, *firmware);
    }
    LaunchPlan plan{.settings = {.program = qemu->path,
                        .accelerator = report.accelerator,
                        .firmware = *firmware,
                        .runtime = RuntimeFolder::of(places.runtime, machine.definition.id),
                        .tpmProgram = *tpm},
        .record = {}};
    plan.record.commandLine = commandLine(machine, plan.settings);
    plan.record.machine = std::move(machine);
    plan.record.accelerator = std::move(report);
    plan.record.qemuVersion = qemu->version;
    co_return plan;
}

} // namespace platter
