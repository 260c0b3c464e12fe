// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/block_check.h"

#include "core/disk/vhd/rules.h"

#include <algorithm>

namespace platter::vhd {

namespace {

// A bit for each sector in which a block may begin: 32 MiB stand for 128 GiB of the file, looked at in one pass.
constexpr std::uint64_t sectorsInPass = std::uint64_t(32) << 23;
constexpr std::uint32_t blocksBetweenStops = 65536;

class BlockCheck {
public:
    BlockCheck(const Image& image, const Progress& progress)
        : m_image(image)
        , m_progress(progress)
        , m_starts(std::min(sectorsInPass, image.file().size() / sectorSize + 1))
    {
    }

    Result<void> run()
    {
        const std::uint64_t sectors = m_image.file().size() / sectorSize + 1;
        for (std::uint64_t first = 0; first < sectors; first += m_starts.size()) {
            m_starts.assign(m_starts.size(), false);
            if (const Result<void> done = markStarts(first); !done) {
                return done;
            }
            if (const Result<void> done = lookForOverlap(first); !done) {
                return done;
            }
        }
        return {};
    }

private:
    Result<void> markStarts(std::uint64_t first)
    {
        const std::uint32_t blocks = m_image.blocks();
        for (std::uint32_t block = 0; block < blocks; ++block) {
            if (block % blocksBetweenStops == 0) {
                if (const Result<void> goOn = m_progress.goOn(); !goOn) {
                    return goOn;
                }
            }
            const Result<std::optional<std::uint64_t>> start = m_image.table()->startOf(block);
            if (!start) {
                return std::unexpected(start.error());
            }
            if (!*start) {
                continue;
            }
            if (first == 0) {
                if (const Result<void> good = m_image.checkBlock(block, **start); !good) {
                    return good;
                }
            }
            const std::uint64_t sector = **start / sectorSize;
            if (sector < first || sector - first >= m_starts.size()) {
                continue;
            }
            if (m_starts[sector - first]) {
                const DynamicHeader& header = *m_image.header();
                return std::unexpected(
                    broken(Rule::BlocksOverlap, header.tableOffset + std::uint64_t(block) * table::entrySize));
            }
            m_starts[sector - first] = true;
        }
        return {};
    }

    Result<void> lookForOverlap(std::uint64_t first)
    {
        const DynamicHeader& header = *m_image.header();
        const std::uint64_t stride = (header.bitmapSize() + header.blockSize) / sectorSize;
        auto at = std::ranges::find(m_starts, true);
        while (at != m_starts.end()) {
            const std::uint64_t sector = first + static_cast<std::uint64_t>(at - m_starts.begin());
            if (m_previous && sector - *m_previous < stride) {
                return std::unexpected(broken(Rule::BlocksOverlap, sector * sectorSize));
            }
            m_previous = sector;
            at = std::find(at + 1, m_starts.end(), true);
        }
        return {};
    }

    const Image& m_image;
    const Progress& m_progress;
    std::vector<bool> m_starts;
    std::optional<std::uint64_t> m_previous;
};

} // namespace

Result<void> checkBlocks(const Image& image, const Progress& progress)
{
    for (const Image* link = &image; link != nullptr; link = link->parent()) {
        if (!link->header()) {
            continue;
        }
        if (const Result<void> done = BlockCheck(*link, progress).run(); !done) {
            return done;
        }
    }
    return {};
}

} // namespace platter::vhd
