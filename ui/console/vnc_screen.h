// SPDX-License-Identifier: GPL-3.0-or-later
// A guest's screen over VNC on a unix socket. Everything that touches the socket happens in a thread of its own,
// which this object starts with open() and leaves to itself with close(): neither ever waits for the server.
// Connects again by itself when QEMU goes and comes. GUI thread; owned by whoever shows the machine.
#pragma once

#include "ui/console/screen_source.h"

#include <memory>

namespace platter {

class VncChannel;

class VncScreen : public ScreenSource {
    Q_OBJECT

public:
    explicit VncScreen(QObject* parent = nullptr);
    ~VncScreen() override;

    // Starts to connect; what was open before is closed.
    void open(const QString& socketPath);
    // Forgets the frame.
    void close();

    QString socketPath() const { return m_socketPath; }

    State state() const override { return m_state; }

    std::optional<Error> lastError() const override { return m_lastError; }

    QImage frame() const override { return m_frame; }

    std::optional<GuestCursor> cursor() const override { return m_cursor; }

    // Whether the server takes scan codes (QEMU does).
    bool takesScanCodes() const { return m_takesScanCodes; }

    void sendKey(GuestKey key, KeyAction action) override;
    void sendPointer(QPoint position, PointerButtons buttons) override;
    void setUpdateInterval(std::chrono::milliseconds interval) override;

private:
    friend class VncChannel;
    void takeNews();

    std::shared_ptr<VncChannel> m_channel; // null while closed
    QString m_socketPath;
    State m_state = State::Closed;
    std::optional<Error> m_lastError;
    bool m_takesScanCodes = false;
    QImage m_frame;
    std::optional<GuestCursor> m_cursor;
    std::chrono::milliseconds m_interval{0};
};

} // namespace platter
