// SPDX-License-Identifier: GPL-3.0-or-later
// A VHD, and as its parent the same bytes as a fixed disk's. Checksums are made right first, so that the fuzzer
// gets past them, and the parent has the identifier that the child wants.
#include "core/disk/vhd/big_endian.h"
#include "core/disk/vhd/block_check.h"
#include "core/disk/vhd/image.h"
#include "core/disk/vhd/writer.h"

#include <algorithm>
#include <cstdlib>

using namespace platter;
using namespace platter::vhd;

namespace {

constexpr int runsLookedAt = 256;
constexpr std::uint64_t mostRead = 1 << 18;

class InputFile final : public BlockFile {
public:
    explicit InputFile(std::vector<std::byte> bytes)
        : m_bytes(std::move(bytes))
    {
    }

    std::uint64_t size() const override { return m_bytes.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return MemorySource(m_bytes).read(offset, into);
    }

    Result<FileRun> runAt(std::uint64_t offset) const override
    {
        if (offset >= size()) {
            std::abort(); // a block that lies outside was let through
        }
        return FileRun{FileRun::Content::Data, size() - offset};
    }

    Result<void> write(std::uint64_t /*offset*/, std::span<const std::byte> /*from*/) override { std::abort(); }

    Result<void> flush() override { std::abort(); }

    Result<void> resize(std::uint64_t /*size*/) override { std::abort(); }

    Result<void> zero(std::uint64_t /*offset*/, std::uint64_t /*length*/) override { std::abort(); }

private:
    std::vector<std::byte> m_bytes;
};

void mendFooter(std::span<std::byte> bytes)
{
    putBigEndian(bytes, footer::checksum, checksumOf(bytes, footer::checksum));
}

std::vector<std::byte> mended(std::span<const std::byte> input)
{
    std::vector<std::byte> bytes(input.begin(), input.end());
    if (bytes.size() < footer::size) {
        return bytes;
    }
    const auto tail = std::span(bytes).last(footer::size);
    const auto header = bigEndian<std::uint64_t>(tail, footer::headerOffset);
    if (header <= bytes.size() && bytes.size() - header >= header::size) {
        const auto part = std::span(bytes).subspan(header, header::size);
        putBigEndian(part, header::checksum, checksumOf(part, header::checksum));
    }
    mendFooter(std::span(bytes).first(footer::size));
    mendFooter(tail);
    return bytes;
}

std::vector<std::byte> parentOf(std::span<const std::byte> child)
{
    constexpr std::size_t size = 65536;
    std::vector<std::byte> bytes(size, std::byte('p'));
    Footer footer = newFooter(DiskType::Fixed, size);
    if (child.size() >= footer::size + header::size) {
        std::ranges::copy(child.subspan(footer::size + header::parentId, uniqueIdSize), footer.uniqueId.begin());
    }
    const FooterBytes encoded = encode(footer);
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    return bytes;
}

void readAll(const Image& image)
{
    std::vector<std::byte> piece;
    std::uint64_t at = 0;
    for (int i = 0; i < runsLookedAt && at < image.size(); ++i) {
        const Result<DiskRun> run = image.runAt(at, image.size());
        if (!run) {
            return;
        }
        if (run->length == 0 || run->length > image.size() - at) {
            std::abort();
        }
        piece.resize(std::min(run->length, mostRead));
        const Result<void> read = image.read(at, piece);
        const bool isZero = std::ranges::all_of(piece, [](std::byte byte) { return byte == std::byte(0); });
        if (!read || (run->content == DiskRun::Content::Zero && !isZero)) {
            std::abort(); // the map and the reader must agree
        }
        at += run->length;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::vector<std::byte> input = mended(std::as_bytes(std::span(data, size)));
    const ParentSearch search{QStringLiteral("/child"), {QStringLiteral("/parent")}, [&](const QString&) {
                                  return Result<ParentFile>(
                                      ParentFile{std::make_unique<InputFile>(parentOf(input)), std::nullopt});
                              }};
    const Result<std::unique_ptr<Image>> image = Image::open(std::make_unique<InputFile>(input), search);
    if (!image) {
        if (image.error().summary.isEmpty()) {
            std::abort();
        }
        return 0;
    }
    (void)checkBlocks(**image, Progress());
    readAll(**image);
    return 0;
}
