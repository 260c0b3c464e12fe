// SPDX-License-Identifier: GPL-3.0-or-later
// Attaches files that were dropped on a machine: an ISO to a DVD drive, a disk image as a disk, while the machine
// runs, too. Says where each went, and takes it back on request. GUI thread; owned by the main window.
#pragma once

#include "core/live/machine_session.h"
#include "ui/main_window/dropped_files.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace platter {

class FileAttacher : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    // The first into SLOT, if given: into the DVD drive that is there, or as a new drive. Otherwise an ISO goes
    // into the first empty DVD drive or a new one, a disk into the first free slot.
    void attach(MachineSession* session, const std::vector<DroppedFile>& files, std::optional<SlotId> slot = {});

Q_SIGNALS:
    void attached(const QString& machine, const QString& what, const std::function<void()>& undo);
    void failed(const QString& machine, const platter::Error& error);
    void conversionNeeded(const QString& file);

private:
    // Where a file went, and what was there.
    struct Place {
        SlotId slot;
        std::optional<QString> mediumBefore = {}; // nothing: the drive is new
    };

    QCoro::Task<void> attachAll(
        QPointer<MachineSession> session, std::vector<DroppedFile> files, std::optional<SlotId> slot);
    static QCoro::Task<Result<Place>> attachIso(
        QPointer<MachineSession> session, QString iso, std::optional<SlotId> slot);
    static QCoro::Task<Result<Place>> attachDisk(
        QPointer<MachineSession> session, QString file, std::optional<SlotId> slot);
    QCoro::Task<void> takeBack(QPointer<MachineSession> session, std::vector<Place> places);
};

} // namespace platter
