// SPDX-License-Identifier: GPL-3.0-or-later
// How full the file systems on a running machine's disks are, as df in the guest says: its agent is asked every
// five seconds (guest-get-fsinfo), while somebody wants to see it and an agent listens. Thread with an event loop;
// owned by whoever shows it.
#pragma once

#include "core/disk/file_system_space.h"
#include "core/disk/partition_table.h"
#include "core/live/machine_session.h"

#include <QPointer>
#include <QTimer>

#include <vector>

namespace platter {

// A mounted file system that lies on one partition or disk.
struct GuestSpace {
    SlotId slot;
    int partition = 0; // its number; 0: the guest does not tell, or it fills the disk
    FileSystemSpace space;

    friend bool operator==(const GuestSpace&, const GuestSpace&) = default;
};

using GuestSpaces = std::vector<GuestSpace>;

// From what guest-get-fsinfo returns (qga/qapi-schema.json in QEMU's source). The disk is known by its serial
// number. What lies on several disks, or on what is made of one (LVM, encryption), is left out.
GuestSpaces readGuestSpaces(const QJsonValue& answer);

// Of the partition with NUMBER and LENGTH (0 and the disk's: of the whole disk). Windows does not number them; its
// file systems take all of their partition but less than a cluster of the largest size, 2 MiB.
std::optional<FileSystemSpace> spaceIn(const GuestSpaces& spaces, SlotId slot, int number, std::uint64_t length);

class GuestSpaceWatch : public QObject {
    Q_OBJECT

public:
    explicit GuestSpaceWatch(QObject* parent = nullptr);

    // Null: nobody is asked.
    void setSession(MachineSession* session);
    void start();
    void stop();

    // Nothing: the machine is off, or no agent has answered.
    const std::optional<GuestSpaces>& spaces() const { return m_spaces; }

Q_SIGNALS:
    void changed();

private:
    void look();
    void take(const Result<GuestSpaces>& found);
    void forget();

    QPointer<MachineSession> m_session;
    QPointer<MachineMonitor> m_asked; // whose answer is awaited
    int m_question = 0; // counts, so that a late answer is known as one
    QTimer m_tick;
    std::optional<GuestSpaces> m_spaces;
};

} // namespace platter
