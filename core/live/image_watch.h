// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of a machine's images, kept true while others write to them. Twice a second a worker thread looks
// at the files' times and sizes; of those that have changed it reads how large they are, and then what is on them:
// the wanted ones two at a time, then the others one by one, which leaves a processor to whoever draws. A running
// guest changes its disks all the time, so there that is read every five seconds at most. An image that is in use
// is read past its locks, as it is at that moment. Thread with an event loop, where no file is ever touched; owned
// by whoever shows it.
#pragma once

#include "core/disk/image_facts.h"
#include "core/disk/inspection.h"
#include "core/disk/trim_reach.h"
#include "core/live/disk_trouble.h"
#include "core/media/install_medium.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <optional>
#include <vector>

namespace platter {

struct WatchedImage {
    QString file;
    std::optional<DiskFormat> format = {}; // nothing: a medium
    bool isRead = true; // or only how large it is
    bool discards = true; // as the machine has the disk attached
    bool isDevice = false; // a disk of the host

    friend bool operator==(const WatchedImage&, const WatchedImage&) = default;
};

struct KnownImage {
    Result<ImageFacts> sizes; // an error: it is missing or cannot be read
    ImageAccess access = ImageAccess::Writable; // of a disk
    std::optional<TrimReach> trim = {}; // of a disk
    // What is on it; nothing: not read yet.
    std::optional<Result<DiskInspection>> disk = {};
    std::optional<Result<InstallMedium>> medium = {};
};

// What tells that a file is another one than before, or has other contents.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0; // 0: it is not there
    std::int64_t modified = 0; // ns
    std::int64_t changed = 0; // ns
    std::int64_t size = 0;
    std::int64_t blocks = 0;

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

class ImageWatch : public QObject {
    Q_OBJECT

public:
    explicit ImageWatch(QObject* parent = nullptr);

    // What is known of those that stay is kept.
    void setImages(const std::vector<WatchedImage>& images);
    // Read before all others.
    void setWanted(const QStringList& files);
    // Whether a guest may be writing to them.
    void setInUse(bool inUse);
    void start();
    void stop(); // what is being read is still taken in

    // Null: not looked at yet.
    const KnownImage* find(const QString& file) const;

Q_SIGNALS:
    void changed(const QStringList& files);

private:
    struct Entry {
        WatchedImage image;
        std::optional<KnownImage> known = {};
        FileStamp seen = {}; // when its sizes were read
        QStringList parents = {}; // its contents are made of these too
        std::vector<FileStamp> contents = {}; // of it and its parents, as they are
        std::vector<FileStamp> contentsRead = {}; // when what is on it was read
        QElapsedTimer sinceRead = {};
        bool isReading = false;
    };
    struct Look; // what a worker is to look at, and what it has found
    struct Contents; // what a worker has read

    QStringList inOrder() const;
    void beginRound();
    void lookOn(); // at the next ones of this round
    void take(const std::vector<Look>& looks);
    bool isToBeRead(const Entry& entry) const;
    void readOn();
    void read(Entry& entry);
    void take(const Contents& contents);

    QHash<QString, Entry> m_entries; // by file
    QStringList m_order;
    QStringList m_wanted;
    QStringList m_round; // still to be looked at
    QTimer m_tick;
    bool m_inUse = false;
    bool m_isLooking = false;
    int m_reading = 0;
};

} // namespace platter
