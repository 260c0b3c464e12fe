// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/uefi_layout.h"

#include "core/disk/fdisk_table.h"
#include "core/disk/gpt_header.h"

#include <QCoreApplication>

#include <algorithm>
#include <libfdisk/libfdisk.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::UefiLayout)
};

constexpr std::uint64_t mebibyte = ByteCount::mebibytes(1).bytes();
constexpr std::uint64_t entriesSize = 16384; // of a GPT with 128 places
constexpr int mostPartitions = 128;

namespace type {
constexpr const char* efiSystem = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
constexpr const char* linuxData = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
constexpr const char* linuxSwap = "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F";
constexpr const char* linuxLvm = "E6D6D379-F507-44C2-A23C-238F2A3DF928";
constexpr const char* linuxRaid = "A19D880F-05FC-4D3B-A006-743F0F84911E";
constexpr const char* windowsData = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7";
} // namespace type

// What GPT calls what the MBR's number stands for; a GPT's own stays.
QByteArray typeOf(const Partition& partition)
{
    bool isMbr = false;
    switch (partition.type.toUInt(&isMbr, 0)) {
    case 0x82:
        return type::linuxSwap;
    case 0x8E:
        return type::linuxLvm;
    case 0xFD:
        return type::linuxRaid;
    case 0x06:
    case 0x07:
    case 0x0B:
    case 0x0C:
    case 0x0E:
        return type::windowsData;
    default:
        return isMbr ? QByteArray(type::linuxData) : partition.type.toLatin1();
    }
}

std::uint64_t roundedUp(std::uint64_t value)
{
    return (value + mebibyte - 1) / mebibyte * mebibyte;
}

// The first free MiBs that hold the EFI system partition; behind the last partition there is room without end.
DiskRange placeForEfi(const std::vector<Partition>& byOffset)
{
    std::uint64_t at = mebibyte;
    for (const Partition& partition : byOffset) {
        if (partition.range.offset >= at + efiPartitionSize.bytes()) {
            break;
        }
        at = std::max(at, roundedUp(partition.range.end()));
    }
    return {at, efiPartitionSize.bytes()};
}

Error refused(int result, const QStringList& messages)
{
    return Error{.kind = ErrorKind::Corrupt,
        .summary = Texts::tr("The partitions cannot be put into a GPT."),
        .advice = Texts::tr("Check the disk's partition table in the machine that it belongs to."),
        .detail = QStringLiteral("libfdisk: %1\n%2").arg(result).arg(messages.join(QLatin1Char('\n')))};
}

struct Release {
    void operator()(fdisk_partition* partition) const { fdisk_unref_partition(partition); }

    void operator()(fdisk_parttype* type) const { fdisk_unref_parttype(type); }
};

int add(fdisk_context* context, int number, DiskRange range, const QByteArray& type, const QString& name,
    const QString& uuid)
{
    const std::uint64_t sector = fdisk_get_sector_size(context);
    const std::unique_ptr<fdisk_partition, Release> partition(fdisk_new_partition());
    const std::unique_ptr<fdisk_parttype, Release> kind(
        fdisk_label_parse_parttype(fdisk_get_label(context, nullptr), type.constData()));
    if (!partition || !kind) {
        return -ENOMEM;
    }
    fdisk_partition_set_partno(partition.get(), std::size_t(number - 1));
    fdisk_partition_set_start(partition.get(), range.offset / sector);
    fdisk_partition_set_size(partition.get(), range.length / sector);
    fdisk_partition_size_explicit(partition.get(), 1);
    fdisk_partition_set_type(partition.get(), kind.get());
    if (!name.isEmpty()) {
        fdisk_partition_set_name(partition.get(), name.toUtf8().constData());
    }
    if (!uuid.isEmpty()) {
        fdisk_partition_set_uuid(partition.get(), uuid.toLatin1().constData());
    }
    return fdisk_add_partition(context, partition.get(), nullptr);
}

} // namespace

Result<UefiLayout> layOutForUefi(const PartitionTable& table, std::optional<ByteCount> size)
{
    const std::uint64_t sector = table.sectorSize;
    if (!table.isSound()) {
        return std::unexpected(Error{ErrorKind::WrongState,
            table.problems.empty() ? Texts::tr("The partition table is damaged.")
                                   : table.problems.front().sentence(),
            Texts::tr("Repair the partition table in the machine that the disk belongs to.")});
    }
    UefiLayout layout;
    int highest = 0;
    for (const Partition& partition : table.partitions) {
        if (partition.isContainer) {
            continue; // what it holds become partitions like others
        }
        layout.partitions.push_back(partition);
        highest = std::max(highest, partition.number);
    }
    std::ranges::sort(layout.partitions, {}, [](const Partition& one) { return one.range.offset; });
    const std::uint64_t head = 2 * sector + entriesSize;
    if (!layout.partitions.empty() && layout.partitions.front().range.offset < head) {
        return std::unexpected(Error{ErrorKind::WrongState,
            Texts::tr("Partition %1 begins where a GPT would have to be.").arg(layout.partitions.front().number),
            Texts::tr("Move the partition up in the machine that the disk belongs to.")});
    }
    if (highest >= mostPartitions) {
        return std::unexpected(
            Error{ErrorKind::WrongState, Texts::tr("A GPT has no place for partition %1.").arg(highest + 1),
                Texts::tr("Remove partitions in the machine that the disk belongs to.")});
    }
    layout.efiPartition = placeForEfi(layout.partitions);
    layout.efiPartitionNumber = highest + 1;
    const std::uint64_t lastEnd = layout.partitions.empty() ? 0 : layout.partitions.back().range.end();
    // The backup's entries and header, in a whole MiB.
    const std::uint64_t needed = roundedUp(std::max(lastEnd, layout.efiPartition.end())) + mebibyte;
    if (size && (size->bytes() < needed || size->bytes() < table.diskSize || size->bytes() % mebibyte != 0)) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("A disk of %1 is too small, or no whole number of MiB.").arg(size->toString()),
            Texts::tr("Choose at least %1.")
                .arg(ByteCount(std::max(needed, roundedUp(table.diskSize))).toString())});
    }
    layout.diskSize = size ? size->bytes() : std::max(table.diskSize, needed);
    return layout;
}

Result<std::vector<DiskRange>> writeUefiTable(
    const UefiLayout& layout, SparseCopy& copy, std::uint32_t logicalSectorSize, std::uint32_t physicalSectorSize)
{
    const std::uint64_t sector = logicalSectorSize;
    Result<FdiskTable> fdisk =
        FdiskTable::makeGpt(copy, logicalSectorSize, physicalSectorSize, 2 + entriesSize / sector);
    if (!fdisk) {
        return std::unexpected(fdisk.error());
    }
    fdisk_context* const context = fdisk->context();
    int result = 0;
    for (const Partition& partition : layout.partitions) {
        // A GPT's partitions keep their ids, by which systems find them; an MBR's have none of this kind.
        const bool hasGuid = partition.uuid.size() == 36;
        result = result != 0 ? result
                             : add(context, partition.number, partition.range, typeOf(partition), partition.name,
                                   hasGuid ? partition.uuid : QString());
    }
    if (result == 0) {
        result = add(context, layout.efiPartitionNumber, layout.efiPartition, type::efiSystem,
            QStringLiteral("EFI system partition"), {});
    }
    if (result != 0) {
        return std::unexpected(refused(result, fdisk->messages()));
    }
    if (const Result<void> written = fdisk->write(); !written) {
        return std::unexpected(written.error());
    }
    const std::uint64_t backup = sector + entriesSize;
    return std::vector<DiskRange>{
        {0, 2 * sector + entriesSize}, {layout.diskSize / sector * sector - backup, backup}};
}

} // namespace platter
