// SPDX-License-Identifier: GPL-3.0-or-later
// A copy of an image as it was before an edit, which shares its blocks with the image until one of the two changes:
// made in a moment and without taking space, where the file system can do that (XFS, btrfs). It lies beside the
// image as "system.vhdx.before-expand" and says itself, in an extended attribute, of what it is a copy: it appears
// together with that in one step, so there is no half copy and no record without one. Blocking; any thread.
#pragma once

#include "core/byte_count.h"
#include "core/unique_fd.h"

#include <QDateTime>
#include <QString>

#include <chrono>
#include <optional>

struct stat;

namespace platter {

enum class EditKind { Expand, Shrink, Compact, Flatten, Reconnect, Mend };

// The word in file names and JSON: "expand".
QString nameOf(EditKind kind);

// Makes TO, a new and empty file, have the first LENGTH bytes of FROM, or with 0 all of them. False where the file
// system cannot share blocks.
using ShareBlocks = bool (*)(int from, int to, std::uint64_t length);
bool shareBlocks(int from, int to, std::uint64_t length);

// Which file it is and when it was written last: the same again means that nobody has written to it since.
struct FileStamp {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t modified = 0; // in nanoseconds

    static std::optional<FileStamp> of(const QString& file);
    static FileStamp of(const struct stat& status);

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Whether a copy of IMAGE could be kept. Leaves no trace.
bool canKeepCopy(const QString& image, ShareBlocks share = &shareBlocks);

// Taken before an edit. It has no name until keep(), so it goes with the process that made it, however that ends.
class CopyBefore {
public:
    // Nothing where it cannot be made, which is no reason not to edit.
    static std::optional<CopyBefore> take(const QString& image, ShareBlocks share = &shareBlocks);

    // After the edit: takes the place of older copies. The copy's file; empty where the edit has changed nothing.
    Result<QString> keep(EditKind edit);

private:
    CopyBefore(QString image, UniqueFd copy, FileStamp before)
        : m_image(std::move(image))
        , m_copy(std::move(copy))
        , m_before(before)
    {
    }

    QString m_image;
    UniqueFd m_copy;
    FileStamp m_before;
    QDateTime m_takenAt = QDateTime::currentDateTimeUtc();
};

struct KeptCopy {
    QString file;
    EditKind edit = EditKind::Expand; // of which it is the state before
    QDateTime takenAt;
    FileStamp imageAfter; // as the edit left the image
    bool isImageAsLeft = false; // nobody has written to it since
};

// The newest copy of IMAGE.
std::optional<KeptCopy> keptCopyOf(const QString& image);

// The copy behind DESCRIPTOR is the image now.
void forgetRecord(int descriptor);

// How long a copy is kept where nothing else ends it. It comes to take space as the image changes.
inline constexpr std::chrono::days copyLifetime{7};

// Deletes what is kept of IMAGE: all of it, or what is older than copyLifetime. Says how much was deleted.
enum class CopiesToDrop { All, Old };
int dropCopiesOf(const QString& image, CopiesToDrop which, const QDateTime& now = QDateTime::currentDateTimeUtc());

} // namespace platter
