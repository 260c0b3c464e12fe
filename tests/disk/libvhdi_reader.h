// SPDX-License-Identifier: GPL-3.0-or-later
// A VHD or VHDX as libvhdi reads it: the second opinion on what we read and write. It knows nothing of the log, so
// only for images without one to replay; it is wrong on fixed VHDX files beyond the first chunk and on blocks of
// zeros in a child. One thread. A child keeps its parent's reader alive.
#pragma once

#include "core/byte_source.h"

#include <memory>

namespace platter {

class LibvhdiReader final : public ByteSource {
public:
    // PARENT for a differencing image. Error kind Corrupt: libvhdi's own words.
    static Result<std::shared_ptr<LibvhdiReader>> open(
        const QString& path, std::shared_ptr<LibvhdiReader> parent = nullptr);
    ~LibvhdiReader() override;
    Q_DISABLE_COPY_MOVE(LibvhdiReader)

    // The virtual size.
    std::uint64_t size() const override { return m_size; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    LibvhdiReader() = default;

    std::intptr_t* m_file = nullptr; // libvhdi_file_t
    std::shared_ptr<LibvhdiReader> m_parent;
    std::uint64_t m_size = 0;
};

} // namespace platter
