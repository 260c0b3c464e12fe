// SPDX-License-Identifier: GPL-3.0-or-later
// A new VHDX file that is being filled with a disk's content by whoever converts it. Nobody reads the file before
// it is complete, so nothing goes through the log. place() may be called from any thread.
#pragma once

#include "core/disk/image_writer.h"
#include "core/disk/vhdx/create.h"

#include <mutex>

namespace platter::vhdx {

class Writer final : public ImageWriter {
public:
    // FILE is empty and outlives the writer.
    static Result<std::unique_ptr<Writer>> create(BlockFile& file, const NewDisk& disk);

    Result<Place> place(std::uint64_t offset, std::uint64_t length) override;
    Result<void> finish() override;

private:
    Writer(BlockFile& file, const NewDisk& disk, std::uint64_t tableOffset);

    BlockFile& m_file;
    std::uint32_t m_blockSize;
    BatLayout m_layout;
    PagedBat m_bat;
    std::mutex m_mutex;
    std::uint64_t m_end; // where the next block goes
};

} // namespace platter::vhdx
