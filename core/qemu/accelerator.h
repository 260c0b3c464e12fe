// SPDX-License-Identifier: GPL-3.0-or-later
// Which accelerator a machine gets, and why. /dev/kvm that opens proves nothing: there are hosts where KVM makes a
// VM and OVMF never runs. So the real firmware is started under KVM for some seconds, once per QEMU version and
// boot of the host; the answer is kept in the cache folder. GUI thread.
#pragma once

#include "core/error.h"

#include <QCoroTask>
#include <QString>

#include <optional>

namespace platter {

struct Firmware;

enum class Accelerator { Kvm, Tcg };

struct AcceleratorReport {
    Accelerator accelerator = Accelerator::Tcg;
    // With Tcg: whole sentences. Why KVM is not used, and what would help; both empty with Kvm.
    QString reason = {};
    QString cure = {};
};

class AcceleratorProbe {
public:
    explicit AcceleratorProbe(QString cacheFolder, QString kvmDevice = QStringLiteral("/dev/kvm"));
    ~AcceleratorProbe();

    // Several callers at once share one probe. Never fails: whatever goes wrong is a reason for Tcg.
    QCoro::Task<AcceleratorReport> probe(QString qemuProgram, QString qemuVersion, Firmware firmware);
    // KVM died under a running machine: the answer is Tcg from now on until the host boots or QEMU changes.
    void rememberFailure(const QString& qemuVersion, const QString& reason);

private:
    QString m_cacheFolder;
    QString m_kvmDevice;
};

} // namespace platter
