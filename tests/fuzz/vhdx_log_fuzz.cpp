// SPDX-License-Identifier: GPL-3.0-or-later
// The log of a VHDX file: what a reader sees in memory is what an editor makes of the file.
#include "core/disk/vhdx/editor.h"
#include "tests/fuzz/sparse_image.h"

#include <cstdlib>

using namespace platter;
using namespace platter::vhdx;

namespace {

std::vector<std::byte> bytesAt(const ReadableFile& file, std::uint64_t offset, std::uint64_t length)
{
    std::vector<std::byte> bytes(length);
    if (!file.read(offset, bytes)) {
        std::abort();
    }
    return bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const SparseImage source(std::as_bytes(std::span(data, size)));
    const Result<HeaderPair> headers =
        checkFileSignature(source.file()).and_then([&] { return HeaderPair::read(source.file()); });
    if (!headers || headers->current().logGuid.isNull()) {
        return 0;
    }
    const Result<LogReplay> replay = findReplay(source.file(), headers->current());
    if (!replay) {
        return 0;
    }
    const ReplayedFile seen(source.file(), *replay);
    MemoryFile applied = source.file();
    if (!applyReplay(applied, *replay) || applied.size() != seen.size()) {
        std::abort();
    }
    for (const LogUpdate& update : replay->updates) {
        // Both ends, and what lies around them.
        const std::uint64_t last = update.fileOffset + (update.zeroLength > 0 ? update.zeroLength : logSector);
        for (const std::uint64_t middle : {update.fileOffset, last}) {
            const std::uint64_t begin = middle - logSector - 1;
            const std::uint64_t count = std::min(2 * logSector, seen.size() - begin);
            if (bytesAt(applied, begin, count) != bytesAt(seen, begin, count)) {
                std::abort();
            }
        }
    }
    return 0;
}
