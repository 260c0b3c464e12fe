// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/firmware.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMap>
#include <QRegularExpression>

#include <expected>

namespace platter {

namespace {

// What a descriptor offers, or the reason why it is not for these machines.
struct Candidate {
    Firmware firmware;
    bool secureBoot = false;
};

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Firmware)
};

QStringList strings(const QJsonValue& value)
{
    QStringList list;
    const QJsonArray items = value.toArray();
    for (const auto& item : items) {
        list.append(item.toString());
    }
    return list;
}

bool isForQ35(const QJsonArray& targets)
{
    for (const auto& target : targets) {
        if (target[QStringLiteral("architecture")].toString() != QStringLiteral("x86_64")) {
            continue;
        }
        for (const QString& machine : strings(target[QStringLiteral("machines")])) {
            // A glob of versioned machine types, "pc-q35-*"; any version of q35 may be what QEMU's "q35" stands
            // for.
            const QString prefix = machine.left(machine.indexOf(QRegularExpression(QStringLiteral("[*?[]"))));
            if (machine == QStringLiteral("q35")
                || (machine.contains(QLatin1Char('*')) && QStringLiteral("pc-q35-").startsWith(prefix))) {
                return true;
            }
        }
    }
    return false;
}

using Reason = QString;

std::expected<Candidate, Reason> read(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(Texts::tr("cannot be read: %1").arg(file.errorString()));
    }
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &parseError);
    if (!document.isObject()) {
        return std::unexpected(Texts::tr("is not a descriptor: %1").arg(parseError.errorString()));
    }
    const QJsonObject root = document.object();
    if (!strings(root[QStringLiteral("interface-types")]).contains(QStringLiteral("uefi"))) {
        return std::unexpected(Texts::tr("is not UEFI"));
    }
    if (!isForQ35(root[QStringLiteral("targets")].toArray())) {
        return std::unexpected(Texts::tr("is not for x86_64 on q35"));
    }
    const QJsonObject mapping = root[QStringLiteral("mapping")].toObject();
    const QString mode = mapping[QStringLiteral("mode")].toString(QStringLiteral("split"));
    if (mapping[QStringLiteral("device")].toString() != QStringLiteral("flash")
        || mode != QStringLiteral("split")) {
        return std::unexpected(Texts::tr("does not keep its variables in a flash image of their own"));
    }
    const QJsonObject code = mapping[QStringLiteral("executable")].toObject();
    const QJsonObject vars = mapping[QStringLiteral("nvram-template")].toObject();
    const QStringList features = strings(root[QStringLiteral("features")]);
    Candidate candidate;
    candidate.secureBoot = features.contains(QStringLiteral("secure-boot"));
    candidate.firmware = {.code = code[QStringLiteral("filename")].toString(),
        .codeFormat = code[QStringLiteral("format")].toString(QStringLiteral("raw")),
        .varsTemplate = vars[QStringLiteral("filename")].toString(),
        .varsFormat = vars[QStringLiteral("format")].toString(QStringLiteral("raw")),
        .needsSmm = features.contains(QStringLiteral("requires-smm")),
        .enrolledKeys = features.contains(QStringLiteral("enrolled-keys")),
        .descriptor = path};
    for (const QString& format : {candidate.firmware.codeFormat, candidate.firmware.varsFormat}) {
        if (format != QStringLiteral("raw") && format != QStringLiteral("qcow2")) {
            return std::unexpected(Texts::tr("has an image in a format that is not known: %1").arg(format));
        }
    }
    for (const QString& image : {candidate.firmware.code, candidate.firmware.varsTemplate}) {
        if (image.isEmpty()) {
            return std::unexpected(Texts::tr("names no image"));
        }
        if (!QFileInfo(image).isFile()) {
            return std::unexpected(Texts::tr("names %1, which does not exist").arg(image));
        }
        if (!QFileInfo(image).isReadable()) {
            return std::unexpected(Texts::tr("names %1, which cannot be read").arg(image));
        }
    }
    return candidate;
}

// The descriptors that count, in the order of their file names.
QMap<QString, QString> descriptors(const QStringList& folders)
{
    QMap<QString, QString> byName;
    for (const QString& folder : folders) {
        for (const QFileInfo& file :
            QDir(folder).entryInfoList({QStringLiteral("*.json")}, QDir::Files | QDir::Hidden | QDir::System)) {
            if (!byName.contains(file.fileName())) {
                byName.insert(file.fileName(), file.filePath());
            }
        }
    }
    // An empty file masks.
    byName.removeIf([](const std::pair<const QString&, QString&>& entry) {
        return QFileInfo(entry.second).exists() && QFileInfo(entry.second).size() == 0;
    });
    return byName;
}

} // namespace

Result<Firmware> findFirmware(const QStringList& folders, SecureBoot secureBoot)
{
    QStringList rejected;
    std::optional<Firmware> secondChoice;
    for (const QString& path : descriptors(folders)) {
        const std::expected<Candidate, Reason> candidate = read(path);
        if (!candidate) {
            rejected.append(path + QLatin1Char(' ') + candidate.error());
        } else if (secureBoot == SecureBoot::OwnKeys) {
            if (candidate->secureBoot && !candidate->firmware.enrolledKeys) {
                return candidate->firmware;
            }
            if (candidate->secureBoot) {
                secondChoice = secondChoice.value_or(candidate->firmware);
            }
            rejected.append(Texts::tr("%1 has no Secure Boot").arg(path));
        } else if (secureBoot != SecureBoot::Off) {
            if (candidate->secureBoot && candidate->firmware.enrolledKeys) {
                return candidate->firmware;
            }
            rejected.append(Texts::tr("%1 has no Secure Boot with enrolled keys").arg(path));
        } else if (candidate->firmware.enrolledKeys) {
            rejected.append(Texts::tr("%1 enforces Secure Boot").arg(path));
        } else if (candidate->secureBoot || candidate->firmware.needsSmm) {
            // Without keys it enforces nothing, but system management mode costs time.
            secondChoice = secondChoice.value_or(candidate->firmware);
        } else {
            return candidate->firmware;
        }
    }
    if (secondChoice) {
        return *secondChoice;
    }
    return std::unexpected(Error{ErrorKind::MissingFirmware,
        secureBoot != SecureBoot::Off
            ? Texts::tr("No UEFI firmware with Secure Boot was found for QEMU in %1.")
                  .arg(folders.join(QStringLiteral(", ")))
            : Texts::tr("No UEFI firmware was found for QEMU in %1.").arg(folders.join(QStringLiteral(", "))),
        Texts::tr("Install the package that brings it: ovmf on Debian and Ubuntu, edk2-ovmf on Fedora and Arch, "
                  "qemu-ovmf-x86_64 on openSUSE."),
        rejected.join(QLatin1Char('\n'))});
}

} // namespace platter
