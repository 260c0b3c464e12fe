// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes to read from: a file, memory, or a window of another source. Parsers know nothing else, so that they read
// an ISO, an image inside of it, a partition of a disk or a test's array alike. Reading does not change a source;
// any number of threads may read at once. Whoever makes a source keeps it alive as long as something reads from it.
#pragma once

#include "core/error.h"

#include <QString>

#include <cstddef>
#include <cstdint>
#include <span>

namespace platter {

class ByteSource {
public:
    virtual ~ByteSource() = default;

    virtual std::uint64_t size() const = 0;
    // Fills INTO with the bytes at OFFSET. Corrupt where the source ends before.
    virtual Result<void> read(std::uint64_t offset, std::span<std::byte> into) const = 0;

protected:
    ByteSource() = default;
    ByteSource(const ByteSource&) = default;
    ByteSource& operator=(const ByteSource&) = default;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::span<const std::byte> bytes)
        : m_bytes(bytes)
    {
    }

    std::uint64_t size() const override { return m_bytes.size(); }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    std::span<const std::byte> m_bytes;
};

// LENGTH bytes of another source from OFFSET on; shorter where the other ends.
class SourceWindow final : public ByteSource {
public:
    SourceWindow(const ByteSource& whole, std::uint64_t offset, std::uint64_t length);

    std::uint64_t size() const override { return m_length; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    const ByteSource& m_whole;
    std::uint64_t m_offset;
    std::uint64_t m_length;
};

class FileSource final : public ByteSource {
public:
    // InvalidInput for anything but a regular file: a folder, a device, a pipe.
    static Result<FileSource> open(const QString& path);

    FileSource(FileSource&& other) noexcept;
    FileSource& operator=(FileSource&& other) noexcept;
    ~FileSource() override;

    std::uint64_t size() const override { return m_size; }

    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;

private:
    FileSource(QString path, int descriptor, std::uint64_t size);

    QString m_path;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
};

} // namespace platter
