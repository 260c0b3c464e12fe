// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual disk that is a raw file, in memory or in a folder, for tests: tools can work on the same file. It can
// keep what is written between two flushes, so that a test can look at every state that a power cut leaves.
#pragma once

#include "core/disk/virtual_disk.h"
#include "core/unique_fd.h"

#include <QString>

#include <fcntl.h>
#include <sys/mman.h>
#include <vector>

namespace platter {

class DescriptorDisk final : public WritableDisk {
public:
    struct Write {
        std::uint64_t offset = 0;
        std::vector<std::byte> bytes;
    };

    // A disk of zeros in memory; up to 8 EiB.
    explicit DescriptorDisk(std::uint64_t size, std::uint32_t sectorSize = 512)
        : m_fd(::memfd_create("disk", 0)) // without MFD_CLOEXEC: tools get it
        , m_size(size)
        , m_sectorSize(sectorSize)
    {
        resize(size);
    }

    // What tools can open.
    QString path() const { return QStringLiteral("/proc/%1/fd/%2").arg(::getpid()).arg(m_fd.get()); }

    std::uint64_t size() const override { return m_size; }

    std::uint32_t logicalSectorSize() const override { return m_sectorSize; }

    std::uint32_t physicalSectorSize() const override { return 4096; }

    void resize(std::uint64_t size)
    {
        m_size = size;
        if (::ftruncate(m_fd.get(), static_cast<off_t>(size)) != 0) {
            qFatal("ftruncate");
        }
    }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override
    {
        m_bytesRead += into.size();
        if (::pread(m_fd.get(), into.data(), into.size(), static_cast<off_t>(offset)) != ssize_t(into.size())) {
            return std::unexpected(Error{ErrorKind::Corrupt, QStringLiteral("It ends too early.")});
        }
        return {};
    }

    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override
    {
        using enum DiskRun::Content;
        const off_t data = ::lseek(m_fd.get(), static_cast<off_t>(offset), SEEK_DATA);
        if (data != off_t(offset)) {
            const std::uint64_t end = data < 0 ? m_size : static_cast<std::uint64_t>(data);
            return DiskRun{Zero, std::min(limit, end - offset), nullptr, 0};
        }
        const off_t hole = ::lseek(m_fd.get(), static_cast<off_t>(offset), SEEK_HOLE);
        return DiskRun{Data, std::min(limit, static_cast<std::uint64_t>(hole) - offset), nullptr, 0};
    }

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override
    {
        if (offset > m_size || from.size() > m_size - offset
            || ::pwrite(m_fd.get(), from.data(), from.size(), static_cast<off_t>(offset)) != ssize_t(from.size())) {
            return std::unexpected(Error{ErrorKind::InputOutput, QStringLiteral("Writing failed.")});
        }
        if (epochs.empty()) {
            epochs.emplace_back();
        }
        epochs.back().push_back({offset, {from.begin(), from.end()}});
        return {};
    }

    Result<void> writeZeroes(std::uint64_t offset, std::uint64_t length) override
    {
        return write(offset, std::vector<std::byte>(length));
    }

    Result<void> trim(std::uint64_t, std::uint64_t) override { return {}; }

    Result<void> flush() override
    {
        if (!epochs.empty() && !epochs.back().empty()) {
            epochs.emplace_back();
        }
        return {};
    }

    std::uint64_t bytesRead() const { return m_bytesRead; }

    // What was written, in order, from one flush to the next.
    std::vector<std::vector<Write>> epochs;

private:
    UniqueFd m_fd;
    std::uint64_t m_size;
    std::uint32_t m_sectorSize;
    mutable std::uint64_t m_bytesRead = 0;
};

} // namespace platter
