// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/new_disk.h"

#include "core/disk/operations/create_disk.h"
#include "core/qemu/qmp_error.h"

#include <QCoroFuture>
#include <QFile>
#include <QFileInfo>
#include <QtConcurrentRun>

namespace platter {

QString fileForNewDisk(const StoredMachine& machine, DiskFormat format)
{
    for (int number = 2;; ++number) {
        const QString name = QStringLiteral("%1/%2-%3").arg(machine.folder, machine.name).arg(number);
        const QFileInfo file(name + suffixOf(format));
        if (!file.exists() && !file.isSymLink()) {
            return file.filePath();
        }
    }
}

QCoro::Task<Result<SlotId>> addNewDisk(QPointer<MachineSession> session, std::optional<SlotId> slot, NewDisk disk)
{
    if (disk.file.isEmpty()) {
        disk.file = fileForNewDisk(session->machine(), disk.format);
    }
    const Result<ByteCount> made = co_await QtConcurrent::run(
        createDisk, NewDiskRequest{.file = disk.file, .format = disk.format, .size = disk.size});
    if (!made) {
        co_return std::unexpected(made.error());
    }
    Result<SlotId> added = std::unexpected(qmpInterrupted(QString()));
    if (session) {
        added = co_await session->drives().add(
            slot, DiskDrive{.source = disk.file, .format = disk.format}, disk.format);
    }
    if (!added) {
        QFile::remove(disk.file);
    }
    co_return added;
}

} // namespace platter
