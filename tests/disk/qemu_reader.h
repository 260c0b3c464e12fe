// SPDX-License-Identifier: GPL-3.0-or-later
// One long-running QEMU block layer (qemu-storage-daemon) that opens image after image: a few milliseconds each, so
// that thousands of states can be shown to QEMU. It opens for writing, as VHDX with a log demands: give it a copy.
// For VHDX opening is what `qemu-img check` does, and more: the BAT is checked against the file's end. Blocking;
// one thread; images opened from it must be gone before it is.
#pragma once

#include "core/byte_source.h"
#include "core/unique_fd.h"

#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace platter {

class QemuReader {
public:
    // An image that QEMU has open; closed and flushed by QEMU when this goes.
    class Image final : public ByteSource {
    public:
        ~Image() override;
        Q_DISABLE_COPY_MOVE(Image)

        // The virtual size.
        std::uint64_t size() const override { return m_size; }

        Result<void> read(std::uint64_t offset, std::span<std::byte> into) const override;
        Result<void> write(std::uint64_t offset, std::span<const std::byte> from);
        Result<void> flush();

    private:
        friend class QemuReader;
        explicit Image(QemuReader& reader);

        Result<void> connect(const QString& socket);
        Result<void> request(std::uint16_t type, std::uint64_t offset, std::uint32_t length,
            std::span<const std::byte> out, std::span<std::byte> in) const;

        QemuReader& m_reader;
        UniqueFd m_socket;
        std::uint64_t m_size = 0;
    };

    static Result<std::unique_ptr<QemuReader>> start();
    ~QemuReader();
    Q_DISABLE_COPY_MOVE(QemuReader)

    // One image at a time. FORMAT as QEMU calls it. Error kind Qemu: QEMU's own words.
    Result<std::unique_ptr<Image>> open(const QString& path, const QString& format);

private:
    QemuReader() = default;

    Result<QJsonObject> execute(const QString& command, const QJsonObject& arguments = {});
    void close();

    QTemporaryDir m_folder;
    QProcess m_daemon;
};

} // namespace platter
