// SPDX-License-Identifier: GPL-3.0-or-later
// A disk image as a file of the host (or a block device). Interrupted and short calls are continued here and
// nowhere else. While it is open it holds the lock bytes that QEMU looks at, so that no QEMU and no second Platter
// opens the image meanwhile. Movable only behind a pointer; thread rules as BlockFile says.
#pragma once

#include "core/disk/block_file.h"
#include "core/disk/image_lock.h"
#include "core/durable_file.h"
#include "core/unique_fd.h"

#include <QString>

#include <atomic>
#include <memory>
#include <mutex>

namespace platter {

class HostFile final : public BlockFile {
public:
    enum class Access {
        ReadOnly, // others may read, nobody may write
        ReadWrite, // nobody else
        Unlocked, // read only; looks past a lock: what it reads may change under it
    };

    // InUse (who has it), NotFound, PermissionDenied, InvalidInput (a folder, a pipe).
    static Result<std::unique_ptr<HostFile>> open(const QString& path, Access access);
    // A new, empty, locked file; flush() does not wait for one that is left to the kernel, and says only what the
    // file system knows at once. AlreadyExists.
    static Result<std::unique_ptr<HostFile>> create(
        const QString& path, Durability durability = Durability::Stable);

    const QString& path() const { return m_path; }

    int descriptor() const { return m_fd.get(); }

    // When its content changed last, in Unix time.
    Result<std::int64_t> modified() const;
    // What the file really occupies.
    Result<std::uint64_t> sizeOnHost() const;

    std::uint64_t size() const override { return m_size; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    Result<FileRun> runAt(std::uint64_t offset) const override;
    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> stream(std::uint64_t offset, std::span<const std::byte> from) override;
    Result<void> flush() override;
    Result<void> resize(std::uint64_t size) override;
    Result<void> zero(std::uint64_t offset, std::uint64_t length) override;
    Result<void> reserve(std::uint64_t offset, std::uint64_t length) override;
    Result<bool> cloneFrom(
        const ByteSource& from, std::uint64_t fromOffset, std::uint64_t offset, std::uint64_t length) override;

private:
    HostFile(QString path, UniqueFd fd, std::uint64_t size, Durability durability);
    int allocate(int mode, std::uint64_t offset, std::uint64_t length); // fallocate()

    void reachesTo(std::uint64_t end);
    int directDescriptor();
    int closeAnother() const;
    Result<bool> copyOnServer(
        const HostFile& from, std::uint64_t fromOffset, std::uint64_t offset, std::uint64_t length);

    QString m_path;
    UniqueFd m_fd;
    std::atomic<std::uint64_t> m_size;
    Durability m_durability;
    // The same file past the page cache, opened when it is first wanted.
    std::once_flag m_directOpened;
    UniqueFd m_directFd;
    std::atomic<bool> m_canWriteDirectly = false;
};

} // namespace platter
