// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/drive_card.h"

#include "core/machine/disk_trim.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DriveCard)
};

QString joined(std::initializer_list<QString> parts, const QString& separator)
{
    QStringList said;
    for (const QString& part : parts) {
        if (!part.isEmpty()) {
            said << part;
        }
    }
    return said.join(separator);
}

const QString dot = QStringLiteral(" · ");

QString trimMarkOf(const TrimReach& trim)
{
    switch (trim.verdict) {
    case TrimReach::Verdict::ReachesHost:
        return Texts::tr("TRIM reaches the host");
    case TrimReach::Verdict::TurnedOff:
        return Texts::tr("TRIM is off");
    case TrimReach::Verdict::StopsAtFormat:
    case TrimReach::Verdict::StopsAtFileSystem:
    case TrimReach::Verdict::StopsAtDevice:
    case TrimReach::Verdict::StopsAtProtocol:
        return Texts::tr("TRIM frees nothing");
    case TrimReach::Verdict::ReachesServer:
        return Texts::tr("TRIM reaches the server");
    case TrimReach::Verdict::UpToServer:
    case TrimReach::Verdict::Unknown:
        return Texts::tr("TRIM: not known");
    }
    Q_UNREACHABLE_RETURN({});
}

QString bootMarkOf(bool isFirst)
{
    return isFirst ? Texts::tr("Boots first") : Texts::tr("Boots");
}

void setFault(DriveCard& card, const Error& error)
{
    card.isFaulty = true;
    card.note = error.text();
}

void describeDisk(DriveCard& card, const KnownImage& image, bool isFirst)
{
    if (image.trim && image.sizes) {
        card.trimMark = trimMarkOf(*image.trim);
    }
    if (!image.disk) {
        return;
    }
    if (!*image.disk) {
        setFault(card, image.disk->error());
        return;
    }
    const DiskInspection& disk = **image.disk;
    card.segments = segmentsOf(disk, {}, {});
    if (disk.bootability.verdict == Bootability::Verdict::Yes) {
        card.bootMark = bootMarkOf(isFirst);
    } else if (disk.bootability.verdict == Bootability::Verdict::NeedsBootEntry) {
        card.bootMark = Texts::tr("Boots by an entry");
    }
}

void describeMedium(DriveCard& card, const KnownImage& image, bool isFirst)
{
    if (!image.medium) {
        return;
    }
    if (!*image.medium) {
        setFault(card, image.medium->error());
        return;
    }
    card.note = (*image.medium)->sentence();
    if ((*image.medium)->uefi == UefiBoot::Yes) {
        card.bootMark = bootMarkOf(isFirst);
    }
}

QString perSecond(const QString& text, std::uint64_t bytes, std::uint64_t operations)
{
    return text.arg(ByteCount(bytes).toString(), QLocale().toString(qulonglong(operations)));
}

} // namespace

QString DriveCard::spoken() const
{
    QStringList map;
    for (const DiskSegment& segment : segments) {
        if (const QString sentence = sentenceOf(segment); !sentence.isEmpty()) {
            map << sentence;
        }
    }
    const QString kind = isDisk ? Texts::tr("Disk %1").arg(slot) : Texts::tr("DVD drive %1").arg(slot);
    return joined({kind, title, facts, map.join(QStringLiteral("; ")), note, bootMark, trimMark, reading, writing},
        QStringLiteral(", "));
}

QString titleOf(const Drive& drive)
{
    if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
        return disk->shortName();
    }
    return drive.where().isEmpty() ? Texts::tr("No medium") : QFileInfo(drive.where()).fileName();
}

DriveCard cardOf(const Drive& drive, const KnownImage* image, std::optional<std::size_t> bootPlace,
    std::optional<ByteCount> runningSize)
{
    const auto* disk = std::get_if<DiskDrive>(&drive.what);
    const QString file = drive.where();
    const bool isFirst = bootPlace == 0U;
    DriveCard card{.isDisk = disk != nullptr,
        .slot = drive.slot.toString(),
        .icon = disk != nullptr ? QStringLiteral("drive-harddisk") : QStringLiteral("media-optical"),
        .title = titleOf(drive)};
    const QString kind = disk != nullptr ? displayName(disk->format) : Texts::tr("DVD drive");
    card.facts = kind;
    if (drive.isOnNetwork()) {
        card.facts =
            joined({kind, Texts::tr("on the network"), runningSize ? runningSize->toString() : QString()}, dot);
        card.note = file;
        card.trimMark = trimMarkOf(trimOf(*disk));
        return card;
    }
    if (file.isEmpty() || image == nullptr) {
        return card;
    }
    if (!image->sizes) {
        setFault(card, image->sizes.error());
        card.facts = joined(
            {kind,
                image->sizes.error().kind == ErrorKind::NotFound ? Texts::tr("missing") : Texts::tr("unreadable")},
            dot);
        return card;
    }
    const QString size = image->sizes->virtualSize.toString();
    if (disk != nullptr) {
        card.facts =
            joined({kind, size, Texts::tr("%1 on host", "a size").arg(image->sizes->sizeOnHost.toString())}, dot);
        describeDisk(card, *image, isFirst);
    } else {
        card.facts = joined({kind, size}, dot);
        describeMedium(card, *image, isFirst);
    }
    return card;
}

void setSpaces(DriveCard& card, SlotId slot, const GuestSpaces& spaces)
{
    for (DiskSegment& segment : card.segments) {
        const bool isFilled = segment.partition != 0 || segment.kind == DiskSegment::Kind::Data;
        if (const auto space = spaceIn(spaces, slot, segment.partition, segment.range.length); isFilled && space) {
            segment.space = space;
        }
    }
}

void setRate(DriveCard& card, const std::optional<DriveRate>& rate)
{
    card.isBusy = rate && (rate->reads > 0 || rate->writes > 0);
    card.reading = rate ? perSecond(Texts::tr("Read %1/s · %2 op/s", "bytes and operations per second"),
                              rate->readBytes, rate->reads)
                        : QString();
    card.writing = rate && card.isDisk
        ? perSecond(Texts::tr("Write %1/s · %2 op/s", "bytes and operations per second"), rate->writtenBytes,
              rate->writes)
        : QString();
}

std::optional<std::size_t> bootPlaceOf(const Definition& definition, SlotId slot)
{
    const auto found = std::ranges::find(definition.bootOrder, BootDevice(slot));
    return found == definition.bootOrder.end()
        ? std::nullopt
        : std::optional(static_cast<std::size_t>(found - definition.bootOrder.begin()));
}

} // namespace platter
