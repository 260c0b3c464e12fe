// SPDX-License-Identifier: GPL-3.0-or-later
// A machine in a temporary folder, with the QEMU and the firmware of this computer, for tests that start it.
// Whatever still runs when it goes is ended.
#pragma once

#include "core/qemu/launch.h"

#include <QJsonObject>
#include <QTemporaryDir>

namespace platter {

class ScratchMachine {
public:
    // NAME becomes the machine's folder.
    explicit ScratchMachine(const QString& name);
    ~ScratchMachine();
    Q_DISABLE_COPY_MOVE(ScratchMachine)

    StoredMachine machine;
    LaunchSettings settings;

    QString path(const QString& file) const { return m_folder.filePath(file); }

    // By qemu-img.
    static bool makeImage(const QString& file, DiskFormat format, ByteCount size);
    // One command on the application's QMP socket; its answer ("return" or "error").
    QJsonObject qmp(const QString& command, const QJsonObject& arguments = {}) const;
    // Ends QEMU by QMP and waits until it is gone.
    bool quit() const;

private:
    QTemporaryDir m_folder;
};

} // namespace platter
