// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_facts.h"

#include "core/machine/disk_trim.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::StorageFacts)
};

QString withAdvice(const QString& sentence, const QString& advice)
{
    return advice.isEmpty() ? sentence : Texts::tr("%1 %2", "two sentences").arg(sentence, advice);
}

QString bootOrderText(const Definition& definition, SlotId slot)
{
    const std::optional<std::size_t> place = bootPlaceOf(definition, slot);
    return place ? Texts::tr("%1 of %2", "place in the boot order").arg(*place + 1).arg(definition.bootOrder.size())
                 : Texts::tr("not in it");
}

void tellDisk(
    StorageFacts& told, const DiskDrive& disk, const KnownImage& image, const std::vector<DiskSegment>& segments)
{
    if (image.disk && *image.disk) {
        const DiskInspection& found = **image.disk;
        told.sentences << withAdvice(found.bootability.sentence(), found.bootability.advice());
        for (const PartitionProblem& problem : found.partitions.problems) {
            told.sentences << withAdvice(problem.sentence(), problem.advice());
        }
    } else if (image.disk) {
        told.sentences << image.disk->error().text();
    }
    if (image.trim) {
        told.sentences << image.trim->sentence();
    }
    if (!image.disk || !*image.disk) {
        told.facts.push_back({Texts::tr("File"), QDir::toNativeSeparators(disk.where())});
        told.facts.push_back({Texts::tr("Format"), displayName(disk.format)});
        told.facts.push_back({Texts::tr("Virtual size"), image.sizes->virtualSize.toString()});
        told.facts.push_back({Texts::tr("Size on host"), image.sizes->sizeOnHost.toString()});
        return;
    }
    const DiskInspection& found = **image.disk;
    for (NamedFact& fact : namedFacts(found)) {
        told.facts.push_back(std::move(fact));
    }
    // What the file takes changes more often than what is on it.
    const QString onHost = found.image.sizeOnHost.toString();
    for (NamedFact& fact : told.facts) {
        if (fact.value == onHost) {
            fact.value = image.sizes->sizeOnHost.toString();
        }
    }
    QStringList pieces;
    for (const DiskSegment& segment : segments) {
        if (const QString sentence = sentenceOf(segment); !sentence.isEmpty()) {
            pieces << sentence;
        }
    }
    if (!pieces.isEmpty()) {
        told.facts.push_back({Texts::tr("On the disk"), pieces.join(QLatin1Char('\n'))});
    }
}

// What is on it is between QEMU and the server.
void tellServed(StorageFacts& told, const DiskDrive& disk, std::optional<ByteCount> runningSize)
{
    told.sentences << trimOf(disk).sentence();
    if (!runningSize) {
        told.sentences << Texts::tr("How large it is, the server says when the machine runs.");
    }
    told.facts.push_back({Texts::tr("Location"), disk.where()});
    told.facts.push_back({Texts::tr("Format"), displayName(disk.format)});
    if (runningSize) {
        told.facts.push_back({Texts::tr("Virtual size"), runningSize->toString()});
    }
}

void tellMedium(StorageFacts& told, const QString& file, const KnownImage& image)
{
    if (image.medium && *image.medium) {
        told.sentences << (*image.medium)->sentence();
    } else if (image.medium) {
        told.sentences << image.medium->error().text();
    }
    told.facts.push_back({Texts::tr("File"), QDir::toNativeSeparators(file)});
    told.facts.push_back({Texts::tr("Size"),
        Texts::tr("%1 (%2 bytes)")
            .arg(image.sizes->virtualSize.toString(),
                QLocale().toString(qulonglong(image.sizes->virtualSize.bytes())))});
    if (image.medium && *image.medium && !(*image.medium)->volumeLabel.isEmpty()) {
        told.facts.push_back({Texts::tr("Label"), (*image.medium)->volumeLabel});
    }
}

} // namespace

StorageFacts factsOfDrive(const Definition& definition, const Drive& drive, const KnownImage* image,
    const std::vector<DiskSegment>& segments, std::optional<ByteCount> runningSize)
{
    const auto* disk = std::get_if<DiskDrive>(&drive.what);
    const QString file = drive.where();
    StorageFacts told{.title = disk != nullptr ? disk->shortName()
            : file.isEmpty()                   ? Texts::tr("DVD drive")
                                               : QFileInfo(file).fileName()};
    told.facts.push_back({Texts::tr("Slot"), drive.slot.toString()});
    told.facts.push_back({Texts::tr("Boot order"), bootOrderText(definition, drive.slot)});
    if (file.isEmpty()) {
        told.sentences << Texts::tr("The drive has no medium.");
        return told;
    }
    if (drive.isOnNetwork()) {
        tellServed(told, *disk, runningSize);
        return told;
    }
    if (image == nullptr || !image->sizes) {
        if (image != nullptr) {
            told.sentences << image->sizes.error().text();
        }
        told.facts.push_back({Texts::tr("File"), QDir::toNativeSeparators(file)});
        return told;
    }
    if (disk != nullptr) {
        tellDisk(told, *disk, *image, segments);
    } else {
        tellMedium(told, file, *image);
    }
    return told;
}

StorageFacts factsOfController(const Definition& definition, int controller)
{
    const auto in = [&](const Drive& drive) { return drive.slot.controller == controller; };
    const auto disks = std::ranges::count_if(definition.drives,
        [&](const Drive& drive) { return in(drive) && std::holds_alternative<DiskDrive>(drive.what); });
    const auto all = std::ranges::count_if(definition.drives, in);
    StorageFacts told{.title = Texts::tr("SCSI controller %1").arg(controller)};
    told.facts = {{Texts::tr("Kind"), QStringLiteral("virtio-scsi")},
        {Texts::tr("Disks"), QLocale().toString(qlonglong(disks))},
        {Texts::tr("DVD drives"), QLocale().toString(qlonglong(all - disks))},
        {Texts::tr("Empty slots"), QLocale().toString(qlonglong(slotsPerController - all))}};
    return told;
}

StorageFacts factsOfSlot(SlotId slot)
{
    return {.title = Texts::tr("Slot %1").arg(slot.toString()), .sentences = {Texts::tr("It is empty.")}};
}

} // namespace platter
