// SPDX-License-Identifier: GPL-3.0-or-later
// One window per user: the first start listens on a socket in the runtime folder, a later one hands over what it
// was asked for and ends. A socket that a dead instance left behind is replaced. GUI thread; owned by main().
#pragma once

#include "app/platter/start_request.h"
#include "core/unique_fd.h"

#include <QSocketNotifier>

namespace platter {

class LocalSocket;

class SingleInstance : public QObject {
    Q_OBJECT

public:
    enum class Role {
        First, // listens from now on
        Later, // the first has taken the request over: end
    };

    explicit SingleInstance(const QString& runtimeFolder);
    ~SingleInstance() override;

    // Blocks for some milliseconds, at most for five seconds. InUse: another instance is there and does not answer.
    Result<Role> settle(const StartRequest& request);

Q_SIGNALS:
    void requested(const StartRequest& request);

private:
    Result<bool> handOver(const StartRequest& request) const; // false: nobody listens
    Result<void> listen();
    void accept();
    void hear(LocalSocket* socket, const QByteArray& words);

    QString m_socket;
    QString m_lock;
    UniqueFd m_listener;
    QSocketNotifier m_knock;
};

} // namespace platter
