// SPDX-License-Identifier: GPL-3.0-or-later
// A disc from its volume descriptors on: descriptors, boot catalogue, boot images. The input stands behind an empty
// system area, and from its fifth sector on once more where UDF has its anchor, so that the fuzzer does not waste
// its time on half a megabyte that nothing looks at.
#include "core/media/efi_boot.h"
#include "core/media/foreign_file.h"

#include <algorithm>
#include <cstdlib>

using namespace platter;

namespace {

constexpr std::uint64_t systemArea = 16 * isoSectorSize;
constexpr std::uint64_t anchor = 256 * isoSectorSize; // of UDF
constexpr std::uint64_t anchorInInput = 4 * isoSectorSize;

class DiscSource final : public ByteSource {
public:
    explicit DiscSource(std::span<const std::byte> bytes)
        : m_input(bytes)
    {
    }

    std::uint64_t size() const override
    {
        return m_input.size() > anchorInInput ? anchor + m_input.size() - anchorInInput
                                              : systemArea + m_input.size();
    }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        if (offset >= anchor) {
            return m_input.read(offset - anchor + anchorInInput, into);
        }
        const std::size_t empty =
            offset < systemArea ? std::min<std::uint64_t>(into.size(), systemArea - offset) : 0;
        std::ranges::fill(into.first(empty), std::byte{0});
        return empty == into.size() ? Result<void>()
                                    : m_input.read(offset + empty - systemArea, into.subspan(empty));
    }

private:
    MemorySource m_input;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const DiscSource disc(std::as_bytes(std::span(data, size)));
    const Result<VolumeDescriptors> descriptors = readVolumeDescriptors(disc);
    if (descriptors) {
        const EfiBoot boot = examineEfiBoot(disc, *descriptors);
        // What boots has no fault, and what is for another processor says for which.
        if ((boot.verdict == UefiBoot::Yes && !boot.fault.isEmpty())
            || (boot.verdict == UefiBoot::OtherArchitecture) == boot.processor.isEmpty()) {
            std::abort();
        }
    } else if (descriptors.error().summary.isEmpty()) {
        std::abort();
    }
    (void)describeForeignFile(MemorySource(std::as_bytes(std::span(data, size))), QStringLiteral("file"));
    return 0;
}
