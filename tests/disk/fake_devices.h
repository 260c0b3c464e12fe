// SPDX-License-Identifier: GPL-3.0-or-later
// A tree of files that tells of disks as the kernel does: sda with sda1, the system's, at / and sda2; sdb with
// sdb1, a stick that takes TRIM; sdc with sdc1; sdd; the DVD drive sr0; the empty card reader sdx; dm-0 (LVM) and
// md0 (RAID).
#pragma once

#include "core/disk/host_device.h"

#include <QFile>
#include <QTemporaryDir>

namespace platter {

class FakeDevices {
public:
    FakeDevices();

    DeviceRoots roots() const { return {path("dev"), path("sys"), path("proc")}; }

    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

    QString id(const char* name) const { return path("dev/disk/by-id/") + QLatin1String(name); }

    void write(const QString& name, const QByteArray& content) const;
    // NUMBER: "8:17".
    void mount(const char* source, const char* number, const char* place);
    void swap(const char* node) const; // null: there is none
    void hold(const char* device, const char* holder) const;
    void allow(const QString& device, QFile::Permissions permissions) const;

private:
    struct Partition {
        const char* name;
        const char* number;
    };

    void disk(const char* name, const char* number, qint64 sectors,
        std::initializer_list<Partition> partitions = {}) const;
    void device(const QString& folder, const char* name, const char* number, qint64 sectors) const;
    void link(const char* name, const char* stable) const;

    QTemporaryDir m_folder;
    QByteArray m_mounts;
};

} // namespace platter
