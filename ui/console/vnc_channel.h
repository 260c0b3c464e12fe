// SPDX-License-Identifier: GPL-3.0-or-later
// What a VncScreen and the thread that holds its socket share: input and wishes one way, frames and news the other.
// Every function may be called by either thread and none of them blocks for longer than a swap of a few pointers.
// Owned by both; the last one to let go destroys it.
#pragma once

#include "core/unique_fd.h"
#include "ui/console/screen_source.h"

#include <functional>
#include <mutex>
#include <variant>
#include <vector>

namespace platter {

// What the socket's thread found out since the last time somebody looked.
struct VncNews {
    std::optional<ScreenSource::State> state;
    std::optional<Error> error; // with a state
    bool scanCodes = false; // the server takes scan codes; with a state
    QImage frame; // null: no new one
    QRegion changed;
    std::optional<GuestCursor> cursor;
};

struct KeyInput {
    GuestKey key;
    KeyAction action;
};

struct PointerInput {
    QPoint position;
    PointerButtons buttons;
    bool isMovement = false; // no button went down or up
};

using VncInput = std::variant<KeyInput, PointerInput>;

class VncChannel {
public:
    // ANNOUNCE tells the screen that there are news; it is called in the thread, and not any more after close().
    explicit VncChannel(std::function<void()> announce);
    VncChannel(const VncChannel&) = delete;
    VncChannel& operator=(const VncChannel&) = delete;

    // --- the screen's side ---

    // The thread ends as soon as it can, and nothing reaches the screen any more.
    void close();
    void queueKey(GuestKey key, KeyAction action);
    void queuePointer(QPoint position, PointerButtons buttons);
    void setInterval(std::chrono::milliseconds interval);
    // PREVIOUS, the frame that the news replace, is let go here, so that the thread can draw on it again.
    VncNews takeNews(QImage& previous);

    // --- the thread's side ---

    bool isClosed() const;
    std::vector<VncInput> takeInput();
    std::chrono::milliseconds interval() const;
    // A frame was told and not yet taken.
    bool isFramePending() const;

    // Becomes readable when there is input, another interval, a frame taken or the end; quiet() makes it
    // unreadable.
    int wakeDescriptor() const { return m_wake.get(); }

    void quiet();
    // The socket that close() shuts down under whoever blocks on it; -1 for none.
    void setSocket(int socket);
    void tellState(ScreenSource::State state, std::optional<Error> error, bool scanCodes);
    void tellFrame(const QImage& frame, const QRegion& changed);
    void tellCursor(GuestCursor cursor);

private:
    void wake();
    void push(const VncInput& input); // these two with m_mutex held
    void announce();

    const UniqueFd m_wake; // eventfd
    mutable std::mutex m_mutex;
    const std::function<void()> m_announce;
    bool m_closed = false;
    bool m_announced = false;
    int m_socket = -1;
    std::chrono::milliseconds m_interval{0};
    std::vector<VncInput> m_input;
    PointerButtons m_buttons; // as of the last input
    VncNews m_news;
};

} // namespace platter
