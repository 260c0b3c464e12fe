// SPDX-License-Identifier: GPL-3.0-or-later
// A block device as the kernel tells of it in /sys: how it is called there, what it is a part of and what stands on
// it. Blocking, reads of small files; any thread.
#pragma once

#include "core/disk/host_device.h"

#include <QStringList>

namespace platter {

class BlockDevice {
public:
    // NotFound; InvalidInput: PATH is no block device.
    static Result<BlockDevice> at(const QString& path, const DeviceRoots& roots);

    const QString& name() const { return m_name; } // the kernel's, "sda1"

    QString node() const; // "/dev/sda1"

    bool isPartition() const { return m_disk != m_name; }

    bool isDvdDrive() const { return m_name.startsWith(QLatin1String("sr")); }

    // Itself, its partitions or the disk that it is a partition of, and all that is made of these (LVM, RAID,
    // encrypted disks), which come last.
    QStringList family() const;
    // What is made of it or of one of those: "vg-root (LVM)"; empty: nothing.
    QString holder() const;
    // "8:1" of a member of the family.
    QString number(const QString& name) const;

    ByteCount size() const;
    bool isWriteProtected() const;
    HolePunching trim() const;

private:
    explicit BlockDevice(QString name, DeviceRoots roots);

    QString folderOf(const QString& name) const;
    QString read(const QString& name, const char* file) const; // empty: it cannot be read
    QStringList partitionsOf(const QString& name) const;
    QStringList holdersOf(const QString& name) const;
    QStringList parts() const; // the family without what is made of it

    QString m_name;
    DeviceRoots m_roots;
    QString m_disk; // the whole one, maybe itself
};

} // namespace platter
