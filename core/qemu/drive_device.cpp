// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/drive_device.h"

#include "core/machine/hardware_address.h"
#include "core/qemu/block_graph.h"

namespace platter {

std::vector<QJsonObject> driveNodes(const Drive& drive, int generation)
{
    const SlotId slot = drive.slot;
    if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
        return {fileNode(slot, generation, *disk), formatNode(slot, generation, *disk),
            rawNode(slot, generation, *disk)};
    }
    const QString& medium = std::get<DvdDrive>(drive.what).medium;
    if (medium.isEmpty()) {
        return {};
    }
    return {mediumFileNode(slot, generation, medium), mediumNode(slot, generation)};
}

QJsonObject driveDevice(const Drive& drive, int generation)
{
    const SlotId slot = drive.slot;
    const ScsiAddress address = scsiAddress(slot);
    QJsonObject device{{QStringLiteral("id"), driveName(slot)},
        {QStringLiteral("bus"), controllerName(slot.controller) + QStringLiteral(".0")},
        {QStringLiteral("channel"), 0}, {QStringLiteral("scsi-id"), address.target},
        {QStringLiteral("lun"), address.lun}};
    if (std::holds_alternative<DiskDrive>(drive.what)) {
        device.insert(QStringLiteral("driver"), QStringLiteral("scsi-hd"));
        device.insert(QStringLiteral("drive"), driveName(slot));
        device.insert(QStringLiteral("serial"), driveSerial(slot));
        // "Not rotating": Windows then trims instead of defragmenting.
        device.insert(QStringLiteral("rotation_rate"), 1);
        // A full host stops the machine, which then goes on where it was, instead of failing the guest's writes.
        device.insert(QStringLiteral("rerror"), QStringLiteral("stop"));
        device.insert(QStringLiteral("werror"), QStringLiteral("stop"));
        return device;
    }
    device.insert(QStringLiteral("driver"), QStringLiteral("scsi-cd"));
    if (!std::get<DvdDrive>(drive.what).medium.isEmpty()) {
        device.insert(QStringLiteral("drive"), formatNodeName(slot, generation));
    }
    return device;
}

QString driveSerial(SlotId slot)
{
    return QStringLiteral("platter-%1-%2").arg(slot.controller).arg(slot.target);
}

QJsonObject controllerDevice(int controller)
{
    return {{QStringLiteral("driver"), QStringLiteral("virtio-scsi-pci")},
        {QStringLiteral("id"), controllerName(controller)},
        {QStringLiteral("bus"), QStringLiteral("scsi-port-%1").arg(controller)},
        {QStringLiteral("addr"), QStringLiteral("00.0")}};
}

} // namespace platter
