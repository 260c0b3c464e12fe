// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/interruption.h"
#include "app/platterctl/roster.h"
#include "app/platterctl/verb.h"
#include "core/disk/convert.h"
#include "core/disk/inspect_file.h"
#include "core/disk/inspection_text.h"
#include "core/disk/operations/compact_disk.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/migrate_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/repair_disk.h"
#include "core/disk/operations/resize_disk.h"
#include "core/disk/operations/undo_disk.h"
#include "core/disk/operations/undoable_edit.h"
#include "core/live/running_disk_job.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>

#include <cstdio>
#include <unistd.h>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

// Options that several verbs have.
const QString optionParent = QStringLiteral("parent");
const QString optionPlan = QStringLiteral("plan");
const QString optionProgress = QStringLiteral("progress");
const QString optionGrow = QStringLiteral("grow");
const QString optionFormat = QStringLiteral("format");
const QString optionSize = QStringLiteral("size");
const QString optionType = QStringLiteral("type");

QCommandLineOption parentOption()
{
    return {optionParent, tr("FILE is a parent of the differencing image; may be given several times."),
        QStringLiteral("FILE")};
}

QCommandLineOption planOption()
{
    return {optionPlan, tr("Say what would be done and touch nothing.")};
}

QCommandLineOption progressOption()
{
    return {optionProgress, tr("Show the progress on stderr even where that is no terminal.")};
}

QString absolute(const QString& file)
{
    return QFileInfo(file).absoluteFilePath();
}

QStringList parentsIn(const Arguments& arguments)
{
    QStringList parents;
    for (const QString& parent : arguments.values(optionParent)) {
        parents << absolute(parent);
    }
    return parents;
}

Error unknownWord(const QString& option, const QString& word, const QString& known)
{
    return Error{ErrorKind::InvalidInput, tr("--%1 does not know “%2”.").arg(option, word),
        tr("Choose one of: %1.").arg(known), {}};
}

// --- progress

QString lineFor(const Progress::State& state)
{
    QStringList parts;
    if (state.total > ByteCount()) {
        const double share = static_cast<double>(state.done.bytes()) / static_cast<double>(state.total.bytes());
        parts << QStringLiteral("%1 %").arg(std::min(100, static_cast<int>(share * 100)), 3);
    } else {
        parts << state.done.toString();
    }
    if (state.bytesPerSecond > 0) {
        parts << tr("%1/s").arg(ByteCount(static_cast<std::uint64_t>(state.bytesPerSecond)).toString());
    }
    if (state.left) {
        parts << tr("%1 s left").arg(state.left->count());
    }
    return parts.join(QStringLiteral("   "));
}

// Shows progress on stderr in one line that is written over, or, for a file, in lines of its own.
Progress::Listener listenerFor(const Arguments& arguments)
{
    const bool isTerminal = isatty(STDERR_FILENO) != 0;
    if (!isTerminal && !arguments.isSet(optionProgress)) {
        return {};
    }
    return [isTerminal](const Progress::State& state) {
        const QString line = lineFor(state);
        std::fputs(
            qUtf8Printable(isTerminal ? QStringLiteral("\r%1\033[K").arg(line) : line + QLatin1Char('\n')), stderr);
        if (isTerminal && state.total > ByteCount() && state.done >= state.total) {
            std::fputc('\n', stderr);
        }
        std::fflush(stderr);
    };
}

// --- operations

QJsonObject toJson(const OperationPlan& plan)
{
    return {{QStringLiteral("steps"), QJsonArray::fromStringList(plan.steps)},
        {QStringLiteral("bytesToCopy"), static_cast<qint64>(plan.bytesToCopy.bytes())},
        {QStringLiteral("spaceNeeded"), static_cast<qint64>(plan.spaceNeeded.bytes())},
        {QStringLiteral("sizeOnHostAfter"), static_cast<qint64>(plan.sizeOnHostAfter.bytes())}};
}

// Plans JOB or carries it out.
QCoro::Task<int> carryOut(std::shared_ptr<DiskJob> job, Arguments arguments, Report report)
{
    if (arguments.isSet(optionPlan)) {
        const Result<OperationPlan> plan = co_await job->plan();
        co_return plan ? report.done(plan->steps.join(QLatin1Char('\n')), toJson(*plan))
                       : report.failed(plan.error());
    }
    const Interruption interruption;
    const auto progress = std::make_shared<Progress>(listenerFor(arguments), interruption.token());
    const Result<OperationOutcome> outcome = co_await job->run(progress);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    QJsonObject json{{QStringLiteral("sentences"), QJsonArray::fromStringList(outcome->sentences)},
        {QStringLiteral("sizeOnHostBefore"), static_cast<qint64>(outcome->sizeOnHostBefore.bytes())},
        {QStringLiteral("sizeOnHostAfter"), static_cast<qint64>(outcome->sizeOnHostAfter.bytes())}};
    json[QStringLiteral("stored")] = outcome->isStored;
    if (outcome->pause) {
        json[QStringLiteral("pauseMicroseconds")] = static_cast<qint64>(outcome->pause->count());
    }
    if (!outcome->keptCopy.isEmpty()) {
        json[QStringLiteral("keptCopy")] = outcome->keptCopy;
    }
    if (outcome->shortfall) {
        json[QStringLiteral("shortfall")] = platter::toJson(*outcome->shortfall);
        report.done(outcome->sentences.join(QLatin1Char('\n')), json);
        report.remark(*outcome->shortfall);
        co_return exitFailed;
    }
    co_return report.done(outcome->sentences.join(QLatin1Char('\n')), json);
}

template <class Operation, class Request>
QCoro::Task<int> carryOutOnFile(Request request, Arguments arguments, Report report)
{
    return carryOut(
        jobOnFile(std::make_unique<Operation>(std::move(request))), std::move(arguments), std::move(report));
}

// An edit of REQUEST's file in place, which can be undone.
template <class Operation, class Request>
QCoro::Task<int> editFile(Request request, EditKind kind, Arguments arguments, Report report)
{
    const QString file = request.file;
    return carryOut(jobOnFile(undoable(std::make_unique<Operation>(std::move(request)), file, kind)),
        std::move(arguments), std::move(report));
}

// The running machine that uses FILE; nothing when none of Platter's does.
QCoro::Task<std::shared_ptr<MachineSession>> runningUserOf(Context* context, QString file)
{
    for (const RosterEntry& entry : roster(*context)) {
        if (entry.machine && slotOfDisk(entry.machine->definition, file)
            && RuntimeFolder::of(context->places.runtime, entry.machine->definition.id).runningQemu()) {
            co_return co_await sessionOf(context, *entry.machine);
        }
    }
    co_return nullptr;
}

QCoro::Task<int> info(Context*, Arguments arguments, Report report)
{
    const Result<DiskInspection> inspection = inspectFile(absolute(arguments.positional[0]), parentsIn(arguments),
        arguments.isSet(QStringLiteral("force-share")) ? InspectAccess::Shared : InspectAccess::Locked);
    co_return inspection ? report.done(toText(*inspection), platter::toJson(*inspection))
                         : report.failed(inspection.error());
}

QJsonObject toJson(const vhdx::CheckReport& found)
{
    QJsonArray findings;
    for (const vhdx::Finding& finding : found.findings) {
        findings.append(QJsonObject{{QStringLiteral("kind"), nameOf(finding.kind)},
            {QStringLiteral("sentence"), finding.sentence}, {QStringLiteral("repair"), finding.repair},
            {QStringLiteral("repairable"), finding.isRepairable()},
            {QStringLiteral("offset"), static_cast<qint64>(finding.offset)},
            {QStringLiteral("detail"), finding.detail}});
    }
    return {{QStringLiteral("sound"), found.isSound()}, {QStringLiteral("findings"), findings},
        {QStringLiteral("moreDamage"), static_cast<qint64>(found.moreDamage)}};
}

QString toText(const vhdx::CheckReport& found)
{
    QStringList lines;
    for (const vhdx::Finding& finding : found.findings) {
        lines << finding.sentence + QLatin1Char(' ')
                + (finding.isRepairable() ? finding.repair : tr("This cannot be repaired."));
        if (!finding.detail.isEmpty()) {
            lines << QStringLiteral("    ") + finding.detail;
        }
    }
    if (found.moreDamage > 0) {
        lines << tr("There is more damage: %1 further places.").arg(found.moreDamage);
    }
    return lines.join(QLatin1Char('\n'));
}

// What was taken before an edit is kept, which is then said.
void keep(std::optional<CopyBefore>& copy, EditKind kind, QStringList& sentences, QJsonObject& json)
{
    const Result<QString> kept = copy ? copy->keep(kind) : QString();
    if (!kept) {
        sentences << kept.error().text();
    } else if (!kept->isEmpty()) {
        sentences << sentencesOnKeptCopy(*kept, kind);
        json[QStringLiteral("keptCopy")] = *kept;
    }
}

QCoro::Task<int> check(Context*, Arguments arguments, Report report)
{
    const QString file = absolute(arguments.positional[0]);
    const Result<vhdx::CheckReport> found = checkDisk(file);
    if (!found) {
        co_return report.failed(found.error());
    }
    if (found->isSound()) {
        co_return report.done(tr("%1 is sound.").arg(file), toJson(*found));
    }
    if (!arguments.isSet(QStringLiteral("repair"))) {
        report.done(toText(*found), toJson(*found));
        co_return exitFailed;
    }
    std::optional<CopyBefore> copy = CopyBefore::take(file);
    const Result<QString> kept = repairDisk(file, *found);
    if (!kept) {
        co_return report.failed(kept.error());
    }
    QJsonObject json = toJson(*found);
    json[QStringLiteral("kept")] = *kept;
    QStringList sentences{toText(*found),
        tr("It is repaired. What was changed is kept in %1; delete that once all is well.").arg(*kept)};
    keep(copy, EditKind::Mend, sentences, json);
    co_return report.done(sentences.join(QLatin1Char('\n')), json);
}

QCoro::Task<int> create(Context*, Arguments arguments, Report report)
{
    NewDiskRequest request{.file = absolute(arguments.positional[0])};
    const auto size = [&](const QString& option) -> Result<std::optional<ByteCount>> {
        if (!arguments.isSet(option)) {
            return std::nullopt;
        }
        const Result<ByteCount> value = ByteCount::parse(arguments.value(option));
        if (!value) {
            return std::unexpected(value.error());
        }
        return *value;
    };
    for (const auto& [option, target] :
        {std::pair(optionSize, &request.size), std::pair(QStringLiteral("block-size"), &request.blockSize),
            std::pair(QStringLiteral("sector-size"), &request.logicalSectorSize),
            std::pair(QStringLiteral("physical-sector-size"), &request.physicalSectorSize)}) {
        const Result<std::optional<ByteCount>> value = size(option);
        if (!value) {
            co_return report.failed(value.error());
        }
        *target = *value;
    }
    if (arguments.isSet(optionFormat)) {
        const std::optional<DiskFormat> format = diskFormatFromString(arguments.value(optionFormat));
        if (!format) {
            co_return report.failed(
                unknownWord(optionFormat, arguments.value(optionFormat), QStringLiteral("vhdx, qcow2, raw")));
        }
        request.format = *format;
    }
    if (arguments.isSet(optionType)) {
        const QString type = arguments.value(optionType);
        if (type != QLatin1String("dynamic") && type != QLatin1String("fixed")) {
            co_return report.failed(unknownWord(optionType, type, QStringLiteral("dynamic, fixed")));
        }
        request.isFixed = type == QLatin1String("fixed");
    }
    const QStringList parents = parentsIn(arguments);
    if (!parents.isEmpty()) {
        request.parent = parents.constFirst();
    }
    const Result<ByteCount> made = createDisk(request);
    co_return made ? report.done(tr("%1 is there, with %2.").arg(request.file, made->toString()),
                         QJsonObject{{QStringLiteral("file"), request.file},
                             {QStringLiteral("size"), static_cast<qint64>(made->bytes())}})
                   : report.failed(made.error());
}

// ON_FILE and ON_RUNNING are the same edit of the file that REQUEST names.
template <class Operation, class Request, class OnRunning>
QCoro::Task<int> edit(
    Context* context, Request request, EditKind kind, OnRunning onRunning, Arguments arguments, Report report)
{
    const std::shared_ptr<MachineSession> session = co_await runningUserOf(context, request.file);
    if (!session || !isUp(session->state())) {
        if (arguments.isSet(optionGrow)) {
            co_return report.failed(Error{ErrorKind::WrongState,
                tr("--grow needs a running machine that uses %1, for its guest is to do it.").arg(request.file),
                tr("Start the machine, or leave --grow out."), {}});
        }
        co_return co_await editFile<Operation>(std::move(request), kind, std::move(arguments), std::move(report));
    }
    const std::optional<SlotId> slot = slotOfDisk(session->machine().definition, request.file);
    co_return co_await carryOut(onRunning({session.get(), slot.value_or(SlotId{})}, std::move(request)),
        std::move(arguments), std::move(report));
}

Result<ResizeRequest> resizeRequest(const Arguments& arguments)
{
    const Result<ByteCount> size = ByteCount::parse(arguments.positional[1]);
    return size.transform([&](ByteCount newSize) {
        return ResizeRequest{
            .file = absolute(arguments.positional[0]), .parents = parentsIn(arguments), .newSize = newSize};
    });
}

QCoro::Task<int> expand(Context* context, Arguments arguments, Report report)
{
    Result<ResizeRequest> request = resizeRequest(arguments);
    if (!request) {
        co_return report.failed(request.error());
    }
    request->gptBackup = arguments.isSet(QStringLiteral("fix-gpt")) ? GptBackup::Move : GptBackup::Leave;
    const InGuest inGuest = arguments.isSet(optionGrow) ? InGuest::Grow : InGuest::Leave;
    co_return co_await edit<ExpandDisk>(
        context, *request, EditKind::Expand,
        [inGuest](
            RunningDisk disk, const ResizeRequest& what) { return expandRunning(std::move(disk), what, inGuest); },
        std::move(arguments), std::move(report));
}

QCoro::Task<int> shrink(Context* context, Arguments arguments, Report report)
{
    const Result<ResizeRequest> request = resizeRequest(arguments);
    if (!request) {
        co_return report.failed(request.error());
    }
    co_return co_await edit<ShrinkDisk>(
        context, *request, EditKind::Shrink, &shrinkRunning, std::move(arguments), std::move(report));
}

QCoro::Task<int> compact(Context* context, Arguments arguments, Report report)
{
    const CompactRequest request{absolute(arguments.positional[0]), parentsIn(arguments),
        arguments.isSet(QStringLiteral("outside-partitions")) ? CompactRequest::OutsidePartitions::GiveUp
                                                              : CompactRequest::OutsidePartitions::Keep};
    co_return co_await edit<CompactDisk>(
        context, request, EditKind::Compact, &compactRunning, std::move(arguments), std::move(report));
}

// The image that --format and --type, or else the name of FILE, ask for.
Result<ImageTarget> targetFor(const Arguments& arguments, const QString& file)
{
    const QString format = arguments.isSet(optionFormat) ? arguments.value(optionFormat).toLower()
                                                         : QFileInfo(file).suffix().toLower();
    const QString type = arguments.isSet(optionType) ? arguments.value(optionType) : QStringLiteral("dynamic");
    if (type != QLatin1String("dynamic") && type != QLatin1String("fixed")) {
        return std::unexpected(unknownWord(optionType, type, QStringLiteral("dynamic, fixed")));
    }
    const bool isFixed = type == QLatin1String("fixed");
    if (format == QLatin1String("vhdx")) {
        return isFixed ? ImageTarget::FixedVhdx : ImageTarget::DynamicVhdx;
    }
    if (format == QLatin1String("vhd")) {
        return isFixed ? ImageTarget::FixedVhd : ImageTarget::DynamicVhd;
    }
    if (arguments.isSet(optionType)) {
        return std::unexpected(
            Error{ErrorKind::InvalidInput, tr("--type is for VHDX and VHD."), tr("Leave it out."), {}});
    }
    if (format == QLatin1String("raw") || format == QLatin1String("img")) {
        return ImageTarget::Raw;
    }
    if (format == QLatin1String("qcow2")) {
        return ImageTarget::Qcow2;
    }
    if (format == QLatin1String("vmdk")) {
        return ImageTarget::Vmdk;
    }
    if (format == QLatin1String("vdi")) {
        return ImageTarget::Vdi;
    }
    return std::unexpected(Error{ErrorKind::InvalidInput,
        arguments.isSet(optionFormat)
            ? tr("--format does not know “%1”.").arg(format)
            : tr("The name %1 does not say of which format the image is to be.").arg(file),
        tr("Say --format vhdx, vhd, raw, qcow2, vmdk or vdi."), {}});
}

// Leaves the storing to the kernel, as whoever copies files on the command line expects it; what it says at the end
// names the difference. Who wants to be sure of the content waits.
QCoro::Task<int> makeAnother(Arguments arguments, Report report)
{
    const QString target = absolute(arguments.positional[1]);
    const Result<ImageTarget> format = targetFor(arguments, target);
    if (!format) {
        co_return report.failed(format.error());
    }
    const bool verifies = arguments.isSet(QStringLiteral("verify"));
    const ConvertRequest request{.source = absolute(arguments.positional[0]),
        .parents = parentsIn(arguments),
        .target = target,
        .format = *format,
        .verify = verifies ? ConvertRequest::Verify::Yes : ConvertRequest::Verify::No,
        .durability =
            verifies || arguments.isSet(QStringLiteral("sync")) ? Durability::Stable : Durability::LeftToKernel};
    co_return co_await carryOutOnFile<Convert>(request, std::move(arguments), std::move(report));
}

QCoro::Task<int> convert(Context*, Arguments arguments, Report report)
{
    return makeAnother(std::move(arguments), std::move(report));
}

QCoro::Task<int> migrate(Context*, Arguments arguments, Report report)
{
    const QString target = absolute(arguments.positional[1]);
    const Result<ImageTarget> format = targetFor(arguments, target);
    if (!format) {
        co_return report.failed(format.error());
    }
    MigrateRequest request{.source = absolute(arguments.positional[0]),
        .parents = parentsIn(arguments),
        .target = target,
        .format = *format};
    if (const QString text = arguments.value(optionSize); !text.isEmpty()) {
        const Result<ByteCount> size = ByteCount::parse(text);
        if (!size) {
            co_return report.failed(size.error());
        }
        request.size = *size;
    }
    co_return co_await carryOutOnFile<MigrateDisk>(request, std::move(arguments), std::move(report));
}

QCoro::Task<int> flatten(Context*, Arguments arguments, Report report)
{
    if (arguments.positional.size() > 1) {
        // Which reads a differencing image with all its parents.
        co_return co_await makeAnother(std::move(arguments), std::move(report));
    }
    for (const char* option : {"format", "type", "verify", "sync"}) {
        if (arguments.isSet(QLatin1String(option))) {
            report.failed(Error{ErrorKind::InvalidInput,
                tr("--%1 is for a new image, and no TARGET is named.").arg(QLatin1String(option)),
                tr("Leave it out, or name the new image."), {}});
            co_return exitUsage;
        }
    }
    const ChildRequest request{absolute(arguments.positional[0]), parentsIn(arguments)};
    co_return co_await editFile<FlattenDisk>(request, EditKind::Flatten, std::move(arguments), std::move(report));
}

QCoro::Task<int> merge(Context*, Arguments arguments, Report report)
{
    const ChildRequest request{absolute(arguments.positional[0]), parentsIn(arguments)};
    return carryOutOnFile<MergeDisk>(request, std::move(arguments), std::move(report));
}

QCoro::Task<int> reconnect(Context*, Arguments arguments, Report report)
{
    const QString child = absolute(arguments.positional[0]);
    const QString parent = absolute(arguments.positional[1]);
    std::optional<CopyBefore> copy = CopyBefore::take(child);
    if (const Result<void> done = reconnectParent(child, parent); !done) {
        co_return report.failed(done.error());
    }
    QStringList sentences{tr("%1 names %2 as its parent.").arg(child, parent)};
    QJsonObject json{{QStringLiteral("file"), child}, {QStringLiteral("parent"), parent}};
    keep(copy, EditKind::Reconnect, sentences, json);
    co_return report.done(sentences.join(QLatin1Char('\n')), json);
}

QCoro::Task<int> undo(Context*, Arguments arguments, Report report)
{
    const QString file = absolute(arguments.positional[0]);
    if (arguments.isSet(QStringLiteral("forget"))) {
        const int copies = dropCopiesOf(file, CopiesToDrop::All);
        co_return report.done(copies > 0 ? tr("The copy of %1 as it was before is deleted.").arg(file)
                                         : tr("No copy is kept of %1 as it was before.").arg(file),
            QJsonObject{{QStringLiteral("deleted"), copies}});
    }
    const UndoRequest request{file,
        arguments.isSet(QStringLiteral("lose-writes")) ? UndoRequest::WrittenSince::Lose
                                                       : UndoRequest::WrittenSince::Refuse};
    co_return co_await carryOutOnFile<UndoDisk>(request, std::move(arguments), std::move(report));
}

} // namespace

std::vector<Verb> diskVerbs()
{
    const QString file = QStringLiteral("FILE");
    const QString word = QStringLiteral("WORD");
    const QString size = QStringLiteral("SIZE");
    const QCommandLineOption format(
        optionFormat, tr("vhdx, vhd, raw, qcow2, vmdk or vdi; otherwise the target's name decides."), word);
    const QCommandLineOption type(optionType, tr("dynamic (grows with use) or fixed."), word);
    const QCommandLineOption verify(
        QStringLiteral("verify"), tr("Read both images back and compare them; implies --sync."));
    const QCommandLineOption sync(QStringLiteral("sync"),
        tr("End when the new image is on stable storage; otherwise the kernel puts it there soon afterwards, as "
           "after cp."));
    return {
        {QStringLiteral("disk info"), {file}, tr("says all there is to say about a disk image"),
            {parentOption(),
                {QStringLiteral("force-share"),
                    tr("Look even where a machine uses the image; what is said may be outdated.")}},
            &info},
        {QStringLiteral("disk check"), {file}, tr("looks for damage in a VHDX image"),
            {{QStringLiteral("repair"),
                tr("Mend what can be mended; what is changed is kept in a file beside it.")}},
            &check},
        {QStringLiteral("disk create"), {file}, tr("makes a disk image"),
            {{optionSize, tr("Its virtual size: 40G, 512M, bytes."), size},
                {optionFormat, tr("vhdx (otherwise), qcow2 or raw."), word}, type,
                {QStringLiteral("block-size"),
                    tr("Of a VHDX: a power of two from 1M to 256M; otherwise 32M, above 16T more, and 2M if it "
                       "is fixed or has a parent."),
                    size},
                {QStringLiteral("sector-size"), tr("Of a VHDX: 512 (otherwise) or 4096."), size},
                {QStringLiteral("physical-sector-size"), tr("Of a VHDX: 512 or 4096 (otherwise)."), size},
                {optionParent, tr("Make a differencing VHDX image that stands on FILE."), file}},
            &create},
        {QStringLiteral("disk expand"), {file, size}, tr("makes the disk in an image larger, in place"),
            {{QStringLiteral("fix-gpt"), tr("Also move the partition table's backup to the new end.")},
                {optionGrow,
                    tr("Then grow the last partition and its file system in the guest of the running machine.")},
                parentOption(), planOption(), progressOption()},
            &expand},
        {QStringLiteral("disk shrink"), {file, size}, tr("makes the disk in an image smaller, in place"),
            {parentOption(), planOption(), progressOption()}, &shrink},
        {QStringLiteral("disk compact"), {file}, tr("gives the space of a VHDX image back that nothing uses"),
            {{QStringLiteral("outside-partitions"), tr("Also give up what lies outside of every partition.")},
                parentOption(), planOption(), progressOption()},
            &compact},
        {QStringLiteral("disk convert"), {QStringLiteral("SOURCE"), QStringLiteral("TARGET")},
            tr("makes an image of another format"),
            {format, type, verify, sync, parentOption(), planOption(), progressOption()}, &convert},
        {QStringLiteral("disk migrate"), {QStringLiteral("SOURCE"), QStringLiteral("TARGET")},
            tr("makes a copy that starts with UEFI of a Linux disk that starts with BIOS"),
            {format, type, {optionSize, tr("The copy's virtual size; otherwise what it needs at least."), size},
                parentOption(), planOption(), progressOption()},
            &migrate},
        {QStringLiteral("disk flatten"), {QStringLiteral("CHILD"), QStringLiteral("[TARGET]")},
            tr("makes a differencing image independent, in place or as a new image"),
            {format, type, verify, sync, parentOption(), planOption(), progressOption()}, &flatten},
        {QStringLiteral("disk merge"), {QStringLiteral("CHILD")},
            tr("writes a differencing image into its parent and deletes it"),
            {parentOption(), planOption(), progressOption()}, &merge},
        {QStringLiteral("disk reconnect"), {QStringLiteral("CHILD"), QStringLiteral("PARENT")},
            tr("tells a differencing image where its parent is"), {}, &reconnect},
        {QStringLiteral("disk undo"), {file}, tr("undoes the last change of an image, while a copy of it is kept"),
            {{QStringLiteral("lose-writes"), tr("Also where the image has been written to since.")},
                {QStringLiteral("forget"), tr("Delete the copy instead; the last change stays.")}, planOption(),
                progressOption()},
            &undo},
    };
}

} // namespace platter::ctl
