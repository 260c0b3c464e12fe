// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/loop_device.h"

#include <QFile>
#include <QProcess>

namespace platter {

LoopDevice::LoopDevice(const QString& file)
{
    QProcess process;
    process.start(QStringLiteral("losetup"), {QStringLiteral("--find"), QStringLiteral("--show"), file});
    if (process.waitForFinished() && process.exitCode() == 0) {
        m_node = QString::fromUtf8(process.readAllStandardOutput()).trimmed();
    }
}

LoopDevice::~LoopDevice()
{
    if (isThere()) {
        QProcess::execute(QStringLiteral("losetup"), {QStringLiteral("--detach"), m_node});
    }
}

} // namespace platter
