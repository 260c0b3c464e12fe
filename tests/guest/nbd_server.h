// SPDX-License-Identifier: GPL-3.0-or-later
// A real qemu-nbd that serves a file until this goes.
#pragma once

#include <QProcess>
#include <QString>

namespace platter {

class NbdServer {
public:
    // Serves the bytes of FILE as the export "data": at SOCKET, or where that is empty at a port of 127.0.0.1.
    explicit NbdServer(const QString& file, const QString& socket = {});
    ~NbdServer();
    Q_DISABLE_COPY_MOVE(NbdServer)

    // Empty: it did not come up.
    const QString& location() const { return m_location; }

private:
    QProcess m_process;
    QString m_location;
};

} // namespace platter
