// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/convert.h"

#include "core/disk/disk_compare.h"
#include "core/disk/extent_copy.h"
#include "core/disk/host_file.h"
#include "core/disk/open_disk.h"
#include "core/disk/partial_file.h"
#include "core/disk/qemu_img.h"
#include "core/durable_file.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Convert)
};

ImageKind kindOf(ImageTarget target)
{
    switch (target) {
    case ImageTarget::Raw:
        return ImageKind::Raw;
    case ImageTarget::FixedVhd:
    case ImageTarget::DynamicVhd:
        return ImageKind::Vhd;
    case ImageTarget::FixedVhdx:
    case ImageTarget::DynamicVhdx:
        return ImageKind::Vhdx;
    case ImageTarget::Qcow2:
        return ImageKind::Qcow2;
    case ImageTarget::Vmdk:
        return ImageKind::Vmdk;
    case ImageTarget::Vdi:
        return ImageKind::Vdi;
    }
    Q_UNREACHABLE_RETURN({});
}

bool isForeign(ImageKind kind)
{
    return kind == ImageKind::Qcow2 || kind == ImageKind::Vmdk || kind == ImageKind::Vdi;
}

ByteCount onHost(const QString& file)
{
    struct stat status{};
    constexpr std::uint64_t unit = 512; // of st_blocks
    const bool isThere = ::stat(QFile::encodeName(file).constData(), &status) == 0;
    return ByteCount(isThere ? static_cast<std::uint64_t>(status.st_blocks) * unit : 0);
}

// Whether a file in FOLDER could share its data with SOURCE, so that no space need be free for it.
bool mayShare(const QString& source, const QString& folder)
{
    struct stat from{};
    struct stat to{};
    struct statfs system{};
    const QByteArray folderName = QFile::encodeName(folder);
    if (::stat(QFile::encodeName(source).constData(), &from) != 0 || ::stat(folderName.constData(), &to) != 0
        || from.st_dev != to.st_dev || ::statfs(folderName.constData(), &system) != 0) {
        return false;
    }
    constexpr std::array<std::uint32_t, 3> sharing{XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, 0xCA451A4EU /* bcachefs */};
    return std::ranges::contains(sharing, static_cast<std::uint32_t>(system.f_type));
}

} // namespace

struct Convert::Survey {
    ImageKind kind = ImageKind::Raw;
    std::unique_ptr<VirtualDisk> disk; // null where qemu-img reads the source
    DiskShape shape;
    ByteCount data; // in the source, at most
};

Convert::Convert(ConvertRequest request, DiskChange change)
    : m_request(std::move(request))
    , m_change(std::move(change))
{
}

QString Convert::title() const
{
    return Texts::tr("Convert %1 to %2 (%3)")
        .arg(QFileInfo(m_request.source).fileName(), QFileInfo(m_request.target).fileName(),
            displayName(m_request.format));
}

Result<void> Convert::checkTarget() const
{
    const QString what = Texts::tr("Making the disk image");
    const QFileInfo target(m_request.target);
    struct stat source{};
    struct stat there{};
    const bool isThere = ::lstat(QFile::encodeName(m_request.target).constData(), &there) == 0;
    if (isThere && ::stat(QFile::encodeName(m_request.source).constData(), &source) == 0
        && source.st_dev == there.st_dev && source.st_ino == there.st_ino) {
        return std::unexpected(
            Error{ErrorKind::InvalidInput, Texts::tr("%1 cannot be converted onto itself.").arg(m_request.source),
                Texts::tr("Choose another name for the new image."), {}});
    }
    if (isThere) {
        return std::unexpected(systemError(what, m_request.target, EEXIST));
    }
    const QString folder = target.absolutePath();
    if (!QFileInfo(folder).isDir()) {
        return std::unexpected(systemError(what, folder, ENOENT));
    }
    if (::faccessat(AT_FDCWD, QFile::encodeName(folder).constData(), W_OK | X_OK, AT_EACCESS) != 0) {
        return std::unexpected(systemError(what, folder, errno));
    }
    return {};
}

Result<Convert::Survey> Convert::surveySource(const Progress& progress) const
{
    const Result<ImageKind> kind = imageKindOf(m_request.source);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    Survey survey;
    survey.kind = *kind;
    if (isForeign(*kind)) {
        if (const Result<void> isFree = checkImageNotInUse(m_request.source, ImageUse::ReadOnly); !isFree) {
            return std::unexpected(isFree.error());
        }
        const Result<QemuFacts> facts = qemuFacts({m_request.source, qemuFormat(*kind)});
        if (!facts) {
            return std::unexpected(facts.error());
        }
        survey.shape.size = facts->virtualSize.bytes();
        survey.data = facts->data;
        return survey;
    }
    Result<std::unique_ptr<VirtualDisk>> disk = openDiskAs(*kind, m_request.source, m_request.parents);
    if (disk && m_change) {
        disk = m_change(*std::move(disk));
    }
    if (!disk) {
        return std::unexpected(disk.error());
    }
    survey.disk = std::move(*disk);
    survey.shape = {survey.disk->size(), survey.disk->logicalSectorSize(), survey.disk->physicalSectorSize()};
    const Result<ByteCount> data = dataIn(*survey.disk, progress);
    if (!data) {
        return std::unexpected(data.error());
    }
    survey.data = *data;
    return survey;
}

Result<Convert::Survey> Convert::survey(const Progress& progress) const
{
    if (const Result<void> good = checkTarget(); !good) {
        return std::unexpected(good.error());
    }
    Result<Survey> found = surveySource(progress);
    if (!found) {
        return found;
    }
    if (const Result<void> fits = checkShape(m_request.format, found->shape); !fits) {
        return std::unexpected(fits.error());
    }
    if (!isOwnFormat(m_request.format) || isForeign(found->kind)) {
        if (const Result<QString> program = findQemuImg(); !program) {
            return std::unexpected(program.error());
        }
    }
    if (const Result<void> fits = checkSpace(*found); !fits) {
        return std::unexpected(fits.error());
    }
    return found;
}

Result<void> Convert::checkSpace(const Survey& survey) const
{
    const QString folder = QFileInfo(m_request.target).absolutePath();
    if (mayShare(m_request.source, folder)) {
        return {};
    }
    struct statvfs system{};
    if (::statvfs(QFile::encodeName(folder).constData(), &system) != 0) {
        return std::unexpected(systemError(Texts::tr("Making the disk image"), folder, errno));
    }
    const ByteCount free(static_cast<std::uint64_t>(system.f_bavail) * system.f_frsize);
    const ByteCount needed = spaceFor(survey);
    if (needed > free) {
        return std::unexpected(Error{ErrorKind::NoSpace,
            Texts::tr("The new image may need %1, and %2 has %3 free.")
                .arg(needed.toString(), folder, free.toString()),
            Texts::tr("Free some space or choose another place."), {}});
    }
    return {};
}

ByteCount Convert::sizeOnHostFor(const Survey& survey) const
{
    // What the file system itself needs to find the file's parts again.
    const std::uint64_t tables = ByteCount::kibibytes(64).bytes() + survey.data.bytes() / 1024;
    return ByteCount(survey.data.bytes() + overheadOf(m_request.format, survey.shape).bytes() + tables);
}

ByteCount Convert::spaceFor(const Survey& survey) const
{
    return ByteCount(sizeOnHostFor(survey).bytes() + (needsRawFirst(survey) ? survey.data.bytes() : 0));
}

// qemu-img is given nothing that it could read in another way than we do: it takes raw images from us.
bool Convert::needsRawFirst(const Survey& survey) const
{
    return !isOwnFormat(m_request.format) && !isForeign(survey.kind) && (survey.kind != ImageKind::Raw || m_change);
}

bool Convert::isWrittenHere(const Survey& survey) const
{
    return isOwnFormat(m_request.format) && !isForeign(survey.kind);
}

bool Convert::waits(const Survey& survey) const
{
    return m_request.durability == Durability::Stable || !isWrittenHere(survey);
}

Result<void> Convert::check() const
{
    const Result<Survey> found = survey(Progress());
    return found ? Result<void>() : std::unexpected(found.error());
}

Result<OperationPlan> Convert::plan() const
{
    const Result<Survey> found = survey(Progress());
    if (!found) {
        return std::unexpected(found.error());
    }
    OperationPlan plan;
    plan.steps.append(Texts::tr("%1 is read and stays as it is; its disk has %2, of which %3 hold data.")
            .arg(m_request.source, ByteCount(found->shape.size).toString(), found->data.toString()));
    if (needsRawFirst(*found)) {
        plan.steps.append(Texts::tr("The data is copied into a raw image first, which is removed at the end."));
    }
    plan.steps.append(Texts::tr("The data is copied into a new image (%1).").arg(displayName(m_request.format)));
    if (m_request.verify == ConvertRequest::Verify::Yes) {
        plan.steps.append(Texts::tr("Both are read again and compared."));
    }
    plan.steps.append(Texts::tr("The new image appears as %1 once it is complete.").arg(m_request.target));
    if (!waits(*found)) {
        plan.steps.append(Texts::tr("The kernel writes it to the storage soon afterwards; nobody waits for that."));
    }
    plan.bytesToCopy = bytesToCount(*found);
    plan.spaceNeeded = spaceFor(*found);
    plan.sizeOnHostAfter = sizeOnHostFor(*found);
    return plan;
}

ByteCount Convert::bytesToCount(const Survey& survey) const
{
    const std::uint64_t passes =
        1 + (needsRawFirst(survey) ? 1 : 0) + (m_request.verify == ConvertRequest::Verify::Yes ? 1 : 0);
    return ByteCount(survey.data.bytes() * passes);
}

Result<OperationOutcome> Convert::run(Progress& progress)
{
    const Result<Survey> found = survey(progress);
    if (!found) {
        return std::unexpected(found.error());
    }
    progress.setTotal(bytesToCount(*found));
    PartialFile partial(m_request.target);
    const bool isOwn = isWrittenHere(*found);
    Result<void> done = isOwn ? writeOwn(*found, partial.path(), m_request.format, progress)
                              : writeByQemu(*found, partial.path(), progress);
    if (done && isOwn && m_request.verify == ConvertRequest::Verify::Yes) {
        done = verifyOwn(*found, partial.path(), progress);
    }
    if (done) {
        done = progress.goOn();
    }
    if (done) {
        done = partial.appear(
            Texts::tr("Making the disk image"), waits(*found) ? Durability::Stable : Durability::LeftToKernel);
    }
    if (!done) {
        return std::unexpected(done.error());
    }
    OperationOutcome outcome;
    outcome.sizeOnHostBefore = onHost(m_request.source);
    outcome.sizeOnHostAfter = onHost(m_request.target);
    outcome.sentences.append(Texts::tr("%1 (%2) has a disk of %3 and takes %4.")
            .arg(m_request.target, displayName(m_request.format), ByteCount(found->shape.size).toString(),
                outcome.sizeOnHostAfter.toString()));
    if (m_request.verify == ConvertRequest::Verify::Yes) {
        outcome.sentences.append(Texts::tr("It was compared with %1 and holds the same.").arg(m_request.source));
    }
    outcome.isStored = waits(*found);
    if (!outcome.isStored) {
        outcome.sentences.append(Texts::tr(
            "The kernel may not have written all of it to the storage yet: run “sync” before you delete %1.")
                .arg(m_request.source));
    }
    return outcome;
}

Result<void> Convert::writeOwn(
    const Survey& survey, const QString& partial, ImageTarget format, Progress& progress) const
{
    Result<std::unique_ptr<HostFile>> file = HostFile::create(partial, m_request.durability);
    if (!file) {
        return std::unexpected(aboutTarget(file.error()));
    }
    const Result<std::unique_ptr<ImageWriter>> writer = makeImageWriter(format, **file, survey.shape);
    if (!writer) {
        return std::unexpected(aboutTarget(writer.error()));
    }
    if (const Result<void> copied = copyExtents(*survey.disk, **writer, **file, progress, m_request.durability);
        !copied) {
        return std::unexpected(aboutTarget(copied.error()));
    }
    const Result<void> finished = (*writer)->finish();
    return finished ? finished : std::unexpected(aboutTarget(finished.error()));
}

Result<void> Convert::writeByQemu(const Survey& survey, const QString& partial, Progress& progress) const
{
    PartialFile raw(m_request.target);
    QemuImage source{m_request.source, qemuFormat(survey.kind)};
    if (needsRawFirst(survey)) {
        if (const Result<void> done = writeOwn(survey, raw.path(), ImageTarget::Raw, progress); !done) {
            return done;
        }
        source = {raw.path(), qemuFormat(ImageKind::Raw)};
    }
    if (Result<void> done = qemuConvert(source, partial, m_request.format, survey.data, progress); !done) {
        return std::unexpected(aboutTarget(done.error()));
    }
    if (m_request.verify == ConvertRequest::Verify::Yes) {
        const QemuImage made{partial, qemuFormat(m_request.format)};
        if (Result<void> equal = qemuCompare(source, made, survey.data, progress); !equal) {
            return std::unexpected(aboutTarget(equal.error()));
        }
    }
    return flushToDisk(partial);
}

Result<void> Convert::verifyOwn(const Survey& survey, const QString& partial, Progress& progress) const
{
    const Result<std::unique_ptr<VirtualDisk>> made = openDiskAs(kindOf(m_request.format), partial);
    if (!made) {
        return std::unexpected(aboutTarget(made.error()));
    }
    const Result<std::optional<std::uint64_t>> difference = firstDifference(*survey.disk, **made, progress);
    if (!difference) {
        return std::unexpected(aboutTarget(difference.error()));
    }
    if (*difference) {
        return std::unexpected(Error{ErrorKind::Corrupt,
            Texts::tr("The new image does not hold the same as %1.").arg(m_request.source),
            Texts::tr("Check the storage, then try again."),
            QStringLiteral("first different sector at offset 0x%1").arg(**difference, 0, 16)});
    }
    return {};
}

// The user knows the target by its final name only.
Error Convert::aboutTarget(Error error) const
{
    static const QRegularExpression hidden(QStringLiteral(R"(\S*/\.[0-9a-f]{16}\.partial)"));
    error.summary.replace(hidden, m_request.target);
    return error;
}

} // namespace platter
