// SPDX-License-Identifier: GPL-3.0-or-later
// VHDX files for fuzzers: structures lie MiB apart, so an input holds only what is not zero, as records, and the
// checksums are computed here, since no fuzzer guesses one. make_vhdx_seeds.py writes the same.
//
//   1 byte   flags: leave the checksums alone of 1 headers, 2 region tables, 4 log entries
//   1 byte   shift, 4 bytes number: the file's length is NUMBER << (SHIFT % 18) units of 512 bytes
//   then, as often as it goes on: 6 bytes offset, 2 bytes length, the bytes (where fewer are left, these)
#pragma once

#include "core/disk/vhdx/checksum.h"
#include "core/disk/vhdx/image.h"
#include "core/disk/vhdx/layout.h"
#include "core/disk/virtual_disk.h"
#include "core/little_endian.h"
#include "tests/disk/memory_file.h"

namespace platter {

class SparseImage {
public:
    explicit SparseImage(std::span<const std::byte> input)
        : m_rest(input)
    {
        const auto flags = take<quint8>();
        const unsigned shift = take<quint8>() % 18;
        const std::uint64_t units = std::uint64_t(take<quint32>()) << shift;
        constexpr std::uint64_t unit = 512;
        (void)m_file.resize(units * unit);
        // Each takes a page of the file in memory.
        constexpr int mostRecords = 512;
        for (int i = 0; i < mostRecords && !m_rest.empty(); ++i) {
            const std::uint64_t offset = take<quint32>() | std::uint64_t(take<quint16>()) << 32U;
            const auto bytes = m_rest.first(std::min<std::size_t>(take<quint16>(), m_rest.size()));
            m_rest = m_rest.subspan(bytes.size());
            if (offset < m_file.size()) {
                (void)m_file.write(
                    offset, bytes.first(std::min<std::uint64_t>(bytes.size(), m_file.size() - offset)));
            }
        }
        mend(flags);
    }

    const MemoryFile& file() const { return m_file; }

private:
    enum Flag : quint8 { KeepHeaders = 1, KeepRegionTables = 2, KeepLog = 4 };

    template <typename T>
    T take()
    {
        std::array<std::byte, sizeof(T)> bytes{};
        const auto part = m_rest.first(std::min(m_rest.size(), sizeof(T)));
        std::ranges::copy(part, bytes.begin());
        m_rest = m_rest.subspan(part.size());
        return littleEndian<T>(bytes, 0);
    }

    std::vector<std::byte> bytesAt(std::uint64_t offset, std::uint64_t length) const
    {
        std::vector<std::byte> bytes(length);
        return m_file.read(offset, bytes) ? bytes : std::vector<std::byte>();
    }

    void mendOne(std::uint64_t offset, std::uint64_t length, std::size_t field)
    {
        const std::vector<std::byte> bytes = bytesAt(offset, length);
        if (bytes.empty()) {
            return;
        }
        std::array<std::byte, vhdx::checksumSize> checksum{};
        putLittleEndian<quint32>(checksum, 0, vhdx::checksumOf(bytes, field));
        (void)m_file.write(offset + field, checksum);
    }

    void mend(quint8 flags)
    {
        namespace layout = vhdx::layout;
        for (std::size_t i = 0; i < 2; ++i) {
            if (!(flags & KeepHeaders)) {
                mendOne(layout::headerOffsets[i], layout::headerSize, layout::header::checksum);
            }
            if (!(flags & KeepRegionTables)) {
                mendOne(layout::regionTableOffsets[i], layout::regionTableSize, layout::regionTable::checksum);
            }
        }
        if (flags & KeepLog) {
            return;
        }
        // Wherever an entry begins, not past the end of a ring.
        for (std::uint64_t offset = vhdx::mebibyte; offset < m_file.size();) {
            const Result<FileRun> run = m_file.runAt(offset);
            if (!run) {
                return;
            }
            const std::uint64_t end = offset + run->length;
            for (; run->content == FileRun::Content::Data && offset < end; offset += vhdx::logSector) {
                const std::vector<std::byte> head = bytesAt(offset, layout::logEntry::size);
                if (hasSignature(head, 0, layout::logEntrySignature)) {
                    constexpr quint32 most = 1 << 20;
                    const auto length = littleEndian<quint32>(head, layout::logEntry::entryLength);
                    if (length >= layout::logEntry::size) {
                        mendOne(offset, std::min(length, most), layout::logEntry::checksum);
                    }
                }
            }
            offset = end;
        }
    }

    std::span<const std::byte> m_rest;
    MemoryFile m_file;
};

// A parent that is smaller than most children, and not zero.
class FuzzParent final : public VirtualDisk {
public:
    std::uint64_t size() const override { return 3 << 20; }

    std::uint32_t logicalSectorSize() const override { return 512; }

    std::uint32_t physicalSectorSize() const override { return 512; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        if (offset > size() || into.size() > size() - offset) {
            std::abort();
        }
        std::ranges::fill(into, std::byte(0x70));
        return {};
    }

    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override
    {
        return DiskRun{DiskRun::Content::Data, std::min(limit, size() - offset)};
    }

    static Result<std::shared_ptr<const VirtualDisk>> open(const vhdx::ParentLocator&)
    {
        return std::make_shared<const FuzzParent>();
    }
};

} // namespace platter
