// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/kvm_device.h"

#include "core/unique_fd.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <linux/kvm.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::KvmDevice)
};

AcceleratorReport refusal(const QString& reason, const QString& cure)
{
    return {Accelerator::Tcg, reason, cure};
}

AcceleratorReport missing(const QString& device)
{
    QFile cpus(QStringLiteral("/proc/cpuinfo"));
    const QByteArray text = cpus.open(QIODevice::ReadOnly) ? cpus.readAll() : QByteArray();
    const bool isIntel = text.contains(" vmx");
    if (isIntel || text.contains(" svm")) {
        return refusal(Texts::tr("The processor can run virtual machines, but %1 is missing.").arg(device),
            Texts::tr(
                "Load the kernel's module as root with “modprobe %1”. If that is refused, enable virtualisation "
                "in the computer's firmware setup.")
                .arg(isIntel ? QStringLiteral("kvm_intel") : QStringLiteral("kvm_amd")));
    }
    return refusal(Texts::tr("The processor offers no virtualisation; %1 is missing.").arg(device),
        Texts::tr("Enable virtualisation (Intel VT-x, AMD-V or SVM) in the computer's firmware setup. In a virtual "
                  "machine, enable nested virtualisation on its host."));
}

// Whether the user is a member of the group by the system's list, whatever this session knows.
bool isListedInGroup(gid_t group)
{
    const passwd* user = ::getpwuid(::geteuid());
    const struct group* entry = ::getgrgid(group);
    for (char** member = entry ? entry->gr_mem : nullptr; user && member && *member; ++member) {
        if (std::strcmp(*member, user->pw_name) == 0) {
            return true;
        }
    }
    return false;
}

AcceleratorReport denied(const QString& device)
{
    const QFileInfo file(device);
    const QString reason = Texts::tr("You have no permission to use %1.").arg(device);
    if (isListedInGroup(gid_t(file.groupId()))) {
        return refusal(reason,
            Texts::tr("Log out and in again: you became a member of the group %1 meanwhile.").arg(file.group()));
    }
    const bool groupMayUseIt = file.permission(QFile::ReadGroup | QFile::WriteGroup) && file.groupId() != 0;
    if (!groupMayUseIt) {
        return refusal(reason,
            Texts::tr("Only root may use it: as root, let a group use it (“chgrp kvm %1 && chmod 660 %1”) and add "
                      "yourself to that group (“usermod -aG kvm NAME”), then log out and in again.")
                .arg(device));
    }
    return refusal(reason,
        Texts::tr("Add yourself to the group %1 (“sudo usermod -aG %1 $USER”), then log out and in again.")
            .arg(file.group()));
}

} // namespace

std::optional<AcceleratorReport> refusalOfKvmDevice(const QString& device)
{
    const UniqueFd kvm(::open(QFile::encodeName(device).constData(), O_RDWR | O_CLOEXEC));
    if (!kvm) {
        if (errno == EACCES || errno == EPERM) {
            return denied(device);
        }
        if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
            return missing(device);
        }
        return refusal(
            Texts::tr("%1 cannot be opened: %2.").arg(device, QString::fromLocal8Bit(std::strerror(errno))),
            Texts::tr("Look at the kernel's log (“journalctl -k | grep kvm”)."));
    }
    if (::ioctl(kvm.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION) {
        return refusal(Texts::tr("%1 is not the kernel's virtualisation device.").arg(device),
            Texts::tr("Look at the kernel's log (“journalctl -k | grep kvm”)."));
    }
    if (const UniqueFd machine(::ioctl(kvm.get(), KVM_CREATE_VM, 0)); !machine) {
        if (errno == EBUSY) {
            return refusal(Texts::tr("Another program keeps the processor's virtualisation to itself."),
                Texts::tr("Close it (VirtualBox and VMware do that), then start again."));
        }
        return refusal(
            Texts::tr("The kernel makes no virtual machine: %1.").arg(QString::fromLocal8Bit(std::strerror(errno))),
            Texts::tr("Look at the kernel's log (“journalctl -k | grep kvm”)."));
    }
    return std::nullopt;
}

} // namespace platter
