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

namespace platter {

class MachineSession;

class MachineDrives : public QObject {
    Q_OBJECT

public:
    explicit MachineDrives(MachineSession& session);

    // Sorted by slot: of the running machine once it has been asked, of the definition otherwise.
    const std::vector<Drive>& list() const;
    const Drive* at(SlotId slot) const;

    // The lowest free slot of a controller; nothing: all are taken.
    std::optional<SlotId> firstFree(int controller) const;

    // What is not as the definition says, a sentence each.
    QStringList differences() const;
    // Makes the definition say what is in the running machine.
    Result<void> keepRunning();

    // Asks the running machine. Done by itself in the application, whenever something may have changed.
    QCoro::Task<Result<void>> read();

    // Into SLOT, or the lowest free one, last in the boot order; while the machine runs, too. A disk gets the
    // format that its image has. Errors: InUse (the slot, the image), NoSpace (no slot is free), those of opening
    // the image, of rules.h.
    QCoro::Task<Result<SlotId>> add(std::optional<SlotId> slot, std::variant<DiskDrive, DvdDrive> what);
    // Of a running machine as drive_removal.h says. The file stays.
    QCoro::Task<Result<DriveRemoval>> remove(SlotId slot, RemovalWay way);
    // A disk only while the machine is off. Its place in the boot order goes with it.
    QCoro::Task<Result<void>> move(SlotId from, SlotId to);
    // How a disk is attached, only while the machine is off.
    Result<void> setAttachment(SlotId slot, bool isReadOnly, bool discards);

    // Only while the machine is off. The last controller goes, for the others' numbers say where they are.
    Result<void> addController();
    Result<void> removeController();

Q_SIGNALS:
    void changed(); // list() or differences()

private:
    friend class MachineSession; // which says when something may have changed

    void readSoon();
    void follow(); // a QEMU that has been taken up, or has gone
    bool isTaken(SlotId slot) const; // now, or from the next start on
    Result<SlotId> placeFor(std::optional<SlotId> slot) const;
    QCoro::Task<Result<void>> addTo(SlotId slot, std::variant<DiskDrive, DvdDrive> what);

    MachineSession& m_session;
    std::optional<std::vector<Drive>> m_running;
    QTimer m_soon; // several reasons to ask come at once
};

// How RUNNING differs from DEFINED, a sentence each.
QStringList driveDifferences(const std::vector<Drive>& running, const std::vector<Drive>& defined);

} // namespace platter
