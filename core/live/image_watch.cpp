// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/image_watch.h"

#include "core/disk/host_device.h"
#include "core/disk/inspect_file.h"
#include "core/machine/disk_trim.h"

#include <QCoroFuture>
#include <QFile>
#include <QFileInfo>
#include <QtConcurrentRun>

#include <sys/stat.h>

namespace platter {

namespace {

using namespace std::chrono_literals;

constexpr auto roundEvery = 500ms;
constexpr qint64 readInUseEvery = 5000; // ms
// Files that a worker looks at before it tells what it has found: about what can be seen at a time.
constexpr qsizetype atOnce = 12;
constexpr int wantedAtOnce = 2; // of those that somebody sees
constexpr int othersAtOnce = 1;

std::int64_t nanoseconds(const timespec& time)
{
    return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

FileStamp stampOf(const QString& file)
{
    struct stat status{};
    if (::stat(QFile::encodeName(file).constData(), &status) != 0) {
        return {};
    }
    return {.device = status.st_dev,
        .inode = status.st_ino,
        .modified = nanoseconds(status.st_mtim),
        .changed = nanoseconds(status.st_ctim),
        .size = status.st_size,
        .blocks = status.st_blocks};
}

std::vector<FileStamp> stampsOf(const QString& file, const QStringList& parents)
{
    std::vector<FileStamp> stamps{stampOf(file)};
    for (const QString& parent : parents) {
        stamps.push_back(stampOf(parent));
    }
    return stamps;
}

Result<ImageFacts> sizesOf(const WatchedImage& image)
{
    return image.isDevice
        ? sizeOfHostDevice(image.file).transform([](ByteCount size) { return ImageFacts{size, size}; })
        : imageFacts(image.file, *image.format);
}

// Where they are, or would be looked for.
QStringList parentsIn(const Result<DiskInspection>& disk)
{
    QStringList files;
    if (disk) {
        for (const ParentImage& parent : disk->image.parents) {
            files << (parent.file.isEmpty() ? parent.storedAs : parent.file);
        }
    }
    return files;
}

} // namespace

struct ImageWatch::Look {
    WatchedImage image;
    FileStamp before;
    QStringList parents;
    std::vector<FileStamp> contents = {};
    std::optional<KnownImage> found = {}; // nothing: as before
    bool isNew = false;

    void run()
    {
        contents = stampsOf(image.file, parents);
        if (!isNew && contents.front() == before) {
            return;
        }
        if (!image.format) {
            found = KnownImage{.sizes = mediumFacts(image.file)};
            return;
        }
        const DiskDrive disk{.source = image.isDevice ? DiskSource(HostDevice{image.file}) : DiskSource(image.file),
            .format = *image.format,
            .discards = image.discards};
        found = KnownImage{.sizes = sizesOf(image), .access = accessTo(image.file), .trim = trimOf(disk)};
    }
};

struct ImageWatch::Contents {
    WatchedImage image;
    std::vector<FileStamp> before = {};
    bool isSteady = false; // nobody changed it meanwhile
    std::optional<Result<DiskInspection>> disk = {};
    std::optional<Result<InstallMedium>> medium = {};

    bool isGood() const { return disk ? disk->has_value() : medium->has_value(); }

    void run(const QStringList& parents)
    {
        before = stampsOf(image.file, parents);
        if (image.format) {
            disk = inspectFileAs(*image.format, image.file, {}, InspectAccess::Shared);
        } else {
            medium = inspectMedium(image.file);
        }
        isSteady = stampsOf(image.file, parents) == before;
    }
};

ImageWatch::ImageWatch(QObject* parent)
    : QObject(parent)
{
    m_tick.setInterval(roundEvery);
    connect(&m_tick, &QTimer::timeout, this, &ImageWatch::beginRound);
}

void ImageWatch::setImages(const std::vector<WatchedImage>& images)
{
    QHash<QString, Entry> entries;
    m_order.clear();
    for (const WatchedImage& image : images) {
        if (image.file.isEmpty() || entries.contains(image.file)) {
            continue;
        }
        m_order << image.file;
        const auto before = m_entries.constFind(image.file);
        const bool isKnown = before != m_entries.cend() && before->image == image;
        entries.insert(image.file, isKnown ? *before : Entry{.image = image});
    }
    m_entries = std::move(entries);
    if (m_tick.isActive()) {
        beginRound();
    }
}

void ImageWatch::setWanted(const QStringList& files)
{
    m_wanted = files;
    readOn();
}

void ImageWatch::setInUse(bool inUse)
{
    m_inUse = inUse;
    readOn();
}

void ImageWatch::start()
{
    m_tick.start();
    beginRound();
}

void ImageWatch::stop()
{
    m_tick.stop();
    m_round.clear();
}

const KnownImage* ImageWatch::find(const QString& file) const
{
    const auto entry = m_entries.constFind(file);
    return entry != m_entries.cend() && entry->known ? &*entry->known : nullptr;
}

QStringList ImageWatch::inOrder() const
{
    return m_wanted + m_order;
}

void ImageWatch::beginRound()
{
    if (!m_round.isEmpty()) {
        return; // slow storage: the round before goes on
    }
    m_round = inOrder();
    m_round.removeDuplicates();
    lookOn();
}

void ImageWatch::lookOn()
{
    if (m_isLooking || m_round.isEmpty()) {
        return;
    }
    std::vector<Look> looks;
    while (!m_round.isEmpty() && looks.size() < static_cast<std::size_t>(atOnce)) {
        const auto entry = m_entries.constFind(m_round.takeFirst());
        if (entry != m_entries.cend()) {
            looks.push_back({.image = entry->image,
                .before = entry->seen,
                .parents = entry->parents,
                .isNew = !entry->known.has_value()});
        }
    }
    m_isLooking = true;
    QCoro::connect(QtConcurrent::run([looks = std::move(looks)]() mutable {
        for (Look& look : looks) {
            look.run();
        }
        return looks;
    }),
        this, [this](const std::vector<Look>& found) {
            m_isLooking = false;
            take(found);
            lookOn();
        });
}

void ImageWatch::take(const std::vector<Look>& looks)
{
    QStringList files;
    for (const Look& look : looks) {
        const auto entry = m_entries.find(look.image.file);
        if (entry == m_entries.end() || entry->image != look.image) {
            continue;
        }
        if (entry->parents == look.parents) {
            entry->contents = look.contents;
        }
        if (!look.found) {
            continue;
        }
        KnownImage known = *look.found;
        if (known.sizes && entry->known) { // until it is read again
            known.disk = entry->known->disk;
            known.medium = entry->known->medium;
        }
        entry->known = std::move(known);
        entry->seen = look.contents.front();
        files << look.image.file;
    }
    if (!files.isEmpty()) {
        Q_EMIT changed(files);
    }
    readOn();
}

bool ImageWatch::isToBeRead(const Entry& entry) const
{
    if (!entry.image.isRead || entry.isReading || !entry.known || !entry.known->sizes
        || entry.contents == entry.contentsRead) {
        return false;
    }
    return !m_inUse || !entry.image.format || !entry.known->disk || entry.sinceRead.hasExpired(readInUseEvery);
}

void ImageWatch::readOn()
{
    const QStringList files = inOrder();
    for (qsizetype i = 0; i < files.size(); ++i) {
        const bool isWanted = i < m_wanted.size();
        if (m_reading >= (isWanted ? wantedAtOnce : othersAtOnce) || !m_tick.isActive()) {
            return;
        }
        if (const auto entry = m_entries.find(files.at(i)); entry != m_entries.end() && isToBeRead(*entry)) {
            read(*entry);
        }
    }
}

void ImageWatch::read(Entry& entry)
{
    entry.isReading = true;
    ++m_reading;
    QCoro::connect(QtConcurrent::run([image = entry.image, parents = entry.parents] {
        Contents contents{.image = image};
        contents.run(parents);
        return contents;
    }),
        this, [this](const Contents& contents) {
            --m_reading;
            take(contents);
            readOn();
        });
}

void ImageWatch::take(const Contents& contents)
{
    const auto entry = m_entries.find(contents.image.file);
    if (entry == m_entries.end() || entry->image != contents.image) {
        return;
    }
    entry->isReading = false;
    entry->sinceRead.start();
    entry->contents = entry->contentsRead = contents.before;
    if (!entry->known || !entry->known->sizes) {
        return; // it has gone meanwhile
    }
    // An image that is being changed may make no sense for a moment, which is nothing to tell; it is read again.
    const bool hasBetter =
        (entry->known->disk && *entry->known->disk) || (entry->known->medium && *entry->known->medium);
    if (!contents.isGood() && !contents.isSteady && hasBetter) {
        return;
    }
    entry->known->disk = contents.disk;
    entry->known->medium = contents.medium;
    if (contents.disk) {
        const QStringList parents = parentsIn(*contents.disk);
        if (parents != entry->parents) {
            // The next round looks at their times as well.
            entry->parents = parents;
            entry->contents.clear();
            entry->contentsRead.clear();
        }
    }
    Q_EMIT changed({contents.image.file});
}

} // namespace platter
