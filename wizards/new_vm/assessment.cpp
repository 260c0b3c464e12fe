// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/assessment.h"

#include "core/disk/open_disk.h"
#include "core/disk/partition_reader.h"
#include "core/live/machine_firmware.h"
#include "core/machine/suggestions.h"

#include <QFileInfo>
#include <QStorageInfo>

namespace platter {

namespace {

// A raw image has no mark of its own: this is what tells a disk from any other file.
bool holdsNothingOfADisk(const QString& file)
{
    const Result<std::unique_ptr<VirtualDisk>> disk = openDiskAs(ImageKind::Raw, file);
    if (!disk) {
        return false; // the problems say so
    }
    const Result<PartitionTable> table = readPartitionTable(**disk);
    return table && table->kind == PartitionTable::Kind::None && !table->fileSystem;
}

} // namespace

QString machineFolderOf(const NewMachine& choices, const MachineStore& store)
{
    return store.folderFor(choices.name, choices.place);
}

QString diskFileOf(const NewMachine& choices, const NewDisk& disk, const MachineStore& store)
{
    return newDiskFile(disk, machineFolderOf(choices, store));
}

Assessment assess(const NewMachine& choices, const MachineStore& store, const HostResources& host,
    const QStringList& firmwareDescriptors)
{
    Assessment result;
    result.problems = problems(choices, store, host);
    const FirmwareSettings firmware = firmwareFor(choices.osId);
    if (const Result<void> possible = checkFirmware(firmware, firmwareDescriptors);
        firmware != FirmwareSettings{} && !possible) {
        result.problems.push_back({Choice::Media, possible.error(), choices.media.value(0)});
    }
    if (result.problems.empty()) {
        result.plan = plan(choices, store);
    }
    if (!choices.name.isEmpty()) {
        result.freeName = freeName(choices.name, store, choices.place);
    }
    if (const auto* disk = std::get_if<NewDisk>(&choices.disk)) {
        result.initialSize = initialSizeOnHost(disk->format, disk->size);
        // The folder may be made only with the machine.
        QFileInfo folder(QFileInfo(diskFileOf(choices, *disk, store)).absolutePath());
        while (!folder.exists() && !folder.isRoot()) {
            folder.setFile(folder.absolutePath());
        }
        const QStorageInfo storage(folder.absoluteFilePath());
        if (storage.isValid() && storage.bytesAvailable() >= 0) {
            result.freeSpace = ByteCount(static_cast<std::uint64_t>(storage.bytesAvailable()));
            result.freeSpaceOn = storage.rootPath();
        }
    } else if (const auto* existing = std::get_if<ExistingDisk>(&choices.disk)) {
        if (const Result<ImageKind> kind = imageKindOf(existing->file)) {
            result.existingKind = *kind;
            result.existingSize = ByteCount(static_cast<std::uint64_t>(QFileInfo(existing->file).size()));
            result.existingIsBlank = *kind == ImageKind::Raw && holdsNothingOfADisk(existing->file);
        }
    }
    return result;
}

} // namespace platter
