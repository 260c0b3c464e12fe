// SPDX-License-Identifier: GPL-3.0-or-later
// One connection to a VNC server on a unix socket, from connect() to its end, on LibVNCClient. It blocks, so it
// lives in a thread of its own (vnc_module.h), which owns it; closing the channel frees it from whatever it waits
// for.
#pragma once

#include "ui/console/frame_canvas.h"
#include "ui/console/vnc_channel.h"

extern "C" {
struct _rfbClient;
}

namespace platter {

class VncSession {
public:
    explicit VncSession(VncChannel& channel);
    ~VncSession();
    VncSession(const VncSession&) = delete;
    VncSession& operator=(const VncSession&) = delete;

    // Connects, shakes hands and asks for the screen.
    Result<void> open(const QByteArray& socketPath);
    // Moves frames and input until the connection ends, and says why it did.
    Error run();

private:
    Result<void> connect(const QByteArray& socketPath);
    bool sendFormat();
    bool sendEncodings();
    bool requestUpdate();
    bool sendInput();
    bool handleMessage();
    Error lost() const;

    bool resized();
    void gotCursor(QPoint hotSpot, QSize size);
    static VncSession& of(_rfbClient* client);
    friend struct VncHooks;

    VncChannel& m_channel;
    _rfbClient* m_client = nullptr;
    FrameCanvas m_canvas;
    std::optional<QSize> m_refusedSize; // beyond the canvas's limits: it ended the connection
    bool m_updateAsked = false; // and not yet answered
    bool m_wholeFrame = true; // the next request is for everything, not for what changed
    bool m_updateFinished = false;
    std::chrono::steady_clock::time_point m_lastRequest;
};

} // namespace platter
