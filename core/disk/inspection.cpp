// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/inspection.h"

#include "core/disk/partition_reader.h"

#include <QJsonArray>

namespace platter {

namespace {

// JSON's numbers are exact to 2^53, which is 8 PiB.
qint64 number(std::uint64_t value)
{
    return static_cast<qint64>(value);
}

void putText(QJsonObject& object, const QString& key, const QString& text)
{
    if (!text.isEmpty()) {
        object.insert(key, text);
    }
}

QJsonObject toJson(const FileSystem& fileSystem)
{
    QJsonObject object{{QStringLiteral("type"), fileSystem.type}};
    putText(object, QStringLiteral("version"), fileSystem.version);
    putText(object, QStringLiteral("label"), fileSystem.label);
    putText(object, QStringLiteral("uuid"), fileSystem.uuid);
    if (fileSystem.space) {
        object.insert(QStringLiteral("size"), number(fileSystem.space->size));
        object.insert(QStringLiteral("used"), number(fileSystem.space->used));
    }
    return object;
}

QJsonObject toJson(const Partition& partition)
{
    QJsonObject object{
        {QStringLiteral("number"), partition.number},
        {QStringLiteral("offset"), number(partition.range.offset)},
        {QStringLiteral("length"), number(partition.range.length)},
        {QStringLiteral("type"), partition.type},
        {QStringLiteral("efiSystem"), partition.isEfiSystem},
    };
    putText(object, QStringLiteral("typeName"), partition.typeName);
    putText(object, QStringLiteral("name"), partition.name);
    putText(object, QStringLiteral("uuid"), partition.uuid);
    if (partition.fileSystem) {
        object.insert(QStringLiteral("fileSystem"), toJson(*partition.fileSystem));
    }
    if (partition.isContainer) {
        object.insert(QStringLiteral("extended"), true);
    }
    if (partition.isActive) {
        object.insert(QStringLiteral("active"), true);
    }
    return object;
}

QJsonArray toJson(const std::vector<DiskRange>& ranges)
{
    QJsonArray array;
    for (const DiskRange& range : ranges) {
        array.append(QJsonObject{
            {QStringLiteral("offset"), number(range.offset)}, {QStringLiteral("length"), number(range.length)}});
    }
    return array;
}

QJsonObject toJson(const PartitionTable& table)
{
    QJsonObject object{{QStringLiteral("kind"), nameOf(table.kind)}};
    putText(object, QStringLiteral("id"), table.id);
    if (table.kind == PartitionTable::Kind::Gpt) {
        object.insert(QStringLiteral("backupAtEnd"), table.backupAtEnd);
    }
    QJsonArray partitions;
    for (const Partition& partition : table.partitions) {
        partitions.append(toJson(partition));
    }
    object.insert(QStringLiteral("partitions"), partitions);
    object.insert(QStringLiteral("free"), toJson(table.freeRanges()));
    if (table.fileSystem) {
        object.insert(QStringLiteral("fileSystem"), toJson(*table.fileSystem));
    }
    QJsonArray problems;
    for (const PartitionProblem& problem : table.problems) {
        QJsonObject one{
            {QStringLiteral("problem"), nameOf(problem.kind)}, {QStringLiteral("summary"), problem.sentence()}};
        putText(one, QStringLiteral("advice"), problem.advice());
        putText(one, QStringLiteral("detail"), problem.detail);
        problems.append(one);
    }
    object.insert(QStringLiteral("problems"), problems);
    return object;
}

QJsonObject toJson(const Bootability& bootability)
{
    QJsonObject object{
        {QStringLiteral("bootable"), bootability.isBootable()},
        {QStringLiteral("verdict"), nameOf(bootability.verdict)},
        {QStringLiteral("summary"), bootability.sentence()},
    };
    putText(object, QStringLiteral("advice"), bootability.advice());
    QJsonArray loaders;
    for (const Bootability::Loader& one : bootability.loaders) {
        QJsonObject loader{{QStringLiteral("path"), one.loader.path}};
        if (one.partition != 0) {
            loader.insert(QStringLiteral("partition"), one.partition);
        }
        if (one.loader.processor) {
            loader.insert(QStringLiteral("processor"), nameOf(*one.loader.processor));
        }
        loaders.append(loader);
    }
    object.insert(QStringLiteral("loaders"), loaders);
    return object;
}

void putDetails(QJsonObject& object, const ImageDetails& image)
{
    putText(object, QStringLiteral("file"), image.file);
    object.insert(QStringLiteral("format"), nameOf(image.format));
    if (image.type) {
        object.insert(QStringLiteral("type"), nameOf(*image.type));
    }
    object.insert(QStringLiteral("sizeOnHost"), number(image.sizeOnHost.bytes()));
    object.insert(QStringLiteral("fileSize"), number(image.fileSize.bytes()));
    if (image.blockSize) {
        object.insert(QStringLiteral("blockSize"), number(image.blockSize->bytes()));
    }
    putText(object, QStringLiteral("identifier"), image.identifier);
    putText(object, QStringLiteral("dataIdentifier"), image.dataIdentifier);
    putText(object, QStringLiteral("creator"), image.creator);
    if (image.created.isValid()) {
        object.insert(QStringLiteral("created"), image.created.toUTC().toString(Qt::ISODate));
    }
    if (image.type == ImageDetails::Type::Differencing || !image.parents.empty()) {
        QJsonArray parents;
        for (const ParentImage& parent : image.parents) {
            QJsonObject one{{QStringLiteral("found"), !parent.file.isEmpty()}};
            putText(one, QStringLiteral("file"), parent.file);
            putText(one, QStringLiteral("storedAs"), parent.storedAs);
            putText(one, QStringLiteral("identifier"), parent.identifier);
            parents.append(one);
        }
        object.insert(QStringLiteral("parents"), parents);
    }
    if (image.log) {
        object.insert(QStringLiteral("log"), nameOf(*image.log));
    }
    if (image.fragmentation) {
        object.insert(QStringLiteral("fragmentation"),
            QJsonObject{{QStringLiteral("blocks"), number(image.fragmentation->blocks)},
                {QStringLiteral("runs"), number(image.fragmentation->runs)},
                {QStringLiteral("unused"), number(image.fragmentation->unused.bytes())}});
    }
}

} // namespace

QString nameOf(ImageKind kind)
{
    switch (kind) {
    case ImageKind::Vhdx:
        return QStringLiteral("vhdx");
    case ImageKind::Qcow2:
        return QStringLiteral("qcow2");
    case ImageKind::Raw:
        return QStringLiteral("raw");
    case ImageKind::Vhd:
        return QStringLiteral("vhd");
    case ImageKind::Vmdk:
        return QStringLiteral("vmdk");
    case ImageKind::Vdi:
        return QStringLiteral("vdi");
    }
    Q_UNREACHABLE_RETURN({});
}

QString nameOf(ImageDetails::Type type)
{
    switch (type) {
    case ImageDetails::Type::Fixed:
        return QStringLiteral("fixed");
    case ImageDetails::Type::Dynamic:
        return QStringLiteral("dynamic");
    case ImageDetails::Type::Differencing:
        return QStringLiteral("differencing");
    }
    Q_UNREACHABLE_RETURN({});
}

QString nameOf(ImageDetails::Log log)
{
    switch (log) {
    case ImageDetails::Log::Clean:
        return QStringLiteral("clean");
    case ImageDetails::Log::ToReplay:
        return QStringLiteral("to-replay");
    case ImageDetails::Log::Damaged:
        return QStringLiteral("damaged");
    }
    Q_UNREACHABLE_RETURN({});
}

ByteCount DiskInspection::smallestSize() const
{
    const bool onlyBlocksTell =
        partitions.kind == PartitionTable::Kind::None && !partitions.fileSystem && partitions.problems.empty();
    if (onlyBlocksTell) {
        return image.smallestSize.value_or(virtualSize);
    }
    return ByteCount(partitions.smallestDiskSize());
}

Result<DiskInspection> inspect(const VirtualDisk& disk, ImageDetails image)
{
    Result<PartitionTable> table = readPartitionTable(disk);
    if (!table) {
        return std::unexpected(table.error());
    }
    Result<Bootability> bootability = judgeBootability(disk, *table, image.format);
    if (!bootability) {
        return std::unexpected(bootability.error());
    }
    if (image.hasLostParent()) {
        bootability->verdict = Bootability::Verdict::ParentMissing;
    }
    return DiskInspection{std::move(image), ByteCount(disk.size()), disk.logicalSectorSize(),
        disk.physicalSectorSize(), *std::move(table), *std::move(bootability)};
}

QJsonObject toJson(const DiskInspection& inspection)
{
    QJsonObject object;
    putDetails(object, inspection.image);
    object.insert(QStringLiteral("virtualSize"), number(inspection.virtualSize.bytes()));
    object.insert(QStringLiteral("smallestSize"), number(inspection.smallestSize().bytes()));
    object.insert(QStringLiteral("logicalSectorSize"), number(inspection.logicalSectorSize));
    object.insert(QStringLiteral("physicalSectorSize"), number(inspection.physicalSectorSize));
    object.insert(QStringLiteral("partitionTable"), toJson(inspection.partitions));
    object.insert(QStringLiteral("boot"), toJson(inspection.bootability));
    return object;
}

} // namespace platter
