// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/block_graph.h"

#include "core/qemu/network_node.h"

#include <QRegularExpression>

namespace platter {

namespace {

QRegularExpressionMatch parsed(const QString& name)
{
    static const QRegularExpression pattern(
        QStringLiteral("\\Adrive-([0-9]{1,2})-([0-9]{1,2})(?:-(?:fmt|file)-([0-9]{1,9}))?\\z"));
    return pattern.match(name);
}

struct ToOptions {
    QJsonObject operator()(const QString& file) const
    {
        return {{QStringLiteral("driver"), QStringLiteral("file")}, {QStringLiteral("filename"), file}};
    }

    QJsonObject operator()(const NetworkLocation& location) const { return networkNode(location); }

    // A driver of its own, which knows the device's size and its discard.
    QJsonObject operator()(const HostDevice& device) const
    {
        return {
            {QStringLiteral("driver"), QStringLiteral("host_device")}, {QStringLiteral("filename"), device.path}};
    }
};

QJsonObject ofDisk(QJsonObject node, const DiskDrive& disk)
{
    node.insert(QStringLiteral("discard"), disk.discards ? QStringLiteral("unmap") : QStringLiteral("ignore"));
    if (disk.isReadOnly) {
        node.insert(QStringLiteral("read-only"), true);
    }
    return node;
}

} // namespace

QString controllerName(int controller)
{
    return QStringLiteral("scsi%1").arg(controller);
}

QString adapterName(AdapterId adapter)
{
    return QStringLiteral("net%1").arg(adapter.index);
}

QString driveName(SlotId slot)
{
    return QStringLiteral("drive-%1-%2").arg(slot.controller).arg(slot.target);
}

QString formatNodeName(SlotId slot, int generation)
{
    return QStringLiteral("%1-fmt-%2").arg(driveName(slot)).arg(generation);
}

QString fileNodeName(SlotId slot, int generation)
{
    return QStringLiteral("%1-file-%2").arg(driveName(slot)).arg(generation);
}

QString holdNodeName(SlotId slot)
{
    return driveName(slot) + QStringLiteral("-hold");
}

std::optional<SlotId> slotOfName(const QString& name)
{
    const QRegularExpressionMatch match = parsed(name);
    const SlotId slot{match.captured(1).toInt(), match.captured(2).toInt()};
    if (!match.hasMatch() || !slot.isValid()) {
        return std::nullopt;
    }
    return slot;
}

std::optional<int> generationOfName(const QString& name)
{
    const QRegularExpressionMatch match = parsed(name);
    if (!match.hasMatch() || !slotOfName(name) || !match.hasCaptured(3)) {
        return std::nullopt;
    }
    return match.captured(3).toInt();
}

QJsonObject fileNode(SlotId slot, int generation, const DiskDrive& disk)
{
    QJsonObject node = std::visit(ToOptions(), disk.source);
    node.insert(QStringLiteral("node-name"), fileNodeName(slot, generation));
    return ofDisk(node, disk);
}

QJsonObject formatNode(SlotId slot, int generation, const DiskDrive& disk)
{
    return ofDisk({{QStringLiteral("driver"), nameOf(disk.format)},
                      {QStringLiteral("node-name"), formatNodeName(slot, generation)},
                      {QStringLiteral("file"), fileNodeName(slot, generation)}},
        disk);
}

QJsonObject rawNode(SlotId slot, int generation, const DiskDrive& disk)
{
    return rawNodeOn(slot, formatNodeName(slot, generation), disk);
}

QJsonObject rawNodeOn(SlotId slot, const QString& child, const DiskDrive& disk)
{
    return ofDisk({{QStringLiteral("driver"), QStringLiteral("raw")},
                      {QStringLiteral("node-name"), driveName(slot)}, {QStringLiteral("file"), child}},
        disk);
}

QJsonObject holdNode(SlotId slot, const QString& file)
{
    // Nobody else knows the file, and locks would need it to be one of a file system.
    return {{QStringLiteral("driver"), QStringLiteral("file")}, {QStringLiteral("node-name"), holdNodeName(slot)},
        {QStringLiteral("filename"), file}, {QStringLiteral("locking"), QStringLiteral("off")}};
}

QJsonObject mediumFileNode(SlotId slot, int generation, const QString& iso)
{
    return {{QStringLiteral("driver"), QStringLiteral("file")},
        {QStringLiteral("node-name"), fileNodeName(slot, generation)}, {QStringLiteral("filename"), iso},
        {QStringLiteral("read-only"), true}};
}

QJsonObject mediumNode(SlotId slot, int generation)
{
    return {{QStringLiteral("driver"), QStringLiteral("raw")},
        {QStringLiteral("node-name"), formatNodeName(slot, generation)},
        {QStringLiteral("file"), fileNodeName(slot, generation)}, {QStringLiteral("read-only"), true}};
}

} // namespace platter
