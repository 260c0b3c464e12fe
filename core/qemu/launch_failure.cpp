// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/launch_failure.h"

#include "core/disk/image_lock.h"
#include "core/qemu/block_graph.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>

#include <cerrno>

namespace platter {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::LaunchFailure", text);
}

QString captured(const QString& words, const char* pattern)
{
    return QRegularExpression(QString::fromLatin1(pattern)).match(words).captured(1);
}

bool says(const QString& words, const char* text)
{
    return words.contains(QLatin1StringView(text), Qt::CaseInsensitive);
}

// The file that the words are about: named by its path, or by its node's name.
struct Subject {
    QString file;
    bool isMedium = false;
    bool isNvram = false;
};

std::optional<Subject> subjectOf(const StoredMachine& machine, const QString& words)
{
    QString path = captured(words, "using the image \\[(.+)\\]\\?");
    if (path.isEmpty()) {
        path = captured(words, "Could not open '(.+?)': [A-Z]");
    }
    const QString node = captured(words, "(drive-[0-9]+-[0-9]+)");
    const std::optional<SlotId> slot = slotOfName(node);
    for (const Drive& drive : machine.definition.drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        const QString file = disk ? disk->file : std::get<DvdDrive>(drive.what).medium;
        if (!file.isEmpty() && (path.isEmpty() ? slot == drive.slot : path == file)) {
            return Subject{.file = file, .isMedium = !disk};
        }
    }
    if (path == machine.nvramFile() || (path.isEmpty() && says(words, "nvram"))) {
        return Subject{.file = machine.nvramFile(), .isNvram = true};
    }
    if (!path.isEmpty()) {
        return Subject{.file = path};
    }
    return std::nullopt;
}

QString opening(const Subject& subject)
{
    if (subject.isNvram) {
        return tr(QT_TR_NOOP("Opening the firmware's variables"));
    }
    return subject.isMedium ? tr(QT_TR_NOOP("Opening the medium in the DVD drive"))
                            : tr(QT_TR_NOOP("Opening the disk image"));
}

std::optional<Error> imageInUse(const Subject& subject, const QString& words)
{
    if (!says(words, "is another process using the image") && !says(words, "Failed to get ")) {
        return std::nullopt;
    }
    const Result<void> use =
        checkImageNotInUse(subject.file, subject.isMedium ? ImageUse::ReadOnly : ImageUse::ReadWrite);
    if (!use && use.error().kind == ErrorKind::InUse) {
        return use.error();
    }
    // Whoever it was has gone meanwhile, or belongs to another user.
    return Error{ErrorKind::InUse, tr(QT_TR_NOOP("%1 is in use by another program.")).arg(subject.file),
        tr(QT_TR_NOOP("Stop the machine or the program that uses it, then start again."))};
}

std::optional<Error> imageNotOpened(const Subject& subject, const QString& words)
{
    if (says(words, "No such file or directory")) {
        Error error = systemError(opening(subject), subject.file, ENOENT);
        if (subject.isMedium) {
            error.advice = tr(QT_TR_NOOP("Put it back, or eject it from the drive, then start again."));
        } else {
            error.advice = tr(QT_TR_NOOP("Put it back where it was, or remove its drive, then start again."));
        }
        return error;
    }
    if (says(words, "Permission denied") || says(words, "Operation not permitted")) {
        return systemError(opening(subject), subject.file, EACCES);
    }
    if (says(words, "Read-only file system")) {
        return systemError(opening(subject), subject.file, EROFS);
    }
    if (says(words, "Is a directory")) {
        return Error{ErrorKind::InvalidInput, tr(QT_TR_NOOP("%1 is a folder, not an image.")).arg(subject.file),
            tr(QT_TR_NOOP("Choose an image file for the drive."))};
    }
    if (subject.isNvram) {
        return Error{ErrorKind::Corrupt,
            tr(QT_TR_NOOP("The firmware's variables in %1 are damaged or belong to another firmware."))
                .arg(subject.file),
            tr(QT_TR_NOOP("Move that file away: the next start makes a new one, and the machine forgets its boot "
                          "entries."))};
    }
    const bool notItsFormat = says(words, "is not in") || says(words, "not in vhdx format")
        || says(words, "Invalid argument") || says(words, "corrupt") || says(words, "signature")
        || says(words, "Could not refresh total sector count");
    if (notItsFormat) {
        return Error{ErrorKind::Corrupt,
            tr(QT_TR_NOOP("%1 is damaged or is not an image of the format that the machine expects."))
                .arg(subject.file),
            tr(QT_TR_NOOP("Check the image, or restore it from a backup."))};
    }
    return std::nullopt;
}

std::optional<Error> hostRefused(const QString& words)
{
    const QString port = captured(words, "host forwarding rule '(?:tcp|udp):127\\.0\\.0\\.1:([0-9]+)-");
    if (!port.isEmpty()) {
        return Error{ErrorKind::InUse,
            tr(QT_TR_NOOP("Port %1 of this computer, which leads to the machine, is in use by another program."))
                .arg(port),
            tr(QT_TR_NOOP("Stop that program or forward another port, then start again."))};
    }
    if (says(words, "cannot set up guest memory") || says(words, "Cannot allocate memory")) {
        return Error{ErrorKind::NoSpace,
            tr(QT_TR_NOOP("This computer has not enough free memory for the machine.")),
            tr(QT_TR_NOOP("Give the machine less memory, or close other machines and programs."))};
    }
    if (says(words, "Could not access KVM kernel module") || says(words, "failed to initialize kvm")) {
        return Error{says(words, "Permission denied") ? ErrorKind::PermissionDenied : ErrorKind::Unsupported,
            says(words, "Permission denied")
                ? tr(QT_TR_NOOP("You have no permission to use this computer's virtualisation (/dev/kvm)."))
                : tr(QT_TR_NOOP("This computer's virtualisation (/dev/kvm) cannot be used.")),
            tr(QT_TR_NOOP(
                "Start the machine with software emulation, or become a member of the group kvm and log in "
                "again."))};
    }
    if (says(words, "failed to set MSR") || says(words, "kvm_") || says(words, "KVM internal error")) {
        return Error{ErrorKind::Unsupported,
            tr(QT_TR_NOOP("This computer's virtualisation (KVM) failed while the machine started.")),
            tr(QT_TR_NOOP("Start the machine with software emulation."))};
    }
    if (says(words, "seccomp")) {
        return Error{ErrorKind::Unsupported,
            tr(QT_TR_NOOP("QEMU could not shut itself in: this computer's kernel has no seccomp filters.")),
            tr(QT_TR_NOOP("Start a kernel with CONFIG_SECCOMP_FILTER."))};
    }
    return std::nullopt;
}

std::optional<Error> placeRefused(const StoredMachine& machine, const QString& words)
{
    if (says(words, "system firmware block device") || says(words, "combined size of system firmware")) {
        return Error{ErrorKind::Corrupt,
            tr(QT_TR_NOOP("The firmware's variables in %1 have a wrong size: the file is damaged or belongs to "
                          "another firmware."))
                .arg(machine.nvramFile()),
            tr(QT_TR_NOOP("Move that file away: the next start makes a new one, and the machine forgets its boot "
                          "entries."))};
    }
    const QString socket = captured(words, "Failed to bind socket to (.+?): [A-Z]");
    const QString file = captured(words, "Could not create '(.+?)': [A-Z]");
    const QString path = socket.isEmpty() ? file : socket;
    if (path.isEmpty()) {
        return std::nullopt;
    }
    const int cause = says(words, "No space left") ? ENOSPC
        : says(words, "Permission denied")         ? EACCES
        : says(words, "Read-only file system")     ? EROFS
        : says(words, "No such file")              ? ENOENT
                                                   : EIO;
    return systemError(tr(QT_TR_NOOP("Starting QEMU")), path, cause);
}

} // namespace

Error launchFailure(const StoredMachine& machine, const QString& words)
{
    // What QEMU only remarks on is not why it gave up.
    QStringList complaints;
    for (const QString& line : words.split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        if (!says(line, ": warning: ")) {
            complaints.append(line);
        }
    }
    const QString complaint = complaints.join(QLatin1Char('\n'));
    std::optional<Error> error = hostRefused(complaint);
    if (!error) {
        error = placeRefused(machine, complaint);
    }
    if (const std::optional<Subject> subject = subjectOf(machine, complaint); !error && subject) {
        error = imageInUse(*subject, complaint);
        if (!error) {
            error = imageNotOpened(*subject, complaint);
        }
    }
    if (!error && says(complaint, "No space left on device")) {
        error = systemError(tr(QT_TR_NOOP("Starting QEMU")), machine.folder, ENOSPC);
    }
    if (!error) {
        error = Error{ErrorKind::Qemu,
            complaint.isEmpty()
                ? tr(QT_TR_NOOP("QEMU ended while it started %1, without a word.")).arg(machine.name)
                : tr(QT_TR_NOOP("QEMU could not start %1: %2"))
                      .arg(
                          machine.name, captured(complaint, "(?:^|\\n)(?:[0-9T:.Z-]+ )?(?:qemu[^:]*: )?([^\\n]*)")),
            tr(QT_TR_NOOP("The log of QEMU, qemu.log in the machine's log folder, may tell more."))};
    }
    error->detail = words.trimmed();
    return *error;
}

} // namespace platter
