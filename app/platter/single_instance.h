// SPDX-License-Identifier: GPL-3.0-or-later
// One window per user: the first start listens on a socket in the runtime folder, a later one hands over what it
// was asked for and ends. A socket that a dead instance left behind is replaced. GUI thread; owned by main().
#pragma once

#include "app/platter/start_request.h"

#include <QLocalServer>

namespace platter {

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
    void accept();

    QString m_socket;
    QString m_lock;
    QLocalServer m_server;
};

} // namespace platter
