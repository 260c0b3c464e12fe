// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/vnc_channel.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace platter {

namespace {
// More input than this waits only where the server has stopped reading; then the connection is worth nothing and
// QEMU lets go of every key when it ends.
constexpr std::size_t MaxInput = 20'000;
} // namespace

VncChannel::VncChannel(std::function<void()> announce)
    : m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
    , m_announce(std::move(announce))
{
}

void VncChannel::wake()
{
    const quint64 one = 1;
    // A full counter is as good as one more.
    [[maybe_unused]] const auto written = ::write(m_wake.get(), &one, sizeof one);
}

void VncChannel::quiet()
{
    quint64 count = 0;
    [[maybe_unused]] const auto got = ::read(m_wake.get(), &count, sizeof count);
}

void VncChannel::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        if (m_socket >= 0)
            ::shutdown(m_socket, SHUT_RDWR);
    }
    wake();
}

bool VncChannel::isClosed() const
{
    const std::lock_guard lock(m_mutex);
    return m_closed;
}

void VncChannel::setSocket(int socket)
{
    const std::lock_guard lock(m_mutex);
    m_socket = socket;
    if (socket < 0) {
        m_input.clear();
        m_buttons = {};
    }
    if (socket >= 0 && m_closed)
        ::shutdown(socket, SHUT_RDWR);
}

void VncChannel::push(const VncInput& input)
{
    if (m_input.size() < MaxInput)
        m_input.push_back(input);
    else
        ::shutdown(m_socket, SHUT_RDWR);
}

void VncChannel::queueKey(GuestKey key, KeyAction action)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_socket < 0)
            return;
        push(KeyInput{key, action});
    }
    wake();
}

void VncChannel::queuePointer(QPoint position, PointerButtons buttons)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_socket < 0)
            return;
        const PointerInput next{position, buttons, buttons == std::exchange(m_buttons, buttons)};
        // Of a row of movements only the last one counts; where a button went down must stay.
        auto* last = m_input.empty() ? nullptr : std::get_if<PointerInput>(&m_input.back());
        if (last && last->isMovement && next.isMovement)
            *last = next;
        else
            push(next);
    }
    wake();
}

std::vector<VncInput> VncChannel::takeInput()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_input, {});
}

void VncChannel::setInterval(std::chrono::milliseconds interval)
{
    {
        const std::lock_guard lock(m_mutex);
        m_interval = interval;
    }
    wake();
}

std::chrono::milliseconds VncChannel::interval() const
{
    const std::lock_guard lock(m_mutex);
    return m_interval;
}

VncNews VncChannel::takeNews(QImage& previous)
{
    VncNews news;
    {
        const std::lock_guard lock(m_mutex);
        m_announced = false;
        news = std::exchange(m_news, {});
        if (news.frame.isNull())
            return news;
        previous = {};
    }
    wake();
    return news;
}

bool VncChannel::isFramePending() const
{
    const std::lock_guard lock(m_mutex);
    return !m_news.frame.isNull();
}

void VncChannel::tellState(ScreenSource::State state, std::optional<Error> error, bool scanCodes)
{
    const std::lock_guard lock(m_mutex);
    m_news.state = state;
    m_news.error = std::move(error);
    m_news.scanCodes = scanCodes;
    announce();
}

void VncChannel::tellFrame(const QImage& frame, const QRegion& changed)
{
    const std::lock_guard lock(m_mutex);
    m_news.frame = frame;
    m_news.changed = changed;
    announce();
}

void VncChannel::tellCursor(GuestCursor cursor)
{
    const std::lock_guard lock(m_mutex);
    m_news.cursor = std::move(cursor);
    announce();
}

void VncChannel::announce()
{
    if (m_closed || m_announced)
        return;
    m_announced = true;
    // The screen cannot go meanwhile: its destructor calls close(), which waits for this lock.
    m_announce();
}

} // namespace platter
