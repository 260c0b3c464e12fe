// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/guest_volume.h"

#include "core/live/guest_script.h"
#include "core/qemu/drive_device.h"
#include "core/shell_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::GuestVolume)
};

constexpr auto linuxScript = R"sh(
[ -n "$name" ] || exit 0
echo "disk /dev/$name"
echo "diskSize $(($(cat "/sys/block/$name/size") * 512))"
device=$name
end=0
for entry in /sys/block/$name/$name*; do
    [ -r "$entry/partition" ] || continue
    behind=$(($(cat "$entry/start") + $(cat "$entry/size")))
    if [ "$behind" -gt "$end" ]; then
        end=$behind
        device=${entry##*/}
    fi
done
if [ "$device" != "$name" ]; then
    echo "partition $(cat "/sys/class/block/$device/partition")"
    echo "end $((end * 512))"
    table=$(blkid -p -o value -s PTTYPE "/dev/$name")
    case $table in dos | gpt) echo "table $table" ;; esac
fi
echo "device /dev/$device"
echo "size $(($(cat "/sys/class/block/$device/size") * 512))"
type=$(blkid -p -o value -s TYPE "/dev/$device")
case $type in *[!A-Za-z0-9_]*) ;; *) echo "type $type" ;; esac # busybox's prints a line of another kind
number=$(cat "/sys/class/block/$device/dev")
while read -r _ _ itsNumber _ where rest; do
    # A file system of several disks has a number of its own, and names the device.
    case "$itsNumber ${rest#* - } " in
    "$number "* | *" /dev/$device "*)
        echo "mountPoint $where"
        kind=${rest#* - }
        echo "type ${kind%% *}" # the kernel knows it, whatever blkid this is
        df -kP "$(printf %s "$where" | sed 's/\\040/ /g')" | while read -r _ blocks _; do
            case $blocks in *[!0-9]*) ;; *) echo "size $((blocks * 1024))" ;; esac
        done
        break
        ;;
    esac
done </proc/self/mountinfo
for tool in %1; do
    command -v "$tool" >/dev/null && echo "tool $tool"
done
exit 0
)sh";

constexpr auto windowsScript = R"ps(
$ErrorActionPreference = 'Stop'
Update-HostStorageCache
$disk = Get-Disk | Where-Object { $_.SerialNumber -and $_.SerialNumber.Trim() -eq '%1' } | Select-Object -First 1
if (-not $disk) { exit 0 }
"disk $($disk.Number)"
"diskSize $($disk.Size)"
$last = Get-Partition -DiskNumber $disk.Number -ErrorAction SilentlyContinue | Sort-Object Offset | Select-Object -Last 1
if ($last) {
    "partition $($last.PartitionNumber)"
    "end $($last.Offset + $last.Size)"
    "partitionType $($last.Type)"
    "device Partition $($last.PartitionNumber)"
    "size $($last.Size)"
    $volume = $last | Get-Volume -ErrorAction SilentlyContinue
    if ($volume) { "type $($volume.FileSystemType)" }
    if ($last.DriveLetter) { "mountPoint $($last.DriveLetter):" }
}
)ps";

std::unexpected<Error> cannot(const QString& why, const QString& advice)
{
    return std::unexpected(Error{ErrorKind::Unsupported, why, advice, {}});
}

std::unexpected<Error> lacks(const QString& tool, const QString& package)
{
    return cannot(Texts::tr("The guest has no %1, which it takes to grow there.").arg(tool),
        Texts::tr("Install the package %1 in the guest.").arg(package));
}

// Less than this behind a partition is no space to grow into: a GPT's backup, and what alignment leaves.
constexpr ByteCount leastGain = ByteCount::mebibytes(2);

Result<QStringList> partitionCommands(const GuestVolume& volume, ByteCount diskSize)
{
    if (!volume.partition || volume.end.bytes() + leastGain.bytes() > diskSize.bytes()) {
        return QStringList();
    }
    if (volume.isLogical) {
        return cannot(Texts::tr("%1 lies inside of an extended partition, which would have to grow first.")
                          .arg(volume.device),
            Texts::tr("Grow both in the guest, with a partitioning program."));
    }
    if (volume.tools.contains(QLatin1String("growpart"))) {
        return QStringList{QStringLiteral("growpart %1 %2").arg(volume.disk).arg(*volume.partition)};
    }
    if (!volume.tools.contains(QLatin1String("sfdisk")) || !volume.tools.contains(QLatin1String("partx"))) {
        return lacks(QStringLiteral("sfdisk"), QStringLiteral("fdisk"));
    }
    return QStringList{QStringLiteral("echo ,+ | sfdisk --no-reread --no-tell-kernel --force -N %2 %1")
                           .arg(volume.disk)
                           .arg(*volume.partition),
        QStringLiteral("partx --update --nr %2 %1").arg(volume.disk).arg(*volume.partition)};
}

// What to type where there is more to decide than Platter can know.
QString byHand(const GuestVolume& volume, const QString& commands)
{
    return volume.partition
        ? QStringLiteral("growpart %1 %2; %3").arg(volume.disk).arg(*volume.partition).arg(commands)
        : commands;
}

Result<QString> fileSystemCommand(const GuestVolume& volume)
{
    struct Way {
        QLatin1String type;
        QString tool;
        QString package;
        QString command;
    };

    const QString where = shellQuoted(volume.mountPoint);
    const QString resize2fs = QStringLiteral("resize2fs");
    const std::array ways{
        Way{QLatin1String("ext2"), resize2fs, QStringLiteral("e2fsprogs"), resize2fs + u' ' + volume.device},
        Way{QLatin1String("ext3"), resize2fs, QStringLiteral("e2fsprogs"), resize2fs + u' ' + volume.device},
        Way{QLatin1String("ext4"), resize2fs, QStringLiteral("e2fsprogs"), resize2fs + u' ' + volume.device},
        Way{QLatin1String("xfs"), QStringLiteral("xfs_growfs"), QStringLiteral("xfsprogs"),
            QStringLiteral("xfs_growfs %1").arg(where)},
        // A file system may have several disks; which of them has grown, btrfs tells by a number of its own.
        Way{QLatin1String("btrfs"), QStringLiteral("btrfs"), QStringLiteral("btrfs-progs"),
            QStringLiteral("btrfs filesystem resize $(btrfs filesystem show %1 | "
                           "sed -n 's|.*devid *\\([0-9]*\\) .*path %2$|\\1|p'):max %1")
                .arg(where, volume.device)},
    };
    const auto way = std::ranges::find(ways, volume.type, &Way::type);
    if (way == ways.end()) {
        if (volume.type == QLatin1String("swap")) {
            return cannot(
                Texts::tr("The last partition, %1, is swap space, which is not worth growing.").arg(volume.device),
                Texts::tr("Delete or move it in the guest first, or make a new partition in the new space."));
        }
        if (volume.type == QLatin1String("LVM2_member")) {
            return cannot(
                Texts::tr("%1 belongs to a volume group of LVM, and which of its volumes is to grow is for you to "
                          "say.")
                    .arg(volume.device),
                Texts::tr("In the guest: %1")
                    .arg(byHand(volume,
                        QStringLiteral("pvresize %1; lvextend -r -l +100%FREE /dev/…").arg(volume.device))));
        }
        if (volume.type == QLatin1String("crypto_LUKS")) {
            return cannot(Texts::tr("%1 is encrypted, and what is inside must be unlocked by its password to grow.")
                              .arg(volume.device),
                Texts::tr("In the guest: %1")
                    .arg(byHand(volume, QStringLiteral("cryptsetup resize …; resize2fs /dev/mapper/…"))));
        }
        return volume.type.isEmpty()
            ? cannot(Texts::tr("There is no file system on %1 that the guest knows.").arg(volume.device),
                  Texts::tr("Make use of the new space in the guest."))
            : cannot(Texts::tr("Platter does not know how to grow %1 in a guest.").arg(volume.type),
                  Texts::tr("Grow it in the guest, by its own tools."));
    }
    if (volume.mountPoint.isEmpty()) {
        return cannot(Texts::tr("The file system on %1 is not mounted.").arg(volume.device),
            Texts::tr("Mount it in the guest, or grow it there by hand."));
    }
    if (!volume.tools.contains(way->tool)) {
        return lacks(way->tool, way->package);
    }
    return way->command;
}

Result<QStringList> windowsCommands(const GuestVolume& volume)
{
    if (!volume.partition) {
        return cannot(Texts::tr("The disk has no partition that could grow."),
            Texts::tr("Make use of the new space in Windows, by Disk Management."));
    }
    if (volume.partitionType == QLatin1String("Recovery")) {
        return cannot(Texts::tr("The last partition is Windows' recovery partition; the new space lies behind it."),
            Texts::tr(
                "Move or delete that one in Windows first (reagentc /disable, then Disk Management), or make a "
                "new volume in the new space."));
    }
    if (volume.type != QLatin1String("NTFS") && volume.type != QLatin1String("ReFS")) {
        return cannot(Texts::tr("The last partition holds no file system that Windows can grow."),
            Texts::tr("Make use of the new space in Windows, by Disk Management."));
    }
    const QString which =
        QStringLiteral("-DiskNumber %1 -PartitionNumber %2").arg(volume.disk).arg(*volume.partition);
    return QStringList{
        QStringLiteral("Resize-Partition %1 -Size (Get-PartitionSupportedSize %1).SizeMax").arg(which)};
}

} // namespace

QString GuestVolume::name() const
{
    const QString kind = type.isEmpty() ? partitionType : type;
    if (kind.isEmpty()) {
        return device;
    }
    if (system == GuestSystem::Windows) {
        return Texts::tr("%1 (%2)", "drive, file system").arg(mountPoint.isEmpty() ? device : mountPoint, kind);
    }
    return mountPoint.isEmpty() ? Texts::tr("%1 (%2)", "device, file system").arg(device, kind)
                                : Texts::tr("%1 (%2, mounted on %3)").arg(device, kind, mountPoint);
}

QString lookScript(GuestSystem system, SlotId slot)
{
    switch (system) {
    case GuestSystem::Linux:
        return findDiskScript(driveSerial(slot))
            + QString::fromLatin1(linuxScript).arg(growthTools.join(QLatin1Char(' ')));
    case GuestSystem::Windows:
        return QString::fromLatin1(windowsScript).arg(driveSerial(slot));
    }
    Q_UNREACHABLE_RETURN({});
}

Result<GuestVolume> readVolume(GuestSystem system, const QByteArray& said)
{
    GuestVolume volume{.system = system};
    bool isDos = false;
    for (const QByteArray& line : said.split('\n')) {
        const qsizetype blank = line.indexOf(' ');
        const QByteArray key = line.left(blank);
        const QByteArray value = blank < 0 ? QByteArray() : line.mid(blank + 1).trimmed();
        if (value.isEmpty()) {
            continue;
        }
        if (key == "disk") {
            volume.disk = QString::fromUtf8(value);
        } else if (key == "diskSize") {
            volume.diskSize = ByteCount(value.toULongLong());
        } else if (key == "partition") {
            volume.partition = value.toInt();
        } else if (key == "table") {
            isDos = value == "dos";
        } else if (key == "device") {
            volume.device = QString::fromUtf8(value);
        } else if (key == "end") {
            volume.end = ByteCount(value.toULongLong());
        } else if (key == "type") {
            volume.type = QString::fromUtf8(value);
        } else if (key == "partitionType") {
            volume.partitionType = QString::fromUtf8(value);
        } else if (key == "mountPoint") {
            volume.mountPoint = unescapedMountPoint(value);
        } else if (key == "size") {
            volume.size = ByteCount(value.toULongLong()); // df's comes after the partition's
        } else if (key == "tool") {
            volume.tools << QString::fromUtf8(value);
        }
    }
    if (volume.disk.isEmpty()) {
        return std::unexpected(Error{ErrorKind::NotFound, Texts::tr("The guest does not show this disk."),
            Texts::tr("It may not have started yet, or lacks the driver for virtio-scsi disks."), {}});
    }
    volume.isLogical = isDos && volume.partition.value_or(0) > 4;
    return volume;
}

Result<QStringList> growthCommands(const GuestVolume& volume, ByteCount diskSize)
{
    if (volume.system == GuestSystem::Windows) {
        return windowsCommands(volume);
    }
    const Result<QString> fileSystem = fileSystemCommand(volume);
    if (!fileSystem) {
        return std::unexpected(fileSystem.error());
    }
    return partitionCommands(volume, diskSize).transform([&](QStringList commands) {
        return commands << *fileSystem;
    });
}

} // namespace platter
