// SPDX-License-Identifier: GPL-3.0-or-later
// The disk in an image that only QEMU reads (qcow2, VMDK, VDI), to look at its partitions: each part that is asked
// for is fetched by qemu-img, some ten milliseconds each. For a few MiB, not for a copy. Any number of threads, one
// after the other.
#pragma once

#include "core/disk/inspection.h"
#include "core/disk/virtual_disk.h"

#include <map>
#include <mutex>

namespace platter {

class QemuDisk final : public VirtualDisk {
public:
    enum class Access {
        Locked, // InUse where somebody may write to it
        Shared,
    };

    // Errors: MissingProgram, InUse, Qemu (its own words).
    static Result<std::unique_ptr<QemuDisk>> open(const QString& file, ImageKind kind, Access access);

    std::uint64_t size() const override { return m_size; }

    std::uint32_t logicalSectorSize() const override;
    std::uint32_t physicalSectorSize() const override;

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
    // Data everywhere: what is not is not asked.
    Result<DiskRun> runAt(std::uint64_t offset, std::uint64_t limit) const override;

private:
    QemuDisk(QString file, QString format, Access access, std::uint64_t size);
    Result<QByteArray> fetch(std::uint64_t piece) const;

    QString m_file;
    QString m_format;
    Access m_access;
    std::uint64_t m_size;
    mutable std::mutex m_mutex;
    mutable std::map<std::uint64_t, QByteArray> m_pieces; // by number; the last ones
};

} // namespace platter
