// SPDX-License-Identifier: GPL-3.0-or-later
// What QEMU's own tools say about an image: each call is a process of its own, 10 to 30 ms (QemuReader for
// thousands of images). Blocking. QEMU opens a VHDX with a log to replay only for writing, so check it with repair,
// on a copy.
#pragma once

#include "core/error.h"

#include <QStringList>

#include <cstdint>

namespace platter {

// Runs a program of QEMU's to its end; its output, or its words as an error of the kind Qemu.
Result<QByteArray> runQemuTool(const QString& program, const QStringList& arguments);

class QemuImage {
public:
    // FORMAT as QEMU calls it: "vhdx", "vpc", "raw", "qcow2".
    QemuImage(QString path, QString format);

    Result<void> check() const;
    Result<void> repair() const; // replays a log, too
    Result<std::uint64_t> virtualSize() const;
    // The same bytes; where one is longer, the rest of it zero.
    Result<void> compareWith(const QemuImage& other) const;
    // Commands of qemu-io, all in one process; the first that fails (a pattern that is not there, too) ends it.
    Result<void> io(const QStringList& commands) const;

private:
    QString m_path;
    QString m_format;
};

// Commands for io(): "write -P 0x5a 4096 512".
QString writePattern(std::uint8_t byte, std::uint64_t offset, std::uint64_t length);
QString readPattern(std::uint8_t byte, std::uint64_t offset, std::uint64_t length);

} // namespace platter
