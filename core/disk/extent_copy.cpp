// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/extent_copy.h"

#include "core/disk/zero_bytes.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <set>
#include <thread>
#include <vector>

namespace platter {

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t cloneSize = 256 * mebibyte; // cloning takes as long for much as for little
constexpr std::uint64_t mapLimit = std::uint64_t(1) << 40; // how far the map is looked at at once
// Zeros are left out in pieces of this size: smaller ones would only cut the file into more parts.
constexpr std::uint64_t zeroGrain = 65536;
constexpr std::uint64_t cloneAlignment = 4096; // of the file systems that can

// How a copy is spread.
struct Pace {
    std::uint64_t pieceSize; // what a thread reads and writes at once; zeroGrain times a power of two
    unsigned threads;
};

// However few processors there are: most of the time each waits for the storage.
constexpr Pace throughStorage{2 * mebibyte, 4};
// Through memory alone pieces stay in the processor's cache on their way, and one thread reads while another
// writes: more would only wait for each other, since only one at a time writes to a file through the page cache.
constexpr Pace throughMemory{262144, 2};

struct Segment {
    std::uint64_t offset;
    std::uint64_t length;
};

// What of BYTES, which begin at OFFSET of the disk, is not zero.
std::vector<Segment> segmentsWithData(std::uint64_t offset, std::span<const std::byte> bytes)
{
    std::vector<Segment> segments;
    for (std::uint64_t at = 0; at < bytes.size();) {
        const std::uint64_t grain = std::min(zeroGrain - (offset + at) % zeroGrain, bytes.size() - at);
        if (!areZero(bytes.subspan(at, grain))) {
            if (!segments.empty() && segments.back().offset + segments.back().length == offset + at) {
                segments.back().length += grain;
            } else {
                segments.push_back({offset + at, grain});
            }
        }
        at += grain;
    }
    return segments;
}

// Room for a piece, which lies in it as far behind a storage block's begin as in the file that it is written to.
class Buffer {
public:
    explicit Buffer(std::uint64_t size)
        : m_bytes(new(std::align_val_t(alignment)) std::byte[size + alignment])
    {
    }

    // LENGTH (<= its size) bytes, for what belongs to OFFSET of a file or of a disk whose blocks are aligned in
    // it.
    std::span<std::byte> forBytesAt(std::uint64_t offset, std::uint64_t length)
    {
        return {m_bytes.get() + offset % alignment, static_cast<std::size_t>(length)};
    }

private:
    static constexpr std::size_t alignment = BlockFile::streamAlignment;

    struct Free {
        void operator()(std::byte* bytes) const { ::operator delete[](bytes, std::align_val_t(alignment)); }
    };

    std::unique_ptr<std::byte[], Free> m_bytes;
};

class Copy {
public:
    Copy(const VirtualDisk& source, ImageWriter& target, BlockFile& file, Progress& progress, Pace pace)
        : m_source(source)
        , m_target(target)
        , m_file(file)
        , m_progress(progress)
        , m_pace(pace)
    {
    }

    Result<void> run()
    {
        {
            std::vector<std::jthread> threads;
            threads.reserve(m_pace.threads);
            for (unsigned i = 0; i < m_pace.threads; ++i) {
                threads.emplace_back([this] { work(); });
            }
        }
        return m_error ? Result<void>(std::unexpected(*m_error)) : Result<void>();
    }

private:
    // A piece of the disk, and its number in the order in which places are given out.
    struct Job {
        std::uint64_t turn = 0;
        std::uint64_t offset = 0;
        DiskRun run; // as short as one buffer, unless it may be cloned
        bool mayClone = false;
    };

    // Where the bytes of a piece go.
    struct Target {
        std::uint64_t offset; // in the disk
        ImageWriter::Place place;
    };

    void work()
    {
        Buffer buffer(m_pace.pieceSize);
        while (const std::optional<Job> job = next()) {
            const Result<void> done = job->mayClone ? clone(*job, buffer) : copy(*job, buffer);
            if (!done) {
                fail(done.error());
                return;
            }
            m_progress.advance(ByteCount(job->run.length));
        }
    }

    void fail(const Error& error)
    {
        const std::scoped_lock lock(m_mutex);
        if (!m_error) {
            m_error = error;
        }
        m_turnCame.notify_all();
    }

    // The next piece with data; nothing at the end, and once something has failed.
    std::optional<Job> next()
    {
        const std::scoped_lock lock(m_mutex);
        while (!m_error && m_at < m_source.size()) {
            if (const Result<void> goOn = m_progress.goOn(); !goOn) {
                m_error = goOn.error();
                break;
            }
            Result<DiskRun> run = m_source.runAt(m_at, mapLimit);
            if (!run) {
                m_error = run.error();
                break;
            }
            if (run->content == DiskRun::Content::Zero) {
                m_at += run->length;
                continue;
            }
            const bool mayClone = run->file != nullptr && !m_cannotClone.contains(run->file);
            const std::uint64_t most = mayClone ? cloneSize : m_pace.pieceSize - m_at % m_pace.pieceSize;
            run->length = std::min(run->length, most);
            const Job job{m_turns++, m_at, *run, mayClone};
            m_at += run->length;
            return job;
        }
        if (m_error) {
            m_turnCame.notify_all();
        }
        return std::nullopt;
    }

    // The places of SEGMENTS, given out when it is the turn of JOB.
    Result<std::vector<Target>> placesFor(const Job& job, std::span<const Segment> segments)
    {
        std::unique_lock lock(m_mutex);
        m_turnCame.wait(lock, [&] { return m_error || m_turn == job.turn; });
        if (m_error) {
            return std::unexpected(*m_error);
        }
        lock.unlock();
        std::vector<Target> targets;
        for (const Segment& segment : segments) {
            for (std::uint64_t done = 0; done < segment.length;) {
                const Result<ImageWriter::Place> place =
                    m_target.place(segment.offset + done, segment.length - done);
                if (!place) {
                    return std::unexpected(place.error());
                }
                targets.push_back({segment.offset + done, *place});
                done += place->length;
            }
        }
        lock.lock();
        ++m_turn;
        m_turnCame.notify_all();
        return targets;
    }

    Result<void> copy(const Job& job, Buffer& buffer)
    {
        const std::span<std::byte> bytes = buffer.forBytesAt(job.offset, job.run.length);
        const Result<void> read = m_source.read(job.offset, bytes);
        if (!read) {
            return read;
        }
        const Result<std::vector<Target>> targets = placesFor(job, segmentsWithData(job.offset, bytes));
        if (!targets) {
            return std::unexpected(targets.error());
        }
        for (const Target& target : *targets) {
            const auto part = bytes.subspan(target.offset - job.offset, target.place.length);
            if (const Result<void> written = m_file.stream(target.place.offset, part); !written) {
                return written;
            }
        }
        return {};
    }

    Result<void> clone(const Job& job, Buffer& buffer)
    {
        const std::array<Segment, 1> all{{{job.offset, job.run.length}}};
        const Result<std::vector<Target>> targets = placesFor(job, all);
        if (!targets) {
            return std::unexpected(targets.error());
        }
        for (const Target& target : *targets) {
            if (const Result<void> goOn = m_progress.goOn(); !goOn) {
                return goOn;
            }
            const Result<void> done = cloneOne(job, target, buffer);
            if (!done) {
                return done;
            }
        }
        return {};
    }

    // Whole blocks of the file system are cloned, what is left at both ends is copied; all is, where cloning fails.
    Result<void> cloneOne(const Job& job, const Target& target, Buffer& buffer)
    {
        const std::uint64_t from = job.run.fileOffset + (target.offset - job.offset);
        const std::uint64_t to = target.place.offset;
        const std::uint64_t length = target.place.length;
        std::uint64_t head = (cloneAlignment - to % cloneAlignment) % cloneAlignment;
        std::uint64_t middle = head < length ? (length - head) / cloneAlignment * cloneAlignment : 0;
        if (from % cloneAlignment != to % cloneAlignment) {
            middle = 0;
        }
        if (middle > 0) {
            const Result<bool> cloned = m_file.cloneFrom(*job.run.file, from + head, to + head, middle);
            if (!cloned) {
                return std::unexpected(cloned.error());
            }
            if (!*cloned) {
                middle = 0;
            }
        }
        if (middle == 0) {
            const std::scoped_lock lock(m_mutex);
            m_cannotClone.insert(job.run.file);
        }
        head = middle == 0 ? length : head;
        if (Result<void> copied = copyTo(to, target.offset, head, buffer); !copied) {
            return copied;
        }
        const std::uint64_t done = head + middle;
        return copyTo(to + done, target.offset + done, length - done, buffer);
    }

    // LENGTH bytes at OFFSET of the disk, to TO of the file.
    Result<void> copyTo(std::uint64_t to, std::uint64_t offset, std::uint64_t length, Buffer& buffer)
    {
        for (std::uint64_t done = 0; done < length;) {
            if (Result<void> goOn = m_progress.goOn(); !goOn) {
                return goOn;
            }
            const std::span<std::byte> bytes = buffer.forBytesAt(
                to + done, std::min(m_pace.pieceSize - (to + done) % m_pace.pieceSize, length - done));
            if (Result<void> read = m_source.read(offset + done, bytes); !read) {
                return read;
            }
            for (const Segment& segment : segmentsWithData(offset + done, bytes)) {
                const std::uint64_t within = segment.offset - offset;
                const auto part = bytes.subspan(within - done, segment.length);
                if (Result<void> written = m_file.stream(to + within, part); !written) {
                    return written;
                }
            }
            done += bytes.size();
        }
        return {};
    }

    const VirtualDisk& m_source;
    ImageWriter& m_target;
    BlockFile& m_file;
    Progress& m_progress;
    Pace m_pace;

    std::mutex m_mutex; // of everything below
    std::condition_variable m_turnCame;
    std::optional<Error> m_error;
    std::uint64_t m_at = 0;
    std::uint64_t m_turns = 0; // given out
    std::uint64_t m_turn = 0; // whose places come next
    std::set<const ByteSource*> m_cannotClone;
};

} // namespace

Result<ByteCount> dataIn(const VirtualDisk& disk, const Progress& progress)
{
    std::uint64_t data = 0;
    for (std::uint64_t at = 0; at < disk.size();) {
        if (const Result<void> goOn = progress.goOn(); !goOn) {
            return std::unexpected(goOn.error());
        }
        const Result<DiskRun> run = disk.runAt(at, mapLimit);
        if (!run) {
            return std::unexpected(run.error());
        }
        data += run->content == DiskRun::Content::Data ? run->length : 0;
        at += run->length;
    }
    return ByteCount(data);
}

Result<void> copyExtents(
    const VirtualDisk& source, ImageWriter& target, BlockFile& file, Progress& progress, Durability durability)
{
    const Pace pace = durability == Durability::Stable ? throughStorage : throughMemory;
    return Copy(source, target, file, progress, pace).run();
}

} // namespace platter
