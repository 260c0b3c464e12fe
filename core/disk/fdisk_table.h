// SPDX-License-Identifier: GPL-3.0-or-later
// libfdisk over a copy of a disk's partition table in memory, so that it never sees the image. Nothing is asked and
// nothing printed: what it has to say is kept. One thread at a time; the copy outlives it.
#pragma once

#include "core/disk/sparse_copy.h"

#include <QStringList>

#include <memory>

struct fdisk_context; // libfdisk's

namespace platter {

class FdiskTable {
public:
    enum class Access {
        ReadOnly, // as it stands
        ReadWrite, // what libfdisk would correct is corrected at once, in its memory; write() brings it into the
                   // copy
    };

    // Corrupt where libfdisk cannot make anything of it.
    static Result<FdiskTable> open(
        const SparseCopy& copy, std::uint32_t logicalSectorSize, std::uint32_t physicalSectorSize, Access access);

    // An empty GPT with a new id, in memory; partitions may begin at FIRST_USABLE, a sector.
    static Result<FdiskTable> makeGpt(const SparseCopy& copy, std::uint32_t logicalSectorSize,
        std::uint32_t physicalSectorSize, std::uint64_t firstUsable);

    fdisk_context* context() const { return m_context.get(); }

    // libfdisk's own words, for an error's detail.
    const QStringList& messages() const { return *m_messages; }

    Result<void> write();

private:
    struct Release {
        void operator()(fdisk_context* context) const;
    };

    FdiskTable();

    static Result<FdiskTable> assign(
        const SparseCopy& copy, std::uint32_t logicalSectorSize, std::uint32_t physicalSectorSize, Access access);

    std::unique_ptr<QStringList> m_messages;
    std::unique_ptr<fdisk_context, Release> m_context;
};

} // namespace platter
