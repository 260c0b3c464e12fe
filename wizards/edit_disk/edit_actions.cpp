// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/edit_actions.h"

#include "core/disk/operations/undo_disk.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::EditDisk)
};

using Obstacle = std::optional<QString>;

QString formatName(ImageKind kind)
{
    switch (kind) {
    case ImageKind::Vhdx:
        return QStringLiteral("VHDX");
    case ImageKind::Qcow2:
        return QStringLiteral("qcow2");
    case ImageKind::Raw:
        return Texts::tr("raw image");
    case ImageKind::Vhd:
        return QStringLiteral("VHD");
    case ImageKind::Vmdk:
        return QStringLiteral("VMDK");
    case ImageKind::Vdi:
        return QStringLiteral("VDI");
    }
    Q_UNREACHABLE_RETURN({});
}

bool isDifferencing(const DiskLook& look)
{
    return look.disk.image.type == ImageDetails::Type::Differencing;
}

bool hasLostParent(const DiskLook& look)
{
    return look.disk.image.hasLostParent();
}

QString lostParent(const DiskLook& look)
{
    const ImageDetails& image = look.disk.image;
    const QString child = image.fileWithoutParent();
    if (image.format == ImageKind::Vhd) {
        return Texts::tr("The parent of %1 is missing: put it into the same folder.")
            .arg(QFileInfo(child).fileName());
    }
    return child == image.file
        ? Texts::tr("Its parent is missing: reconnect it first.")
        : Texts::tr("The parent of %1, which it stands on, is missing: choose that file on the "
                    "page before, and reconnect it.")
              .arg(QFileInfo(child).fileName());
}

Obstacle againstResizing(const DiskLook& look)
{
    switch (look.disk.image.format) {
    case ImageKind::Vhd:
    case ImageKind::Vmdk:
    case ImageKind::Vdi:
        return Texts::tr("The size of a %1 cannot be changed safely in place: convert it to VHDX first.")
            .arg(formatName(look.disk.image.format));
    case ImageKind::Vhdx:
    case ImageKind::Qcow2:
    case ImageKind::Raw:
        break;
    }
    return hasLostParent(look) ? Obstacle(lostParent(look)) : std::nullopt;
}

Obstacle againstExpanding(const DiskLook& look)
{
    if (const Obstacle any = againstResizing(look)) {
        return any;
    }
    if (look.disk.virtualSize >= largestVhdx) {
        return Texts::tr("The disk has %1 already; none is larger.").arg(look.disk.virtualSize.toString());
    }
    return std::nullopt;
}

Obstacle againstShrinking(const DiskLook& look)
{
    if (const Obstacle any = againstResizing(look)) {
        return any;
    }
    if (look.disk.image.format == ImageKind::Qcow2) {
        return Texts::tr("A qcow2 cannot be shrunk here: convert it to VHDX first.");
    }
    if (look.disk.smallestSize() < look.disk.virtualSize) {
        return std::nullopt;
    }
    const PartitionTable& table = look.disk.partitions;
    if (table.kind != PartitionTable::Kind::None && !table.isSound()) {
        return Texts::tr("The partition table is damaged, so it is not known what would be lost.");
    }
    return table.kind == PartitionTable::Kind::None
        ? Texts::tr("It has no partition table, so what is on it may reach to its end.")
        : Texts::tr("The last partition reaches to the end of the disk: make it smaller in the machine first.");
}

Obstacle againstCompacting(const DiskLook& look)
{
    if (look.disk.image.format != ImageKind::Vhdx) {
        return Texts::tr("Only a VHDX can be compacted in place: converting copies only what is in use.");
    }
    if (look.disk.image.type == ImageDetails::Type::Fixed) {
        return Texts::tr("It is of fixed size and keeps all its space: convert it to a dynamic VHDX instead.");
    }
    return hasLostParent(look) ? Obstacle(lostParent(look)) : std::nullopt;
}

Obstacle againstParentWork(const DiskLook& look)
{
    if (!isDifferencing(look)) {
        return Texts::tr("It is no differencing disk: it depends on no other.");
    }
    if (look.disk.image.format != ImageKind::Vhdx) {
        if (hasLostParent(look)) {
            return lostParent(look);
        }
        return Texts::tr("In place this is possible with VHDX only: converting makes a new, independent disk.");
    }
    return std::nullopt;
}

Obstacle againstUse(EditAction action, const DiskLook& look, const DiskUse& use)
{
    if (!use.isRunning()) {
        return look.inUse ? Obstacle(look.inUse->text()) : std::nullopt;
    }
    const bool isVhdx = look.disk.image.format == ImageKind::Vhdx;
    switch (action) {
    case EditAction::Expand:
        return std::nullopt;
    case EditAction::Shrink:
    case EditAction::Compact:
        return isVhdx ? std::nullopt : Obstacle(mustBeOff(use));
    default:
        return mustBeOff(use);
    }
}

Obstacle againstWriting(EditAction action, const DiskLook& look)
{
    const bool onlyReads = makesNewImage(action) || action == EditAction::Inspect || action == EditAction::Check;
    return look.mayWrite || onlyReads
        ? std::nullopt
        : Obstacle(Texts::tr("You may read the file and not write to it: change its permissions first."));
}

Obstacle againstDoing(EditAction action, const DiskLook& look)
{
    switch (action) {
    case EditAction::Expand:
        return againstExpanding(look);
    case EditAction::Shrink:
        return againstShrinking(look);
    case EditAction::Compact:
        return againstCompacting(look);
    case EditAction::Convert:
        return hasLostParent(look) ? Obstacle(lostParent(look)) : std::nullopt;
    case EditAction::Migrate:
        if (hasLostParent(look)) {
            return lostParent(look);
        }
        if (look.bootabilityAsMachineDisk.isBootable()) {
            return Texts::tr("It starts with UEFI already.");
        }
        return look.againstMigration ? Obstacle(look.againstMigration->text()) : std::nullopt;
    case EditAction::Flatten: {
        const Obstacle any = againstParentWork(look);
        return any || !hasLostParent(look) ? any : Obstacle(lostParent(look));
    }
    case EditAction::Reconnect: {
        // Where a parent is gone further down, that is the image to tell where it is.
        const bool isOwnParent = look.disk.image.fileWithoutParent() == look.disk.image.file;
        const Obstacle any = againstParentWork(look);
        return any || !hasLostParent(look) || isOwnParent ? any : Obstacle(lostParent(look));
    }
    case EditAction::Inspect:
        return std::nullopt;
    case EditAction::Check:
        return look.disk.image.format == ImageKind::Vhdx
            ? std::nullopt
            : Obstacle(look.disk.image.format == ImageKind::Qcow2
                      ? Texts::tr("Only a VHDX can be checked here; for qcow2 there is “qemu-img check”.")
                      : Texts::tr("Only a VHDX can be checked."));
    case EditAction::Undo:
        return look.keptCopy ? std::nullopt : Obstacle(Texts::tr("No copy is kept of it as it was before."));
    }
    Q_UNREACHABLE_RETURN({});
}

// As long as a button may be.
QString shortName(const QString& file)
{
    const QString name = QFileInfo(file).fileName();
    QString shown = name.size() <= 24 ? name : name.first(12) + QStringLiteral("…") + name.last(11);
    return shown.replace(QLatin1Char('&'), QLatin1String("&&"));
}

} // namespace

QString objectNameOf(EditAction action)
{
    static const char* const names[] = {
        "expand", "shrink", "compact", "convert", "migrate", "flatten", "reconnect", "inspect", "check", "undo"};
    return QLatin1String(names[static_cast<int>(action)]);
}

QString titleOf(EditAction action)
{
    switch (action) {
    case EditAction::Expand:
        return Texts::tr("&Expand");
    case EditAction::Shrink:
        return Texts::tr("&Shrink");
    case EditAction::Compact:
        return Texts::tr("C&ompact");
    case EditAction::Convert:
        return Texts::tr("Con&vert");
    case EditAction::Migrate:
        return Texts::tr("&Migrate to UEFI");
    case EditAction::Flatten:
        return Texts::tr("&Flatten or merge");
    case EditAction::Reconnect:
        return Texts::tr("&Reconnect parent");
    case EditAction::Inspect:
        return Texts::tr("&Inspect");
    case EditAction::Check:
        return Texts::tr("C&heck");
    case EditAction::Undo:
        return Texts::tr("&Undo");
    }
    Q_UNREACHABLE_RETURN({});
}

QString sentenceOf(EditAction action)
{
    switch (action) {
    case EditAction::Expand:
        return Texts::tr("Makes the disk larger. What is on it stays as it is.");
    case EditAction::Shrink:
        return Texts::tr("Takes free space off the end of the disk.");
    case EditAction::Compact:
        return Texts::tr("Gives unused space of the file back to the host. The disk keeps its size.");
    case EditAction::Convert:
        return Texts::tr("Makes a new image of another format. This one stays as it is.");
    case EditAction::Migrate:
        return Texts::tr(
            "Makes a copy that starts with UEFI of a Linux disk that starts with BIOS. This one stays as it is.");
    case EditAction::Flatten:
        return Texts::tr("Makes a differencing disk independent, or writes it into its parent.");
    case EditAction::Reconnect:
        return Texts::tr("Tells a differencing disk where its parent is.");
    case EditAction::Inspect:
        return Texts::tr("Shows everything that there is to say about it. Changes nothing.");
    case EditAction::Check:
        return Texts::tr("Looks for damage in the file, and mends it where you want that.");
    case EditAction::Undo:
        return Texts::tr("Brings the disk back as it was before its last change.");
    }
    Q_UNREACHABLE_RETURN({});
}

QString sentenceOf(EditAction action, const DiskLook& look)
{
    if (action != EditAction::Undo || !look.keptCopy) {
        return sentenceOf(action);
    }
    return Texts::tr("Brings the disk back as it was at %1, %2.", "time, before it was expanded")
        .arg(QLocale().toString(look.keptCopy->takenAt.toLocalTime(), QLocale::ShortFormat),
            beforeWords(look.keptCopy->edit));
}

std::optional<QString> obstacleTo(EditAction action, const DiskLook& look, const DiskUse& use)
{
    if (action == EditAction::Inspect) {
        return std::nullopt;
    }
    // What the disk itself forbids comes first: no shutting down helps against that.
    if (const Obstacle never = againstDoing(action, look)) {
        return never;
    }
    const Obstacle forbidden = againstWriting(action, look);
    return forbidden ? forbidden : againstUse(action, look, use);
}

bool needsOptions(EditAction action)
{
    return action != EditAction::Inspect && action != EditAction::Undo;
}

QString buttonFor(const EditRequest& request)
{
    switch (request.action) {
    case EditAction::Expand:
        return Texts::tr("&Expand to %1").arg(request.newSize.toString());
    case EditAction::Shrink:
        return Texts::tr("&Shrink to %1").arg(request.newSize.toString());
    case EditAction::Compact:
        return Texts::tr("&Compact %1").arg(shortName(request.file));
    case EditAction::Convert:
        return Texts::tr("&Convert to %1").arg(displayName(request.targetFormat));
    case EditAction::Migrate:
        return Texts::tr("&Migrate %1 to UEFI").arg(shortName(request.file));
    case EditAction::Flatten:
        return request.mergesIntoParent ? Texts::tr("&Merge %1 and delete it").arg(shortName(request.file))
                                        : Texts::tr("&Flatten %1").arg(shortName(request.file));
    case EditAction::Reconnect:
        return Texts::tr("&Reconnect %1").arg(shortName(request.file));
    case EditAction::Inspect:
        return Texts::tr("&Done");
    case EditAction::Check:
        return request.mends ? Texts::tr("&Check and mend %1").arg(shortName(request.file))
                             : Texts::tr("&Check %1").arg(shortName(request.file));
    case EditAction::Undo:
        return Texts::tr("&Undo the last change");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace platter
