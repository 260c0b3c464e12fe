// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/nvram_file.h"

#include "core/boot/boot_order.h"
#include "core/boot/secure_boot.h"
#include "core/disk/qemu_img.h"
#include "core/durable_file.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <cerrno>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::NvramFile)
};

QString reading()
{
    return Texts::tr("Reading the firmware's variables");
}

QString writing()
{
    return Texts::tr("Writing the firmware's variables");
}

Result<QByteArray> contentOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(systemError(reading(), path, errno != 0 ? errno : EIO));
    }
    const QByteArray content = file.readAll();
    if (file.error() != QFileDevice::NoError || content.size() != file.size()) {
        return std::unexpected(systemError(reading(), path, EIO));
    }
    return content;
}

bool isQcow2(const QByteArray& content)
{
    return content.startsWith("QFI\xfb");
}

// The flash in the file; some distributions ship theirs as qcow2.
Result<QByteArray> flashIn(const QString& path)
{
    Result<QByteArray> content = contentOf(path);
    if (!content || !isQcow2(*content)) {
        return content;
    }
    const QTemporaryDir folder;
    const QString raw = folder.filePath(QStringLiteral("flash"));
    const Result<QByteArray> converted =
        askQemuImg({QStringLiteral("convert"), QStringLiteral("-f"), QStringLiteral("qcow2"), QStringLiteral("-O"),
                       QStringLiteral("raw"), qemuName(path), raw},
            path);
    return converted.and_then([&raw](const QByteArray&) { return contentOf(raw); });
}

// The newest ones have the last names.
void forgetOldBackups(QDir folder)
{
    QStringList names = folder.entryList({QStringLiteral("*.fd")}, QDir::Files, QDir::Name);
    while (names.size() > nvramBackups) {
        folder.remove(names.takeFirst());
    }
}

Result<QString> backUp(const StoredMachine& machine)
{
    const QString what = Texts::tr("Backing up the firmware's variables");
    const Result<QByteArray> content = contentOf(machine.nvramFile());
    if (!content) {
        return std::unexpected(content.error());
    }
    const QDir folder(machine.folder + QStringLiteral("/nvram-backups"));
    if (!folder.mkpath(QStringLiteral("."))) {
        return std::unexpected(systemError(what, folder.path(), errno != 0 ? errno : EIO));
    }
    const QString time = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
    const QString backup = folder.filePath(time + QStringLiteral(".fd"));
    if (const Result<void> written = replaceContent(what, backup, *content); !written) {
        return std::unexpected(written.error());
    }
    forgetOldBackups(folder);
    return backup;
}

Error damaged(const StoredMachine& machine, const QString& summary, const QString& detail)
{
    return {ErrorKind::Corrupt, summary,
        Texts::tr("Reset them with Reset Variables on the machine's Boot tab, or: platterctl boot reset “%1”. The "
                  "machine "
                  "gets new ones and forgets its boot entries, and this file is kept as a backup.")
            .arg(machine.name),
        detail};
}

} // namespace

Result<VariableStore> readNvram(const StoredMachine& machine, const QString& varsTemplate)
{
    const Result<QByteArray> fresh = flashIn(varsTemplate);
    if (!fresh) {
        return std::unexpected(fresh.error());
    }
    const QFileInfo file(machine.nvramFile());
    if (!file.exists()) {
        return VariableStore::parse(*fresh).transform(&freshVariables);
    }
    if (file.isDir()) {
        return std::unexpected(Error{ErrorKind::Corrupt,
            Texts::tr("%1, where the firmware's variables should be, is a folder.").arg(file.filePath()),
            Texts::tr("Move it away: the next start makes a new file.")});
    }
    const Result<QByteArray> flash = flashIn(file.filePath());
    if (!flash) {
        // What qemu-img cannot read.
        return std::unexpected(flash.error().kind == ErrorKind::Qemu
                ? damaged(machine, flash.error().summary, flash.error().detail)
                : flash.error());
    }
    if (fresh->size() != flash->size()) {
        return std::unexpected(damaged(machine,
            Texts::tr("The firmware's variables in %1 have a wrong size: the file is damaged or belongs to "
                      "another firmware.")
                .arg(file.filePath()),
            Texts::tr("%1 bytes instead of the %2 of %3").arg(flash->size()).arg(fresh->size()).arg(varsTemplate)));
    }
    return VariableStore::parse(*flash).transform_error(
        [&](const Error& error) { return damaged(machine, error.summary, file.filePath()); });
}

Result<void> writeNvram(const StoredMachine& machine, const VariableStore& variables)
{
    const Result<QByteArray> flash = variables.flash();
    if (!flash) {
        return std::unexpected(flash.error());
    }
    if (QFile::exists(machine.nvramFile())) {
        const Result<QByteArray> content = contentOf(machine.nvramFile());
        if (!content) {
            return std::unexpected(content.error());
        }
        if (!isQcow2(*content)) {
            const Result<VariableStore> old = VariableStore::parse(*content);
            if (old && old->variables() == variables.variables()) {
                return {};
            }
        }
        if (const Result<QString> backup = backUp(machine); !backup) {
            return std::unexpected(backup.error());
        }
    }
    return replaceContent(writing(), machine.nvramFile(), *flash);
}

Result<VariableStore> readNvramForStart(const StoredMachine& machine, const QString& varsTemplate)
{
    Result<VariableStore> variables = readNvram(machine, varsTemplate);
    const Result<VariableStore> fresh = flashIn(varsTemplate).and_then(&VariableStore::parse);
    if (!variables || !fresh) {
        return variables ? fresh : variables;
    }
    const Result<void> set = setSecureBoot(*variables, machine.definition.firmware.secureBoot, *fresh);
    return set ? variables : std::unexpected(set.error());
}

Result<void> provideNvram(const StoredMachine& machine, const QString& varsTemplate)
{
    Result<VariableStore> variables = readNvramForStart(machine, varsTemplate);
    if (!variables) {
        return std::unexpected(variables.error());
    }
    BootOrder::read(*variables, machine.definition).write(*variables);
    return writeNvram(machine, *variables);
}

Result<QString> resetNvram(const StoredMachine& machine, const QString& varsTemplate)
{
    const Result<VariableStore> fresh = flashIn(varsTemplate).and_then(&VariableStore::parse);
    if (!fresh) {
        return std::unexpected(fresh.error());
    }
    VariableStore variables = freshVariables(*fresh);
    const SecureBoot mode = machine.definition.firmware.secureBoot;
    if (mode != SecureBoot::OwnKeys) {
        if (const Result<void> set = setSecureBoot(variables, mode, *fresh); !set) {
            return std::unexpected(set.error());
        }
    } else if (const Result<VariableStore> old = readNvram(machine, varsTemplate)) {
        takeOwnKeys(variables, *old);
    }
    BootOrder::read(variables, machine.definition).write(variables);
    const Result<QByteArray> flash = variables.flash();
    if (!flash) {
        return std::unexpected(flash.error());
    }
    const Result<QString> backup =
        QFile::exists(machine.nvramFile()) ? backUp(machine) : Result<QString>(QString());
    if (!backup) {
        return backup;
    }
    const Result<void> written = replaceContent(writing(), machine.nvramFile(), *flash);
    return written.transform([&] { return *backup; });
}

} // namespace platter
