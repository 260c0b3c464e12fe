// SPDX-License-Identifier: GPL-3.0-or-later
// The drives of one machine, whether it runs or not: what is in its slots, and changing that. While it runs, what
// QEMU says counts; where the definition says something else, as after a program that died half-way, the next start
// brings that, and differences() says so. The session's thread; owned by MachineSession.
#pragma once

#include "core/live/drive_removal.h"
#include "core/machine/definition.h"

#include <QCoroTask>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <map>

namespace platter {

class MachineSession;

class MachineDrives : public QObject {
    Q_OBJECT

public:
    explicit MachineDrives(MachineSession& session);

    // Sorted by slot: of the running machine once it has been asked, of the definition otherwise.
    const std::vector<Drive>& list() const;
    const Drive* at(SlotId slot) const;

    // How large the guest sees the disks of the running machine, as QEMU said when it was asked last.
    const std::map<SlotId, ByteCount>& sizes() const { return m_sizes; }

    // The lowest free slot of a controller; nothing: all are taken.
    std::optional<SlotId> firstFree(int controller) const;

    // What is not as the definition says, a sentence each.
    QStringList differences() const;
    // Makes the definition say what is in the running machine.
    Result<void> keepRunning();

    // Asks the running machine. Done by itself in the application, whenever something may have changed.
    QCoro::Task<Result<void>> read();

    // Into SLOT, or the lowest free one, last in the boot order; while the machine runs, too. A disk gets FORMAT,
    // or without it the format that its image has by its content, which of a raw image is whatever a guest has
    // written. Errors: InUse (the slot, the image), NoSpace (no slot is free), those of opening the image, of
    // rules.h.
    QCoro::Task<Result<SlotId>> add(
        std::optional<SlotId> slot, std::variant<DiskDrive, DvdDrive> what, std::optional<DiskFormat> format = {});
    // Of a running machine as drive_removal.h says. The file stays.
    QCoro::Task<Result<DriveRemoval>> remove(SlotId slot, RemovalWay way);
    // A disk only while the machine is off. Its place in the boot order goes with it.
    QCoro::Task<Result<void>> move(SlotId from, SlotId to);
    // How a disk is attached, only while the machine is off.
    Result<void> setAttachment(SlotId slot, bool isReadOnly, bool discards);
    // Another image for a disk, only while the machine is off: where the one it had is now, or one in its stead. A
    // raw disk stays raw.
    QCoro::Task<Result<void>> setImage(SlotId slot, QString file, bool isReadOnly);

    // Only while the machine is off. The last controller goes, for the others' numbers say where they are.
    Result<void> addController();
    Result<void> removeController();

Q_SIGNALS:
    void changed(); // list() or differences()

private:
    friend class MachineSession; // which says when something may have changed

    void readSoon();
    void follow(); // a QEMU that has been taken up, or has gone
    bool isOn() const; // or about to be
    bool isTaken(SlotId slot) const; // now, or from the next start on
    Result<SlotId> placeFor(std::optional<SlotId> slot) const;
    QCoro::Task<Result<void>> addTo(SlotId slot, std::variant<DiskDrive, DvdDrive> what);

    MachineSession& m_session;
    std::optional<std::vector<Drive>> m_running;
    std::map<SlotId, ByteCount> m_sizes;
    QTimer m_soon; // several reasons to ask come at once
};

} // namespace platter
