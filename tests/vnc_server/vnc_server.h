// SPDX-License-Identifier: GPL-3.0-or-later
// A VNC server on a unix socket, made of LibVNCServer in a thread of its own, with QEMU's scan-code keys added. The
// functions may be called from any thread; those that change the screen return once the server has done it.
#pragma once

#include <QColor>
#include <QPoint>
#include <QRect>
#include <QString>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

struct _rfbScreenInfo;

namespace platter {

struct ServerKey {
    quint32 scanCode = 0; // 0: a plain key event
    quint32 keysym = 0;
    bool down = false;

    friend bool operator==(const ServerKey&, const ServerKey&) = default;
};

struct ServerPointer {
    QPoint position;
    int buttons = 0;

    friend bool operator==(const ServerPointer&, const ServerPointer&) = default;
};

class VncServer {
public:
    enum class Keys { ScanCodes, SymbolsOnly };

    VncServer(const QString& socketPath, QSize size, Keys keys = Keys::ScanCodes);
    ~VncServer(); // closes every connection and removes the socket
    VncServer(const VncServer&) = delete;
    VncServer& operator=(const VncServer&) = delete;

    void fill(const QRect& rect, QColor colour);
    void copy(const QRect& rect, QPoint by);
    void resize(QSize size);
    void setCursor(QColor colour, QSize size, QPoint hotSpot);
    // Draws full frames of changing colour by itself, this many a second; 0 stops.
    void offerFrames(int perSecond);

    int clientCount() const;
    // Update requests of all clients so far.
    int requestCount() const;
    std::vector<ServerKey> keys() const;
    std::vector<ServerPointer> pointers() const;
    void forgetInput();

private:
    friend struct ServerHooks;
    void run();
    void call(std::function<void()> work); // in the thread, and waits for it
    void drawNextFrame();

    const QString m_path;
    const Keys m_keys;
    QSize m_size;
    std::vector<quint32> m_pixels;
    int m_listener = -1;
    _rfbScreenInfo* m_screen = nullptr;
    std::chrono::nanoseconds m_framePause{0};
    std::chrono::steady_clock::time_point m_nextFrame;
    unsigned m_frameNumber = 0;

    mutable std::mutex m_mutex;
    std::condition_variable m_done;
    std::vector<std::function<void()>> m_work;
    quint64 m_workGiven = 0;
    quint64 m_workDone = 0;
    bool m_stop = false;
    int m_clients = 0;
    int m_requests = 0;
    std::vector<ServerKey> m_keyEvents;
    std::vector<ServerPointer> m_pointerEvents;
    std::thread m_thread;
};

} // namespace platter
