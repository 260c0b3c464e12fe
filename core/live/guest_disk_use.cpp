// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_disk_use.h"

#include "core/boot/boot_target.h"
#include "core/boot/load_option.h"
#include "core/live/guest_script.h"
#include "core/qemu/drive_device.h"
#include "core/shell_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestDiskUse)
};

// $all becomes the disk, its partitions, what is made of them, and the other members of what several disks make.
constexpr auto linuxScript = R"sh(
[ -n "$name" ] || exit 0
echo "disk $name"
all=$name
collect() {
    for entry in /sys/class/block/$1/$1* /sys/class/block/$1/holders/*; do
        base=${entry##*/}
        case " $all " in *" $base "*) continue ;; esac
        case $entry in
        */holders/\*) continue ;;
        */holders/*) echo "stack $base" ;;
        *) [ -r "$entry/partition" ] || continue ;;
        esac
        all="$all $base"
        collect "$base"
    done
    for member in /sys/fs/btrfs/*/devices/$1; do
        [ -e "$member" ] || continue
        for other in ${member%/*}/*; do all="$all ${other##*/}"; done
    done
}
collect "$name"
known=
for base in $all; do known="$known $(cat /sys/class/block/$base/dev 2>/dev/null)=$base /dev/$base=$base"; done
of() { # the device of $all that $1, a number or a file, is
    of=
    case "$known " in *" $1="*) of=${known#*" $1="} of=${of%% *} ;; esac
    [ -n "$of" ]
}
targets=
for base in $all; do
    targets="$targets/dev/$base
"
done
while read -r _ _ number _ where rest; do
    source=${rest#* - }
    source=${source#* }
    source=${source%% *}
    of "$number" || of "$source" || { case $source in /dev/*) of "$(readlink -f "$source")" ;; *) false ;; esac; } ||
        continue
    echo "mounted $of $where"
    [ "$where" = / ] || targets="$targets$where
"
done </proc/self/mountinfo
while read -r file _; do
    of "$(readlink -f "$file")" && echo "swap $of"
done </proc/swaps
for variable in /sys/firmware/efi/efivars/BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c; do
    [ -r "$variable" ] || continue
    set -- $(od -An -v -tx1 -j4 -N2 "$variable" | tr a-f A-F)
    entry=/sys/firmware/efi/efivars/Boot$2$1-8be4df61-93ca-11d2-aa0d-00e098032b8c
    [ -r "$entry" ] && echo "boot $(od -An -v -tx1 -j4 "$entry" | tr -d ' \n')"
done
export targets
ls -ld /proc/[0-9]*/fd/* /proc/[0-9]*/cwd /proc/[0-9]*/exe 2>/dev/null | awk '
    BEGIN { count = split(ENVIRON["targets"], target, "\n") }
    {
        at = index($0, " -> ")
        if (!at) next
        file = substr($0, at + 4)
        for (i = 1; i <= count; i++)
            if (target[i] != "" && (file == target[i] || index(file, target[i] "/") == 1)) {
                split(substr($0, index($0, "/proc/")), part, "/")
                print part[3]
                next
            }
    }' | sort -u | while read -r process; do
    [ "$process" = $$ ] || echo "program $(cat "/proc/$process/comm" 2>/dev/null) ($process)"
done
exit 0
)sh";

constexpr auto windowsScript = R"ps(
$ErrorActionPreference = 'Stop'
$disk = Get-Disk | Where-Object { $_.SerialNumber -and $_.SerialNumber.Trim() -eq '%1' } | Select-Object -First 1
if (-not $disk) { exit 0 }
"disk $($disk.Number)"
if ($disk.IsBoot -or $disk.IsSystem) { "system yes" }
if (-not $disk.IsOffline) {
    Get-Partition -DiskNumber $disk.Number -ErrorAction SilentlyContinue | Where-Object { $_.DriveLetter } |
        ForEach-Object { "mounted $($_.PartitionNumber) $($_.DriveLetter):" }
}
Get-CimInstance Win32_PageFileUsage | ForEach-Object { "page $($_.Name.Substring(0, 2))" }
)ps";

// What a Linux system needs to go on.
bool isSystemFolder(const QString& where)
{
    static constexpr std::array folders{QLatin1StringView("/"), QLatin1StringView("/usr"),
        QLatin1StringView("/var"), QLatin1StringView("/etc"), QLatin1StringView("/boot"),
        QLatin1StringView("/efi")};
    return std::ranges::contains(folders, where) || where.startsWith(QLatin1String("/boot/"))
        || where.startsWith(QLatin1String("/run/live/")) || where.startsWith(QLatin1String("/lib/live/mount/"));
}

// Whether the load option ENTRY leads to the disk in SLOT, whose partitions have PARTITION_IDS.
bool isBootedFrom(const QByteArray& entry, SlotId slot, const QStringList& partitionIds)
{
    const std::optional<LoadOption> option = LoadOption::parse(entry);
    if (!option) {
        return false;
    }
    const BootTarget target = bootTarget(option->path);
    const auto* file = std::get_if<FileTarget>(&target);
    return target == BootTarget(slot)
        || (file != nullptr
            && (file->slot == slot
                || (file->partition && !file->partition->guid.isNull()
                    && partitionIds.contains(file->partition->partitionId(), Qt::CaseInsensitive))));
}

QString pathsIn(const std::vector<GuestDiskUse::Mount>& mounts)
{
    QStringList paths;
    for (const GuestDiskUse::Mount& mount : mounts) {
        paths << mount.where;
    }
    return paths.join(QStringLiteral(", "));
}

} // namespace

QString diskUseScript(GuestSystem system, SlotId slot)
{
    switch (system) {
    case GuestSystem::Linux:
        return findDiskScript(driveSerial(slot)) + QString::fromLatin1(linuxScript);
    case GuestSystem::Windows:
        return QString::fromLatin1(windowsScript).arg(driveSerial(slot));
    }
    Q_UNREACHABLE_RETURN({});
}

Result<GuestDiskUse> readDiskUse(GuestSystem system, const QByteArray& said)
{
    GuestDiskUse use{.system = system};
    QByteArrayList pageFiles;
    for (const QByteArray& line : said.split('\n')) {
        const qsizetype blank = line.indexOf(' ');
        const QByteArray key = line.left(blank);
        const QByteArray value = blank < 0 ? QByteArray() : line.mid(blank + 1).trimmed();
        if (value.isEmpty()) {
            continue;
        }
        if (key == "disk") {
            use.disk = QString::fromUtf8(value);
        } else if (key == "mounted") {
            const qsizetype behind = value.indexOf(' ');
            use.mounts.push_back(
                {QString::fromUtf8(value.left(behind)), unescapedMountPoint(value.mid(behind + 1))});
        } else if (key == "swap") {
            use.swaps << QString::fromUtf8(value);
        } else if (key == "stack") {
            use.stacks << QString::fromUtf8(value);
        } else if (key == "program") {
            use.programs << QString::fromUtf8(value);
        } else if (key == "boot") {
            use.bootEntry = QByteArray::fromHex(value);
        } else if (key == "system") {
            use.isSystem = value == "yes";
        } else if (key == "page") {
            pageFiles << value;
        }
    }
    if (use.disk.isEmpty()) {
        return std::unexpected(Error{ErrorKind::NotFound, Texts::tr("The guest does not show this disk."),
            Texts::tr("It may not have started yet, or lacks the driver for virtio-scsi disks."), {}});
    }
    for (const GuestDiskUse::Mount& mount : use.mounts) {
        if (pageFiles.contains(mount.where.toUtf8())) {
            use.swaps << mount.where;
        }
    }
    return use;
}

QString whySystemDisk(const GuestDiskUse& use, SlotId slot, const QStringList& partitionIds)
{
    if (use.isSystem) {
        return Texts::tr("Windows runs from it");
    }
    for (const GuestDiskUse::Mount& mount : use.mounts) {
        if (use.system == GuestSystem::Windows ? mount.where == QLatin1String("C:") : isSystemFolder(mount.where)) {
            return Texts::tr("the guest has it mounted on %1").arg(mount.where);
        }
    }
    if (!use.swaps.isEmpty()) {
        return Texts::tr("the guest swaps to it (%1)").arg(use.swaps.first());
    }
    if (isBootedFrom(use.bootEntry, slot, partitionIds)) {
        return Texts::tr("the machine has booted from it");
    }
    return {};
}

QString whyBusy(const GuestDiskUse& use)
{
    if (!use.stacks.isEmpty()) {
        return Texts::tr("%1 is made of it (LVM, RAID or encryption)").arg(use.stacks.join(QStringLiteral(", ")));
    }
    if (use.programs.isEmpty()) {
        return {};
    }
    const QString programs = use.programs.join(QStringLiteral(", "));
    return use.mounts.empty() ? Texts::tr("programs have it open: %1").arg(programs)
                              : Texts::tr("programs use files on it (%1): %2").arg(pathsIn(use.mounts), programs);
}

QString releaseScript(const GuestDiskUse& use)
{
    if (use.system == GuestSystem::Windows) {
        return QStringLiteral("$ErrorActionPreference = 'Stop'\nSet-Disk -Number %1 -IsOffline $true\n")
            .arg(use.disk);
    }
    // What is mounted below goes first.
    std::vector<GuestDiskUse::Mount> mounts = use.mounts;
    std::ranges::sort(mounts, std::greater(), [](const GuestDiskUse::Mount& mount) { return mount.where.size(); });
    QString script;
    for (const GuestDiskUse::Mount& mount : mounts) {
        const QString where = shellQuoted(mount.where);
        script += QStringLiteral("umount %1 || { echo busy %1; exit 0; }\n").arg(where);
    }
    // The kernel lets a disk that is deleted write out its cache, which it cannot once the disk is gone.
    return script
        + QStringLiteral("sync\nblockdev --flushbufs /dev/%1\necho 1 >/sys/block/%1/device/delete\n").arg(use.disk);
}

} // namespace platter
