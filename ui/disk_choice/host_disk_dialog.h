// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the disks and partitions of this computer, each that a machine cannot have with the reason. They are looked
// at in a worker thread. GUI thread.
#pragma once

#include "core/disk/host_device_list.h"
#include "core/machine/definition.h"

#include <QDialog>

class QCheckBox;
class QPushButton;
class QTreeWidget;

namespace platter {

class NoteLabel;

class HostDiskDialog : public QDialog {
    Q_OBJECT

public:
    // MACHINE: its name. ROOTS: where this computer tells of its disks.
    explicit HostDiskDialog(const QString& machine, QWidget* parent = nullptr, const DeviceRoots& roots = {});

Q_SIGNALS:
    void chosen(const DiskDrive& disk);

private:
    void fill(const std::vector<HostDeviceEntry>& disks);
    const HostDeviceEntry* current() const;
    void follow();
    void choose();

    std::vector<HostDeviceEntry> m_disks;
    QTreeWidget* m_list;
    QCheckBox* m_readOnly;
    NoteLabel* m_note;
    QPushButton* m_add;
};

} // namespace platter
