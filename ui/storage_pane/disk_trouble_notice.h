// SPDX-License-Identifier: GPL-3.0-or-later
// Says what is wrong between the machine and the selected disk's image, with the ways out as buttons: another path,
// another image, read-only. Hidden while nothing is. GUI thread; owned by the pane.
#pragma once

#include "core/live/disk_trouble.h"
#include "core/live/machine_session.h"
#include "ui/storage_pane/storage_notice.h"

#include <QPointer>

namespace platter {

class DiskTroubleNotice : public StorageNotice {
    Q_OBJECT

public:
    explicit DiskTroubleNotice(QWidget* parent = nullptr);

    // Shows itself, with what is wrong with DISK of SESSION, in SLOT.
    void tell(MachineSession* session, SlotId slot, const DiskDrive& disk, const DiskTrouble& trouble);

Q_SIGNALS:
    void failed(const QString& machine, const platter::Error& error);

private:
    void choose(const QString& title, const QString& folder, const QString& filter);
    void locate();
    void replace();
    void attachReadOnly();

    QPointer<MachineSession> m_session;
    SlotId m_slot;
    DiskDrive m_disk;
    QPushButton* m_locate;
    QPushButton* m_replace;
    QPushButton* m_readOnly;
};

} // namespace platter
