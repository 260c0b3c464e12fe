// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/libvhdi_reader.h"

#include <QFile>

#include <array>
#include <libvhdi.h>

namespace platter {

namespace {

Error inItsWords(const QString& what, libvhdi_error_t* error)
{
    std::array<char, 4096> words{};
    libvhdi_error_backtrace_sprint(error, words.data(), words.size());
    libvhdi_error_free(&error);
    return Error{ErrorKind::Corrupt, QStringLiteral("libvhdi: ") + what, {}, QString::fromUtf8(words.data())};
}

} // namespace

Result<std::shared_ptr<LibvhdiReader>> LibvhdiReader::open(
    const QString& path, std::shared_ptr<LibvhdiReader> parent)
{
    const std::shared_ptr<LibvhdiReader> reader(new LibvhdiReader());
    reader->m_parent = std::move(parent);
    libvhdi_error_t* error = nullptr;
    size64_t size = 0;
    const bool isOpen = libvhdi_file_initialize(&reader->m_file, &error) == 1
        && libvhdi_file_open(reader->m_file, QFile::encodeName(path).constData(), LIBVHDI_OPEN_READ, &error) == 1
        && (!reader->m_parent
            || libvhdi_file_set_parent_file(reader->m_file, reader->m_parent->m_file, &error) == 1)
        && libvhdi_file_get_media_size(reader->m_file, &size, &error) == 1;
    if (!isOpen) {
        return std::unexpected(inItsWords(QStringLiteral("opening %1").arg(path), error));
    }
    reader->m_size = size;
    return reader;
}

LibvhdiReader::~LibvhdiReader()
{
    if (m_file) {
        libvhdi_file_free(&m_file, nullptr);
    }
}

Result<void> LibvhdiReader::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        libvhdi_error_t* error = nullptr;
        const ssize_t count = libvhdi_file_read_buffer_at_offset(
            m_file, into.data(), into.size(), static_cast<off64_t>(offset), &error);
        if (count < 0) {
            return std::unexpected(inItsWords(QStringLiteral("reading at 0x%1").arg(offset, 0, 16), error));
        }
        if (count == 0) {
            return std::unexpected(Error{ErrorKind::Corrupt,
                QStringLiteral("libvhdi: the disk ends at 0x%1 of 0x%2.").arg(offset, 0, 16).arg(m_size, 0, 16)});
        }
        into = into.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::size_t>(count);
    }
    return {};
}

} // namespace platter
