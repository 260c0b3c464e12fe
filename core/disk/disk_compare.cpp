// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_compare.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

namespace platter {

namespace {

constexpr std::uint64_t pieceSize = 2 << 20; // two buffers of it in each thread
constexpr std::uint64_t mapLimit = std::uint64_t(1) << 40;
constexpr std::uint64_t sector = 512;
constexpr unsigned leastThreads = 2;
constexpr unsigned mostThreads = 4;

class Comparison {
public:
    Comparison(const VirtualDisk& a, const VirtualDisk& b, Progress& progress)
        : m_a(a)
        , m_b(b)
        , m_progress(progress)
        , m_end(std::min(a.size(), b.size()))
    {
    }

    Result<std::optional<std::uint64_t>> run()
    {
        const unsigned count = std::clamp(std::thread::hardware_concurrency(), leastThreads, mostThreads);
        {
            std::vector<std::jthread> threads;
            threads.reserve(count);
            for (unsigned i = 0; i < count; ++i) {
                threads.emplace_back([this] { work(); });
            }
        }
        if (m_error) {
            return std::unexpected(*m_error);
        }
        if (!m_difference && m_a.size() != m_b.size()) {
            return m_end;
        }
        return m_difference;
    }

private:
    struct Piece {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        bool counts = false; // data in A
    };

    void work()
    {
        std::vector<std::byte> bytesOfA(pieceSize);
        std::vector<std::byte> bytesOfB(pieceSize);
        while (const std::optional<Piece> piece = next()) {
            const auto fromA = std::span(bytesOfA).first(piece->length);
            const auto fromB = std::span(bytesOfB).first(piece->length);
            Result<void> read = m_a.read(piece->offset, fromA);
            if (read) {
                read = m_b.read(piece->offset, fromB);
            }
            if (!read) {
                const std::scoped_lock lock(m_mutex);
                m_error = m_error.value_or(read.error());
                return;
            }
            if (const auto differs = std::ranges::mismatch(fromA, fromB); differs.in1 != fromA.end()) {
                const auto at = piece->offset + static_cast<std::uint64_t>(differs.in1 - fromA.begin());
                const std::scoped_lock lock(m_mutex);
                m_difference = std::min(m_difference.value_or(m_end), at / sector * sector);
            }
            if (piece->counts) {
                m_progress.advance(ByteCount(piece->length));
            }
        }
    }

    // The next piece that is not known to be zero on both sides; pieces before a difference are all looked at.
    std::optional<Piece> next()
    {
        const std::scoped_lock lock(m_mutex);
        while (!m_error && !m_difference && m_at < m_end) {
            if (const Result<void> goOn = m_progress.goOn(); !goOn) {
                m_error = goOn.error();
                break;
            }
            const Result<DiskRun> a = m_a.runAt(m_at, std::min(mapLimit, m_end - m_at));
            const Result<DiskRun> b = m_b.runAt(m_at, std::min(mapLimit, m_end - m_at));
            if (!a || !b) {
                m_error = a ? b.error() : a.error();
                break;
            }
            const std::uint64_t offset = m_at;
            const std::uint64_t length = std::min(a->length, b->length);
            const bool isDataInA = a->content == DiskRun::Content::Data;
            if (!isDataInA && b->content == DiskRun::Content::Zero) {
                m_at += length;
                continue;
            }
            m_at += std::min(length, pieceSize);
            return Piece{offset, m_at - offset, isDataInA};
        }
        return std::nullopt;
    }

    const VirtualDisk& m_a;
    const VirtualDisk& m_b;
    Progress& m_progress;
    std::uint64_t m_end;

    std::mutex m_mutex; // of everything below
    std::optional<Error> m_error;
    std::optional<std::uint64_t> m_difference;
    std::uint64_t m_at = 0;
};

} // namespace

Result<std::optional<std::uint64_t>> firstDifference(const VirtualDisk& a, const VirtualDisk& b, Progress& progress)
{
    return Comparison(a, b, progress).run();
}

} // namespace platter
