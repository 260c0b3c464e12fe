// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/suggestions.h"

#include <QFileInfo>

#include <algorithm>

namespace platter {

namespace {

constexpr int longestName = 60;

QString nameAfter(const InstallMedium& medium)
{
    if (medium.isSampleGuest) {
        return QStringLiteral("sample-guest");
    }
    // "win11" and "debian13" say more than a label; a file's name mostly more than "CDROM".
    QString name = medium.osId.isEmpty() ? QFileInfo(medium.file).completeBaseName() : medium.osId;
    while (name.startsWith(QLatin1Char('.'))) {
        name.remove(0, 1);
    }
    return name.left(longestName).simplified();
}

// The largest of the steps 512 MiB, 1 GiB, 1.5 GiB, 2 GiB … that is not above WANTED.
ByteCount wholeStep(ByteCount wanted)
{
    constexpr std::uint64_t step = ByteCount::mebibytes(512).bytes();
    return ByteCount(std::max<std::uint64_t>(wanted.bytes() / step, 1) * step);
}

} // namespace

Suggestion suggestionFor(const std::optional<InstallMedium>& medium, const HostResources& host)
{
    Suggestion suggestion{QStringLiteral("machine"), ByteCount::gibibytes(2), 2, ByteCount::gibibytes(40)};
    if (medium) {
        if (const QString name = nameAfter(*medium); !name.isEmpty() && nameViolations(name).empty()) {
            suggestion.name = name;
        }
        const Recommendation& wants = medium->recommended;
        if (medium->isSampleGuest) {
            suggestion.memory = wants.memory;
            suggestion.cpus = wants.cpus;
            suggestion.disk = wants.disk;
        } else {
            // What a system asks for is the least it is pleasant with; a disk takes no space that is not used.
            suggestion.memory = std::max(suggestion.memory, wants.memory);
            suggestion.cpus = std::max(suggestion.cpus, wants.cpus);
            suggestion.disk = std::max(suggestion.disk, wants.disk);
        }
    }
    // The host keeps half of its memory for itself.
    suggestion.memory = std::min(suggestion.memory, wholeStep(ByteCount(host.memory.bytes() / 2)));
    suggestion.cpus = std::clamp(suggestion.cpus, 1, std::max(1, host.cpus));
    return suggestion;
}

FirmwareSettings firmwareFor(const QString& osId)
{
    // "win11"; Windows 95 and 98 have numbers, too.
    bool isNumber = false;
    const int version = osId.startsWith(QLatin1String("win")) ? osId.sliced(3).toInt(&isNumber) : 0;
    const bool isStrict = isNumber && version >= 11 && version < 95;
    return isStrict ? FirmwareSettings{.secureBoot = SecureBoot::Microsoft, .hasTpm = true} : FirmwareSettings{};
}

QString freeName(const QString& name, const MachineStore& store, const std::optional<QString>& place)
{
    QString candidate = name;
    for (int number = 2; store.checkNameIsFree(candidate, place).error_or(Error{}).kind == ErrorKind::AlreadyExists;
        ++number) {
        candidate = QStringLiteral("%1-%2").arg(name).arg(number);
    }
    return candidate;
}

} // namespace platter
