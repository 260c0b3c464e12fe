// SPDX-License-Identifier: GPL-3.0-or-later
// A raw disk as a Linux that starts with BIOS has it.
#pragma once

#include "core/byte_count.h"
#include "tests/unit/disk/run_tool.h"

#include <QFile>

namespace platter {

// Makes PATH with an MBR and one active partition of PARTITION_SIZE (whole MiB) with ext4, 1 MiB from the start;
// OPTIONS are mkfs.ext4's.
inline ToolRun makeMbrLinuxDisk(
    const QString& path, ByteCount diskSize, ByteCount partitionSize, const QStringList& options = {})
{
    QFile disk(path);
    if (!disk.open(QIODevice::WriteOnly) || !disk.resize(qint64(diskSize.bytes()))) {
        return {false, path + QLatin1String(": ") + disk.errorString()};
    }
    const QString mebibytes = QString::number(partitionSize.bytes() / ByteCount::mebibytes(1).bytes());
    const ToolRun partitioned = runTool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), path},
        QStringLiteral("label: dos\nstart=1MiB, size=%1MiB, type=83, bootable\n").arg(mebibytes).toLatin1());
    if (!partitioned.isGood) {
        return partitioned;
    }
    return runTool(QStringLiteral("mkfs.ext4"),
        QStringList{
            QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-E"), QStringLiteral("offset=1048576")}
            + options + QStringList{path, mebibytes + QLatin1Char('M')});
}

} // namespace platter
