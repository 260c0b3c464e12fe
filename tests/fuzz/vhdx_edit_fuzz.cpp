// SPDX-License-Identifier: GPL-3.0-or-later
// A VHDX file from anywhere is written to, expanded, shrunk and compacted. What was in order before is in order
// after, and what was written is there. The first eight bytes say what is done.
#include "core/disk/vhdx/check.h"
#include "core/disk/vhdx/compact.h"
#include "core/disk/vhdx/resize.h"
#include "tests/disk/borrowed_file.h"
#include "tests/fuzz/sparse_image.h"

#include <cstdlib>

using namespace platter;
using namespace platter::vhdx;

namespace {

void insist(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

bool isDamaged(const MemoryFile& file)
{
    const Result<CheckReport> report = check(file);
    return !report || std::ranges::contains(report->findings, FindingKind::Damage, &Finding::kind);
}

constexpr std::uint64_t pieceSize = 8192;
constexpr std::uint64_t mostGrowth = std::uint64_t(8) << 30;

// One thing after the other until one is refused.
Result<void> work(Editor& editor, std::span<const std::uint8_t> orders)
{
    Progress progress;
    Result<void> done;
    for (std::size_t i = 0; done && i < orders.size(); ++i) {
        const std::uint64_t order = orders[i];
        const std::uint64_t end = editor.size();
        const std::uint64_t place = order / 8 * (end / 32) / pieceSize * pieceSize;
        const std::uint64_t length = std::min(end - place, pieceSize);
        switch (order % 8) {
        case 0: {
            const std::vector<std::byte> bytes(length, std::byte(0x5a));
            std::vector<std::byte> back(length);
            done = editor.write(place, bytes).and_then([&] { return editor.read(place, back); });
            insist(!done || back == bytes);
            break;
        }
        case 1: {
            const std::uint64_t count = std::min(end - place, std::uint64_t(order) << 20U);
            std::vector<std::byte> back(length);
            done = editor.writeZeroes(place, count);
            if (done && count >= length) {
                done = editor.read(place, back);
                insist(!done || std::ranges::all_of(back, [](std::byte byte) { return byte == std::byte(0); }));
            }
            break;
        }
        case 2:
            done = editor.trim(place, std::min(end - place, std::uint64_t(order) << 20U));
            break;
        case 3:
            done = editor.flush();
            break;
        case 4:
            done = expand(editor, end + (order / 8 + 1) * (mostGrowth / 32));
            break;
        case 5:
            done = shrink(editor, std::max(place, pieceSize));
            break;
        case 6:
            done = compact(editor, {}, progress);
            break;
        default:
            done = editor.finish();
        }
        // What is refused before anything is done leaves the editor as it was.
        if (!done && done.error().kind == ErrorKind::InvalidInput) {
            done = {};
        }
    }
    return done.and_then([&] { return editor.finish(); });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t orderCount = 8;
    if (size < orderCount) {
        return 0;
    }
    const SparseImage source(std::as_bytes(std::span(data + orderCount, size - orderCount)));
    const bool wasDamaged = isDamaged(source.file());
    MemoryFile file = source.file();
    {
        const auto editor = Editor::open(std::make_unique<Borrowed>(file), FuzzParent::open);
        if (!editor) {
            return 0;
        }
        const Result<void> done = work(**editor, std::span(data, orderCount));
        if (!done) {
            // Only what is damaged, or what has no room, can fail.
            insist(wasDamaged || done.error().kind == ErrorKind::Unsupported
                || done.error().kind == ErrorKind::NoSpace || done.error().kind == ErrorKind::InputOutput);
        }
    }
    insist(wasDamaged || !isDamaged(file));
    insist(Image::open(std::make_unique<const MemoryFile>(file), {}).has_value());
    return 0;
}
