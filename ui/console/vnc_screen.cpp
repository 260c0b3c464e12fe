// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/vnc_screen.h"

#include "core/module.h"
#include "ui/console/vnc_module.h"

#include <QFile>
#include <QPointer>

#include <thread>

namespace platter {

namespace {

// The thread's main function.
void serve(const std::shared_ptr<VncChannel>& channel, const QByteArray& socketPath)
{
    const Result<QFunctionPointer> found = moduleFunction(QStringLiteral("platter-vnc"), "platterServeVnc");
    if (found)
        reinterpret_cast<decltype(&platterServeVnc)>(*found)(channel, socketPath);
    else
        channel->tellState(ScreenSource::State::Connecting, found.error(), false);
}

} // namespace

VncScreen::VncScreen(QObject* parent)
    : ScreenSource(parent)
{
}

VncScreen::~VncScreen()
{
    if (m_channel)
        m_channel->close();
}

void VncScreen::open(const QString& socketPath)
{
    close();
    m_socketPath = socketPath;
    m_channel = std::make_shared<VncChannel>(
        [this] { QMetaObject::invokeMethod(this, &VncScreen::takeNews, Qt::QueuedConnection); });
    m_channel->setInterval(m_interval);
    m_state = State::Connecting;
    std::thread([channel = m_channel, path = QFile::encodeName(socketPath)] { serve(channel, path); }).detach();
    Q_EMIT stateChanged();
}

void VncScreen::close()
{
    if (!m_channel)
        return;
    m_channel->close();
    m_channel.reset();
    m_socketPath.clear();
    m_state = State::Closed;
    m_lastError.reset();
    m_takesScanCodes = false;
    m_frame = {};
    m_cursor.reset();
    const QPointer<VncScreen> self(this);
    Q_EMIT stateChanged();
    if (self)
        Q_EMIT cursorChanged();
}

void VncScreen::sendKey(GuestKey key, KeyAction action)
{
    if (m_channel)
        m_channel->queueKey(key, action);
}

void VncScreen::sendPointer(QPoint position, PointerButtons buttons)
{
    if (m_channel)
        m_channel->queuePointer(position, buttons);
}

void VncScreen::setUpdateInterval(std::chrono::milliseconds interval)
{
    if (interval == m_interval)
        return;
    m_interval = interval;
    if (m_channel)
        m_channel->setInterval(interval);
}

void VncScreen::takeNews()
{
    // A call that an earlier channel posted may arrive here; this channel's news, if any, are as good.
    if (!m_channel)
        return;
    const QSize sizeBefore = m_frame.size();
    VncNews news = m_channel->takeNews(m_frame);
    const bool hasFrame = !news.frame.isNull();
    if (hasFrame)
        m_frame = std::move(news.frame);
    const QSize size = m_frame.size();
    bool newState = false;
    if (news.state) {
        newState = m_state != *news.state || m_lastError != news.error;
        m_state = *news.state;
        m_lastError = std::move(news.error);
        m_takesScanCodes = news.scanCodes;
    }
    bool newCursor = news.cursor.has_value();
    if (newCursor) {
        m_cursor = std::move(news.cursor);
    } else if (newState && m_state != State::Connected && m_cursor) {
        m_cursor.reset();
        newCursor = true;
    }

    // Whoever listens may close or delete this screen.
    const QPointer<VncScreen> self(this);
    const auto* const channel = m_channel.get();
    const auto goesOn = [&] { return self && m_channel.get() == channel; };
    if (newState)
        Q_EMIT stateChanged();
    if (newCursor && goesOn())
        Q_EMIT cursorChanged();
    if (hasFrame && size != sizeBefore && goesOn())
        Q_EMIT frameSizeChanged(size);
    if (hasFrame && goesOn())
        Q_EMIT frameChanged(size == sizeBefore ? news.changed : QRegion(m_frame.rect()));
}

} // namespace platter
