// SPDX-License-Identifier: GPL-3.0-or-later
// A VHDX file from anywhere is opened, mapped, read here and there, and checked.
#include "core/disk/vhdx/check.h"
#include "tests/fuzz/sparse_image.h"

#include <cstdlib>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t pieceSize = 65536;
constexpr std::uint64_t mapLimit = std::uint64_t(1) << 30;

void insist(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

// What the map says from OFFSET on is what can be read there. How far it goes on; 0 at an error.
std::uint64_t lookAt(const Image& image, std::uint64_t offset)
{
    const Result<DiskRun> run = image.runAt(offset, mapLimit);
    std::vector<std::byte> bytes(std::min(pieceSize, image.size() - offset));
    if (!run) {
        insist(!image.read(offset, bytes));
        return 0;
    }
    insist(run->length > 0 && run->length <= mapLimit && run->length <= image.size() - offset);
    bytes.resize(std::min<std::uint64_t>(bytes.size(), run->length));
    const Result<void> read = image.read(offset, bytes);
    insist(read.has_value());
    if (run->content == DiskRun::Content::Zero) {
        insist(std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte(0); }));
    } else if (run->file) {
        std::vector<std::byte> direct(bytes.size());
        insist(run->file->read(run->fileOffset, direct) && direct == bytes);
    }
    return run->length;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const SparseImage source(std::as_bytes(std::span(data, size)));
    const auto image = Image::open(std::make_unique<const MemoryFile>(source.file()), FuzzParent::open);
    const Result<CheckReport> report = check(source.file());
    insist(report.has_value());
    if (!image) {
        insist(!image.error().summary.isEmpty() && !report->isSound());
        return 0;
    }
    const std::uint64_t end = (*image)->size();
    bool isReadable = true;
    for (const std::uint64_t begin :
        {std::uint64_t(0), end / 2 / 512 * 512, end - std::min<std::uint64_t>(end, 1 << 20)}) {
        std::uint64_t offset = begin;
        for (int i = 0; i < 20 && offset < end; ++i) {
            const std::uint64_t length = lookAt(**image, offset);
            isReadable = isReadable && length > 0;
            if (length == 0) {
                break;
            }
            offset += length;
        }
    }
    insist(isReadable || !report->isSound());
    std::array<std::byte, 1> byte{};
    insist(!(*image)->read(end, byte));
    return 0;
}
