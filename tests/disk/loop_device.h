// SPDX-License-Identifier: GPL-3.0-or-later
// A block device of this host that is a file, made with losetup: only root has it, and not everywhere.
#pragma once

#include <QString>

namespace platter {

class LoopDevice {
public:
    explicit LoopDevice(const QString& file);
    ~LoopDevice();
    Q_DISABLE_COPY_MOVE(LoopDevice)

    bool isThere() const { return !m_node.isEmpty(); }

    const QString& node() const { return m_node; } // "/dev/loop0"

private:
    QString m_node;
};

} // namespace platter
