// SPDX-License-Identifier: GPL-3.0-or-later
// A disk from its partition table on: table, file systems, loaders; and what repairing its GPT makes of it. The
// input's first byte chooses the sector size; the rest is the disk.
#include "core/disk/bootability.h"
#include "core/disk/gpt_repair.h"
#include "core/disk/partition_reader.h"

#include <algorithm>
#include <cstdlib>

using namespace platter;

namespace {

class InputDisk final : public WritableDisk {
public:
    InputDisk(std::span<const std::byte> bytes, std::uint32_t sectorSize)
        : m_bytes(bytes.begin(), bytes.end())
        , m_sectorSize(sectorSize)
    {
    }

    std::uint64_t size() const override { return m_bytes.size(); }

    std::uint32_t logicalSectorSize() const override { return m_sectorSize; }

    std::uint32_t physicalSectorSize() const override { return m_sectorSize; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        return MemorySource(m_bytes).read(offset, into);
    }

    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override
    {
        return DiskRun{DiskRun::Content::Data, std::min<std::uint64_t>(limit, size() - offset), nullptr, 0};
    }

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override
    {
        if (offset > size() || from.size() > size() - offset) {
            std::abort();
        }
        std::ranges::copy(from, m_bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        return {};
    }

    Result<void> writeZeroes(std::uint64_t /*offset*/, std::uint64_t /*length*/) override { std::abort(); }

    Result<void> trim(std::uint64_t /*offset*/, std::uint64_t /*length*/) override { std::abort(); }

    Result<void> flush() override { return {}; }

private:
    std::vector<std::byte> m_bytes;
    std::uint32_t m_sectorSize;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    InputDisk disk(std::as_bytes(std::span(data, size)).subspan(1), data[0] % 2 == 0 ? 512 : 4096);
    const Result<PartitionTable> table = readPartitionTable(disk);
    if (!table) {
        std::abort(); // the input can be read
    }
    for (const DiskRange& range : table->rangesOutsidePartitions()) {
        for (const Partition& partition : table->partitions) {
            if (range.offset < partition.range.end() && partition.range.offset < range.end()) {
                std::abort();
            }
        }
    }
    if (table->smallestDiskSize() > disk.size() && table->isSound() && table->backupAtEnd) {
        std::abort();
    }
    (void)judgeBootability(disk, *table, ImageKind::Raw);
    // What is in order afterwards holds the same partitions.
    if (repairGpt(disk, disk.size())) {
        const Result<PartitionTable> repaired = readPartitionTable(disk);
        if (!repaired || !repaired->isSound() || !repaired->backupAtEnd
            || repaired->partitions.size() != table->partitions.size()
            || !std::ranges::equal(
                repaired->partitions, table->partitions, {}, &Partition::range, &Partition::range)) {
            std::abort();
        }
    }
    return 0;
}
