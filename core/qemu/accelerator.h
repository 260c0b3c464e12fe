// SPDX-License-Identifier: GPL-3.0-or-later
// Which accelerator a machine gets, and why. /dev/kvm that opens proves nothing: there are hosts where KVM makes a
// VM and OVMF never runs. So the real firmware is started under KVM for some seconds, once per QEMU version and
// boot of the host; the answer is kept in the cache folder. GUI thread.
#pragma once

#include "core/error.h"
#include "core/qemu/firmware.h"

#include <QCoroTask>
#include <QString>

#include <functional>
#include <optional>

namespace platter {

enum class Accelerator { Kvm, Tcg };

QString nameOf(Accelerator accelerator); // "kvm", "tcg": for JSON
QString displayName(Accelerator accelerator); // "KVM", "Software emulation": for people

struct AcceleratorReport {
    Accelerator accelerator = Accelerator::Tcg;
    // With Tcg: whole sentences. Why KVM is not used, and what would help; both empty with Kvm.
    QString reason = {};
    QString cure = {};

    friend bool operator==(const AcceleratorReport&, const AcceleratorReport&) = default;
};

class AcceleratorProbe {
public:
    // Why KVM's device cannot be used, if so; short and blocking. Tests bring their own.
    using DeviceCheck = std::function<std::optional<AcceleratorReport>()>;

    explicit AcceleratorProbe(QString cacheFolder);
    AcceleratorProbe(QString cacheFolder, DeviceCheck deviceCheck);

    // Looks at the device each time, so that a permission given meanwhile is noticed, and tries the firmware once;
    // several callers and programs at once share one trial. Never fails: whatever goes wrong is a reason for Tcg.
    // The probe itself may go while this waits.
    QCoro::Task<AcceleratorReport> probe(QString qemuProgram, QString qemuVersion, Firmware firmware);
    // KVM died under a running machine: the answer is Tcg from now on until the host boots or QEMU changes.
    void rememberFailure(const QString& qemuVersion, const QString& reason);

private:
    QString m_cacheFolder;
    DeviceCheck m_deviceCheck;
};

} // namespace platter
