// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/launch_failure.h"

#include "core/disk/image_lock.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/network_node.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QRegularExpression>

#include <cerrno>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::LaunchFailure)
};

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
    QString file; // or device, or location
    bool isMedium = false;
    bool isNvram = false;
    bool isOnNetwork = false;
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
        const QString file = drive.where();
        if (!file.isEmpty() && (path.isEmpty() ? slot == drive.slot : path == file)) {
            return Subject{.file = file, .isMedium = disk == nullptr, .isOnNetwork = drive.isOnNetwork()};
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
        return Texts::tr("Opening the firmware's variables");
    }
    return subject.isMedium ? Texts::tr("Opening the medium in the DVD drive")
                            : Texts::tr("Opening the disk image");
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
    return Error{ErrorKind::InUse, Texts::tr("%1 is in use by another program.").arg(subject.file),
        Texts::tr("Stop the machine or the program that uses it, then start again.")};
}

// As core/boot has it for what it finds itself.
QString resetAdvice(const StoredMachine& machine)
{
    return Texts::tr(
        "Reset them with Reset Variables on the machine's Boot tab, or: platterctl boot reset “%1”. The "
        "machine gets new ones and forgets its boot entries, and this file is kept as a backup.")
        .arg(machine.name);
}

std::optional<Error> imageNotOpened(const StoredMachine& machine, const Subject& subject, const QString& words)
{
    if (says(words, "No such file or directory")) {
        Error error = systemError(opening(subject), subject.file, ENOENT);
        if (subject.isMedium) {
            error.advice = Texts::tr("Put it back, or eject it from the drive, then start again.");
        } else {
            error.advice = Texts::tr("Put it back where it was, or remove its drive, then start again.");
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
        return Error{ErrorKind::InvalidInput, Texts::tr("%1 is a folder, not an image.").arg(subject.file),
            Texts::tr("Choose an image file for the drive.")};
    }
    if (subject.isNvram) {
        return Error{ErrorKind::Corrupt,
            Texts::tr("The firmware's variables in %1 are damaged or belong to another firmware.")
                .arg(subject.file),
            resetAdvice(machine)};
    }
    const bool notItsFormat = says(words, "is not in") || says(words, "not in vhdx format")
        || says(words, "Invalid argument") || says(words, "corrupt") || says(words, "signature")
        || says(words, "Could not refresh total sector count");
    if (notItsFormat) {
        return Error{ErrorKind::Corrupt,
            Texts::tr("%1 is damaged or is not an image of the format that the machine expects.").arg(subject.file),
            Texts::tr("Check the image, or restore it from a backup.")};
    }
    return std::nullopt;
}

std::optional<Error> hostRefused(const QString& words)
{
    const QString port = captured(words, "host forwarding rule '(?:tcp|udp):127\\.0\\.0\\.1:([0-9]+)-");
    if (!port.isEmpty()) {
        return Error{ErrorKind::InUse,
            Texts::tr("Port %1 of this computer, which leads to the machine, is in use by another program.")
                .arg(port),
            Texts::tr("Stop that program or forward another port, then start again.")};
    }
    if (says(words, "cannot set up guest memory") || says(words, "Cannot allocate memory")) {
        return Error{ErrorKind::NoSpace, Texts::tr("This computer has not enough free memory for the machine."),
            Texts::tr("Give the machine less memory, or close other machines and programs.")};
    }
    if (says(words, "Could not access KVM kernel module") || says(words, "failed to initialize kvm")) {
        return Error{says(words, "Permission denied") ? ErrorKind::PermissionDenied : ErrorKind::Unsupported,
            says(words, "Permission denied")
                ? Texts::tr("You have no permission to use this computer's virtualisation (/dev/kvm).")
                : Texts::tr("This computer's virtualisation (/dev/kvm) cannot be used."),
            Texts::tr("Start the machine with software emulation, or become a member of the group kvm and log in "
                      "again.")};
    }
    if (says(words, "failed to set MSR") || says(words, "kvm_") || says(words, "KVM internal error")) {
        return Error{ErrorKind::Unsupported,
            Texts::tr("This computer's virtualisation (KVM) failed while the machine started."),
            Texts::tr("Start the machine with software emulation.")};
    }
    if (says(words, "seccomp")) {
        return Error{ErrorKind::Unsupported,
            Texts::tr("QEMU could not shut itself in: this computer's kernel has no seccomp filters."),
            Texts::tr("Start a kernel with CONFIG_SECCOMP_FILTER.")};
    }
    return std::nullopt;
}

std::optional<Error> tpmRefused(const StoredMachine& machine, const QString& words)
{
    if (!says(words, "tpm-emulator") && !says(words, "tpmdev") && !says(words, "socket,id=tpm,")) {
        return std::nullopt;
    }
    // What swtpm says of the state that it is to begin with.
    if (!says(words, "CMD_INIT")) {
        return Error{ErrorKind::Unsupported,
            Texts::tr("QEMU and the machine's TPM emulator, swtpm, do not get on with each other."),
            Texts::tr("What QEMU says is in the details, what swtpm says in %1. Install updates of both, or switch "
                      "the TPM off in the machine's settings.")
                .arg(machine.tpmLog())};
    }
    return Error{ErrorKind::Corrupt,
        Texts::tr("The machine's TPM does not start: what it keeps in %1 is damaged, or another program uses it.")
            .arg(machine.tpmFolder()),
        Texts::tr(
            "End other programs called swtpm. If that does not help, move the folder away: the machine gets a new "
            "TPM, and its system asks for recovery keys of what the old one has sealed.")};
}

std::optional<Error> placeRefused(const StoredMachine& machine, const QString& words)
{
    if (says(words, "system firmware block device") || says(words, "combined size of system firmware")) {
        return Error{ErrorKind::Corrupt,
            Texts::tr("The firmware's variables in %1 have a wrong size: the file is damaged or belongs to "
                      "another firmware.")
                .arg(machine.nvramFile()),
            resetAdvice(machine)};
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
    return systemError(Texts::tr("Starting QEMU"), path, cause);
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
        error = tpmRefused(machine, complaint);
    }
    if (!error) {
        error = placeRefused(machine, complaint);
    }
    const std::optional<Subject> subject = subjectOf(machine, complaint);
    if (!error && subject && subject->isOnNetwork) {
        error = serverRefused(subject->file, captured(complaint, "\\}: ([^\n]*)"));
    } else if (!error && subject) {
        error = imageInUse(*subject, complaint);
        if (!error) {
            error = imageNotOpened(machine, *subject, complaint);
        }
    }
    if (!error && says(complaint, "No space left on device")) {
        error = systemError(Texts::tr("Starting QEMU"), machine.folder, ENOSPC);
    }
    if (!error) {
        error = Error{ErrorKind::Qemu,
            complaint.isEmpty()
                ? Texts::tr("QEMU ended while it started %1, without a word.").arg(machine.name)
                : Texts::tr("QEMU could not start %1: %2")
                      .arg(
                          machine.name, captured(complaint, "(?:^|\\n)(?:[0-9T:.Z-]+ )?(?:qemu[^:]*: )?([^\\n]*)")),
            Texts::tr("The log of QEMU, qemu.log in the machine's log folder, may tell more.")};
    }
    error->detail = words.trimmed();
    return *error;
}

} // namespace platter
