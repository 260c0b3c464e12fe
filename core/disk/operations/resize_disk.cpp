// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/resize_disk.h"

#include "core/disk/gpt_repair.h"
#include "core/disk/open_disk.h"
#include "core/disk/operations/vhdx_file.h"
#include "core/disk/partition_reader.h"
#include "core/disk/qemu_img.h"
#include "core/disk/raw_disk.h"
#include "core/disk/vhdx/details.h"
#include "core/disk/vhdx/resize.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ResizeDisk)
};

enum class Direction { Larger, Smaller };

// What is known of an image before its size changes.
struct Survey {
    ImageKind kind = ImageKind::Raw;
    ByteCount size = {};
    ByteCount smallest = {}; // what shrinking may go down to
    ByteCount growth = {}; // of the file, at once
    ByteCount blockTable = {}; // of the larger disk
    bool hasGpt = false;
    bool isDifferencing = false;
};

Error cannotResize(const QString& file, ImageKind kind)
{
    const QString name = kind == ImageKind::Vhd ? QStringLiteral("VHD") : Texts::tr("image of this kind");
    return Error{ErrorKind::Unsupported,
        Texts::tr("%1 is a %2, whose size cannot be changed safely: a power cut would leave half of the change.")
            .arg(file, name),
        Texts::tr("Convert it to VHDX first: platterctl disk convert \"%1\" \"%2.vhdx\"")
            .arg(file, QFileInfo(file).completeBaseName()),
        {}};
}

// How small DISK may become, and whether it has a GPT.
Result<void> surveyPartitions(const VirtualDisk& disk, const std::optional<ByteCount>& lastBlockEnd, Survey& survey)
{
    const Result<PartitionTable> table = readPartitionTable(disk);
    if (!table) {
        return std::unexpected(table.error());
    }
    survey.hasGpt = table->kind == PartitionTable::Kind::Gpt;
    survey.smallest = ByteCount(disk.size());
    if (table->kind != PartitionTable::Kind::None && table->isSound()) {
        survey.smallest = ByteCount(table->smallestDiskSize());
    } else if (table->kind == PartitionTable::Kind::None && !table->fileSystem && table->problems.empty()
        && lastBlockEnd) {
        const std::uint64_t sector = disk.logicalSectorSize();
        survey.smallest = ByteCount(std::max(lastBlockEnd->bytes() / sector * sector, sector));
    }
    return {};
}

Result<Survey> surveyVhdx(const ResizeRequest& request, Direction direction)
{
    Survey survey{.kind = ImageKind::Vhdx};
    const Result<std::unique_ptr<vhdx::Image>> image = openVhdx(request.file, request.parents, request.access);
    if (!image) {
        return std::unexpected(image.error());
    }
    const Result<void> fits = direction == Direction::Larger
        ? vhdx::checkExpand((*image)->metadata(), request.newSize.bytes())
        : vhdx::checkShrink((*image)->metadata(), request.newSize.bytes());
    if (!fits) {
        return std::unexpected(fits.error());
    }
    if (const Result<void> alone = checkHasNoChildren(request.file, (*image)->header().dataWriteGuid); !alone) {
        return std::unexpected(alone.error());
    }
    std::optional<ByteCount> lastBlockEnd;
    if (direction == Direction::Smaller) {
        const Result<ByteCount> end = vhdx::endOfData(**image);
        if (!end) {
            return std::unexpected(end.error());
        }
        lastBlockEnd = *end;
    }
    survey.size = ByteCount((*image)->size());
    survey.isDifferencing = (*image)->metadata().parent.has_value();
    if (direction == Direction::Larger) {
        survey.growth = ByteCount(vhdx::growthOfExpand((*image)->structure(), request.newSize.bytes()));
        survey.blockTable = ByteCount(vhdx::batBytesFor((*image)->metadata(), request.newSize.bytes()));
    }
    const Result<void> partitions = surveyPartitions(**image, lastBlockEnd, survey);
    return partitions ? Result<Survey>(survey) : std::unexpected(partitions.error());
}

Result<std::unique_ptr<VirtualDisk>> openRaw(const ResizeRequest& request)
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(request.file,
        request.access == InspectAccess::Shared ? HostFile::Access::Unlocked : HostFile::Access::ReadOnly);
    return file ? Result<std::unique_ptr<VirtualDisk>>(std::make_unique<RawDisk>(*std::move(file)))
                : std::unexpected(file.error());
}

Result<Survey> surveyOther(const ResizeRequest& request, ImageKind kind, Direction direction)
{
    Survey survey{.kind = kind};
    if (const Result<void> sound = checkImageSize(request.newSize); !sound) {
        return std::unexpected(sound.error());
    }
    if (kind == ImageKind::Raw) {
        const Result<std::unique_ptr<VirtualDisk>> disk = openRaw(request);
        if (!disk) {
            return std::unexpected(disk.error());
        }
        survey.size = ByteCount((*disk)->size());
        if (const Result<void> partitions = surveyPartitions(**disk, std::nullopt, survey); !partitions) {
            return std::unexpected(partitions.error());
        }
    } else {
        const Result<QemuFacts> facts = qemuFacts({request.file, qemuFormat(kind)}, request.access);
        if (!facts) {
            return std::unexpected(facts.error());
        }
        survey.size = facts->virtualSize;
        survey.smallest = facts->virtualSize; // what is on it is not looked at
    }
    const bool isRight =
        direction == Direction::Larger ? request.newSize > survey.size : request.newSize < survey.size;
    if (!isRight) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            direction == Direction::Larger
                ? Texts::tr("The disk has %1 already; expanding makes it larger than that.")
                      .arg(survey.size.toString())
                : Texts::tr("The disk has only %1; shrinking makes it smaller than that.")
                      .arg(survey.size.toString()),
            Texts::tr("Choose another size."), {}});
    }
    return survey;
}

Result<Survey> surveyOf(const ResizeRequest& request, Direction direction)
{
    const Result<ImageKind> kind = imageKindOf(request.file);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    switch (*kind) {
    case ImageKind::Vhdx:
        return surveyVhdx(request, direction);
    case ImageKind::Raw:
    case ImageKind::Qcow2:
        return surveyOther(request, *kind, direction);
    default:
        return std::unexpected(cannotResize(request.file, *kind));
    }
}

Result<void> resizeRaw(const ResizeRequest& request, Direction direction, GptBackup gptBackup)
{
    Result<std::unique_ptr<HostFile>> file = HostFile::open(request.file, HostFile::Access::ReadWrite);
    if (!file) {
        return std::unexpected(file.error());
    }
    const std::uint64_t newSize = request.newSize.bytes();
    const auto repair = [&](RawDisk& disk) -> Result<void> {
        if (gptBackup == GptBackup::Leave) {
            return {};
        }
        const Result<GptRepair> repaired = repairGpt(disk, newSize);
        return repaired ? Result<void>() : std::unexpected(repaired.error());
    };
    HostFile& host = **file;
    if (direction == Direction::Larger) {
        if (Result<void> resized = host.resize(newSize).and_then([&] { return host.flush(); }); !resized) {
            return resized;
        }
    }
    RawDisk disk(*std::move(file));
    Result<void> repaired = repair(disk);
    if (!repaired || direction == Direction::Larger) {
        return repaired;
    }
    return host.resize(newSize).and_then([&] { return host.flush(); });
}

Result<void> resizeVhdx(const ResizeRequest& request, Direction direction, GptBackup gptBackup)
{
    const Result<std::unique_ptr<vhdx::Editor>> editor = editVhdx(request.file, request.parents, WithParent::Yes);
    if (!editor) {
        return std::unexpected(editor.error());
    }
    const auto repair = [&]() -> Result<void> {
        if (gptBackup == GptBackup::Leave) {
            return {};
        }
        const Result<GptRepair> repaired = repairGpt(**editor, request.newSize.bytes());
        return repaired ? Result<void>() : std::unexpected(repaired.error());
    };
    const std::uint64_t newSize = request.newSize.bytes();
    // The backup goes up after the end has moved there, and down before.
    const Result<void> done = direction == Direction::Larger
        ? vhdx::expand(**editor, newSize).and_then(repair)
        : repair().and_then([&] { return vhdx::shrink(**editor, newSize); });
    // Also after a failure: what was prepared in vain goes, the log is emptied.
    const Result<void> finished = (*editor)->finish();
    return done ? finished : done;
}

QString sizeSentence(const QString& file, Direction direction, ByteCount before, ByteCount after)
{
    return direction == Direction::Larger
        ? Texts::tr("The disk in %1 grows from %2 to %3.").arg(file, before.toString(), after.toString())
        : Texts::tr("The disk in %1 shrinks from %2 to %3.").arg(file, before.toString(), after.toString());
}

Result<OperationOutcome> resize(const ResizeRequest& request, const Survey& survey, Direction direction,
    GptBackup gptBackup, Progress& progress)
{
    OperationOutcome outcome{.sizeOnHostBefore = sizeOnHostOf(request.file)};
    Result<void> done;
    switch (survey.kind) {
    case ImageKind::Vhdx:
        done = resizeVhdx(request, direction, gptBackup);
        break;
    case ImageKind::Raw:
        done = resizeRaw(request, direction, gptBackup);
        break;
    default:
        done = qemuResize({request.file, qemuFormat(survey.kind)}, request.newSize, progress);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    outcome.sizeOnHostAfter = sizeOnHostOf(request.file);
    outcome.sentences << Texts::tr("The disk in %1 has %2 now; it had %3.")
                             .arg(request.file, request.newSize.toString(), survey.size.toString());
    if (survey.hasGpt && gptBackup == GptBackup::Leave) {
        outcome.sentences << Texts::tr(
            "The backup of its partition table is still where the disk ended. The system in the machine moves it "
            "when it changes its partitions; --fix-gpt does it here.");
    }
    return outcome;
}

} // namespace

ExpandDisk::ExpandDisk(ResizeRequest request)
    : m_request(std::move(request))
{
}

QString ExpandDisk::title() const
{
    return Texts::tr("Expand %1 to %2").arg(QFileInfo(m_request.file).fileName(), m_request.newSize.toString());
}

Result<void> ExpandDisk::check() const
{
    const Result<Survey> survey = surveyOf(m_request, Direction::Larger);
    if (!survey) {
        return std::unexpected(survey.error());
    }
    if (m_request.gptBackup == GptBackup::Move && !survey->hasGpt) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("The disk in %1 has no GPT whose backup could be moved.").arg(m_request.file),
            Texts::tr("Leave out --fix-gpt."), {}});
    }
    return checkFreeSpace(m_request.file, survey->growth);
}

Result<OperationPlan> ExpandDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const Result<Survey> survey = surveyOf(m_request, Direction::Larger);
    if (!survey) {
        return std::unexpected(survey.error());
    }
    OperationPlan plan;
    plan.steps << sizeSentence(m_request.file, Direction::Larger, survey->size, m_request.newSize);
    plan.steps << (survey->growth > ByteCount()
            ? Texts::tr("The file grows by %1 now and with use later.").arg(survey->growth.toString())
            : Texts::tr("The file grows with use."));
    if (m_request.gptBackup == GptBackup::Move) {
        plan.steps << Texts::tr("The backup of the partition table moves to the new end.");
    }
    plan.spaceNeeded = survey->growth;
    plan.sizeOnHostAfter = ByteCount(sizeOnHostOf(m_request.file).bytes() + survey->growth.bytes());
    plan.blockTable = survey->blockTable;
    return plan;
}

Result<OperationOutcome> ExpandDisk::run(Progress& progress)
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    return surveyOf(m_request, Direction::Larger).and_then([&](const Survey& survey) {
        return resize(m_request, survey, Direction::Larger, m_request.gptBackup, progress);
    });
}

Result<OperationOutcome> ExpandDisk::runChecked()
{
    OperationOutcome outcome{.sizeOnHostBefore = sizeOnHostOf(m_request.file)};
    if (const Result<void> done = resizeVhdx(m_request, Direction::Larger, m_request.gptBackup); !done) {
        return std::unexpected(done.error());
    }
    outcome.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    outcome.sentences << Texts::tr("The disk in %1 has %2 now.").arg(m_request.file, m_request.newSize.toString());
    return outcome;
}

ShrinkDisk::ShrinkDisk(ResizeRequest request)
    : m_request(std::move(request))
{
}

QString ShrinkDisk::title() const
{
    return Texts::tr("Shrink %1 to %2").arg(QFileInfo(m_request.file).fileName(), m_request.newSize.toString());
}

Result<void> ShrinkDisk::check() const
{
    const Result<Survey> survey = surveyOf(m_request, Direction::Smaller);
    if (!survey) {
        return std::unexpected(survey.error());
    }
    if (survey->kind == ImageKind::Qcow2) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            Texts::tr("%1 is a qcow2 image, whose partitions Platter does not see, so it cannot tell what would be "
                      "cut off.")
                .arg(m_request.file),
            Texts::tr("Convert it to VHDX first, or use qemu-img resize --shrink once you are sure."), {}});
    }
    if (m_request.newSize < survey->smallest) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("The disk in %1 cannot be smaller than %2: what lies before is in use.")
                .arg(m_request.file, survey->smallest.toString()),
            survey->smallest < survey->size
                ? Texts::tr("Choose at least %1, or make the last partition smaller in the machine first.")
                      .arg(survey->smallest.toExactString())
                : Texts::tr("Make the last partition smaller in the machine first."),
            QStringLiteral("%1 bytes").arg(survey->smallest.bytes())});
    }
    return {};
}

Result<OperationPlan> ShrinkDisk::plan() const
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    const Result<Survey> survey = surveyOf(m_request, Direction::Smaller);
    if (!survey) {
        return std::unexpected(survey.error());
    }
    OperationPlan plan;
    if (survey->hasGpt) {
        plan.steps << Texts::tr("The backup of the partition table moves down to the new end.");
    }
    plan.steps << sizeSentence(m_request.file, Direction::Smaller, survey->size, m_request.newSize);
    plan.sizeOnHostAfter = sizeOnHostOf(m_request.file);
    return plan;
}

Result<OperationOutcome> ShrinkDisk::run(Progress& progress)
{
    if (const Result<void> possible = check(); !possible) {
        return std::unexpected(possible.error());
    }
    return surveyOf(m_request, Direction::Smaller).and_then([&](const Survey& survey) {
        return resize(
            m_request, survey, Direction::Smaller, survey.hasGpt ? GptBackup::Move : GptBackup::Leave, progress);
    });
}

} // namespace platter
