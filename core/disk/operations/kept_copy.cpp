// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/kept_copy.h"

#include "core/disk/image_lock.h"
#include "core/durable_file.h"
#include "core/uninterrupted.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <vector>

namespace platter {

namespace {

constexpr const char* attribute = "user.platter.before-edit";
constexpr int recordVersion = 1;
constexpr int longestName = 255; // in bytes, on every Linux file system
constexpr int sameNames = 100; // files of somebody else that a copy's name gives way to
constexpr std::uint64_t probeLength = 65536; // whole blocks, whatever their size

constexpr std::array allEdits{
    EditKind::Expand, EditKind::Shrink, EditKind::Compact, EditKind::Flatten, EditKind::Reconnect, EditKind::Mend};

QString keeping()
{
    return QCoreApplication::translate("platter::KeptCopy", "Keeping a copy of the disk image as it was");
}

// The file itself: a copy beside a link to it would be on another file system, or in the wrong folder.
QString realFile(const QString& image)
{
    const QString real = QFileInfo(image).canonicalFilePath();
    return real.isEmpty() ? QFileInfo(image).absoluteFilePath() : real;
}

QString beginningOf(const QString& image)
{
    return image + QStringLiteral(".before-");
}

std::optional<struct stat> statusOf(int fd)
{
    struct stat status{};
    return ::fstat(fd, &status) == 0 ? std::optional(status) : std::nullopt;
}

UniqueFd openImage(const QString& image)
{
    return UniqueFd(uninterrupted(
        [&] { return ::open(QFile::encodeName(image).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
}

// A file without a name, in the folder of IMAGE.
UniqueFd unnamedBeside(const QString& image)
{
    const QByteArray folder = QFile::encodeName(QFileInfo(image).absolutePath());
    return UniqueFd(uninterrupted(
        [&] { return ::open(folder.constData(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR); }));
}

// One with a second name would come apart from that one when the copy takes its place.
bool isReplaceable(const struct stat& status)
{
    return S_ISREG(status.st_mode) && status.st_nlink == 1;
}

QByteArray recordOf(EditKind edit, const QDateTime& takenAt, const FileStamp& after)
{
    const QJsonObject image{{QStringLiteral("inode"), QString::number(after.inode)},
        {QStringLiteral("size"), QString::number(after.size)},
        {QStringLiteral("modified"), QString::number(after.modified)}};
    return QJsonDocument(
        QJsonObject{{QStringLiteral("version"), recordVersion}, {QStringLiteral("edit"), nameOf(edit)},
            {QStringLiteral("takenAt"), takenAt.toString(Qt::ISODateWithMs)}, {QStringLiteral("image"), image}})
        .toJson(QJsonDocument::Compact);
}

// Nothing where FILE is no copy that this version knows.
std::optional<KeptCopy> readCopy(const QString& file)
{
    QByteArray record(4096, '\0');
    const ssize_t length = ::lgetxattr(
        QFile::encodeName(file).constData(), attribute, record.data(), static_cast<std::size_t>(record.size()));
    if (length <= 0) {
        return std::nullopt;
    }
    record.truncate(length);
    const QJsonObject json = QJsonDocument::fromJson(record).object();
    const QString word = json.value(QLatin1String("edit")).toString();
    const auto* const edit = std::ranges::find(allEdits, word, [](EditKind kind) { return nameOf(kind); });
    KeptCopy copy;
    copy.file = file;
    copy.takenAt = QDateTime::fromString(json.value(QLatin1String("takenAt")).toString(), Qt::ISODateWithMs);
    if (json.value(QLatin1String("version")).toInt() != recordVersion || edit == allEdits.end()
        || !copy.takenAt.isValid()) {
        return std::nullopt;
    }
    copy.edit = *edit;
    const QJsonObject image = json.value(QLatin1String("image")).toObject();
    copy.imageAfter = {image.value(QLatin1String("inode")).toString().toULongLong(),
        image.value(QLatin1String("size")).toString().toULongLong(),
        image.value(QLatin1String("modified")).toString().toLongLong()};
    return copy;
}

// "expand", and "expand-2" where that name was somebody else's.
bool isEditName(const QString& word)
{
    const qsizetype dash = word.indexOf(QLatin1Char('-'));
    bool isNumber = dash < 0;
    if (dash >= 0) {
        word.sliced(dash + 1).toInt(&isNumber);
    }
    return isNumber
        && std::ranges::contains(
            allEdits, word.first(dash < 0 ? word.size() : dash), [](EditKind kind) { return nameOf(kind); });
}

std::vector<KeptCopy> copiesOf(const QString& image)
{
    const QFileInfo info(image);
    std::vector<KeptCopy> copies;
    const QString beginning = beginningOf(info.fileName());
    const QStringList names = info.absoluteDir().entryList(QDir::Files | QDir::Hidden | QDir::NoSymLinks);
    for (const QString& name : names) {
        // What is kept of a copy begins alike.
        if (name.startsWith(beginning) && isEditName(name.sliced(beginning.size()))) {
            if (std::optional<KeptCopy> copy = readCopy(info.absolutePath() + QLatin1Char('/') + name)) {
                copies.push_back(*std::move(copy));
            }
        }
    }
    return copies;
}

} // namespace

QString nameOf(EditKind kind)
{
    switch (kind) {
    case EditKind::Expand:
        return QStringLiteral("expand");
    case EditKind::Shrink:
        return QStringLiteral("shrink");
    case EditKind::Compact:
        return QStringLiteral("compact");
    case EditKind::Flatten:
        return QStringLiteral("flatten");
    case EditKind::Reconnect:
        return QStringLiteral("reconnect");
    case EditKind::Mend:
        return QStringLiteral("mend");
    }
    Q_UNREACHABLE_RETURN({});
}

bool shareBlocks(int from, int to, std::uint64_t length)
{
    struct file_clone_range range{};
    range.src_fd = from;
    range.src_length = length;
    return uninterrupted([&] { return ::ioctl(to, FICLONERANGE, &range); }) == 0;
}

FileStamp FileStamp::of(const struct stat& status)
{
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    return {status.st_ino, static_cast<std::uint64_t>(status.st_size),
        status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec};
}

std::optional<FileStamp> FileStamp::of(const QString& file)
{
    struct stat status{};
    return ::stat(QFile::encodeName(file).constData(), &status) == 0 ? std::optional(of(status)) : std::nullopt;
}

bool canKeepCopy(const QString& image, ShareBlocks share)
{
    const QString file = realFile(image);
    const UniqueFd source = openImage(file);
    const auto status = source ? statusOf(source.get()) : std::nullopt;
    const qsizetype name =
        QFile::encodeName(beginningOf(QFileInfo(file).fileName())).size() + nameOf(EditKind::Reconnect).size();
    if (!status || !isReplaceable(*status) || name > longestName) {
        return false;
    }
    const UniqueFd probe = unnamedBeside(file);
    const bool isLong = static_cast<std::uint64_t>(status->st_size) > probeLength;
    // Some file systems share blocks and know no attributes of users.
    return probe && share(source.get(), probe.get(), isLong ? probeLength : 0)
        && ::fsetxattr(probe.get(), attribute, "", 0, 0) == 0;
}

std::optional<CopyBefore> CopyBefore::take(const QString& image, ShareBlocks share)
{
    if (!canKeepCopy(image, share)) {
        return std::nullopt;
    }
    const QString file = realFile(image);
    const UniqueFd source = openImage(file);
    const auto status = source ? statusOf(source.get()) : std::nullopt;
    UniqueFd copy = unnamedBeside(file);
    if (!status || !copy || !checkImageNotInUse(file) || !share(source.get(), copy.get(), 0)) {
        return std::nullopt;
    }
    // A copy of a file that somebody writes to is one of no moment.
    if (const auto still = statusOf(source.get()); !still || FileStamp::of(*still) != FileStamp::of(*status)) {
        return std::nullopt;
    }
    // It is to take the image's place one day, for everybody who could use that.
    const bool hasOwner = ::fchown(copy.get(), status->st_uid, status->st_gid) == 0;
    if (!hasOwner || ::fchmod(copy.get(), status->st_mode & ALLPERMS) != 0) {
        return std::nullopt;
    }
    return CopyBefore(file, std::move(copy), FileStamp::of(*status));
}

Result<QString> CopyBefore::keep(EditKind edit)
{
    const std::optional<FileStamp> after = FileStamp::of(m_image);
    if (!after || *after == m_before) {
        return QString();
    }
    const QByteArray record = recordOf(edit, m_takenAt, *after);
    if (::fsetxattr(m_copy.get(), attribute, record.constData(), static_cast<std::size_t>(record.size()), 0) != 0
        || uninterrupted([&] { return ::fsync(m_copy.get()); }) != 0) {
        return std::unexpected(systemError(keeping(), m_image, errno));
    }
    // The edit before this one cannot be undone any more.
    dropCopiesOf(m_image, CopiesToDrop::All);
    const QByteArray unnamed = "/proc/self/fd/" + QByteArray::number(m_copy.get());
    const QString name = beginningOf(m_image) + nameOf(edit);
    for (int number = 1; number <= sameNames; ++number) {
        const QString free = number == 1 ? name : QStringLiteral("%1-%2").arg(name).arg(number);
        if (::linkat(
                AT_FDCWD, unnamed.constData(), AT_FDCWD, QFile::encodeName(free).constData(), AT_SYMLINK_FOLLOW)
            == 0) {
            return flushToDisk(QFileInfo(m_image).absolutePath()).transform([&] { return free; });
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return std::unexpected(systemError(keeping(), name, errno));
}

std::optional<KeptCopy> keptCopyOf(const QString& image)
{
    const QString file = realFile(image);
    const std::vector<KeptCopy> copies = copiesOf(file);
    const auto newest = std::ranges::max_element(copies, {}, &KeptCopy::takenAt);
    if (newest == copies.end()) {
        return std::nullopt;
    }
    KeptCopy copy = *newest;
    copy.isImageAsLeft = FileStamp::of(file) == copy.imageAfter;
    return copy;
}

void forgetRecord(int descriptor)
{
    // A record that stays says nothing of a file that is called otherwise.
    ::fremovexattr(descriptor, attribute);
}

int dropCopiesOf(const QString& image, CopiesToDrop which, const QDateTime& now)
{
    int dropped = 0;
    for (const KeptCopy& copy : copiesOf(realFile(image))) {
        const bool isDue = which == CopiesToDrop::All || copy.takenAt.addDuration(copyLifetime) < now;
        // Whoever has it open has made a disk of it.
        if (isDue && checkImageNotInUse(copy.file)) {
            dropped += QFile::remove(copy.file) ? 1 : 0;
        }
    }
    return dropped;
}

} // namespace platter
