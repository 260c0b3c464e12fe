// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/vnc_server/vnc_server.h"

#include <QFile>
#include <QtEndian>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <rfb/rfb.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace platter {

using Clock = std::chrono::steady_clock;

namespace {
constexpr int QemuMessage = 255;
constexpr int ScanCodeEncoding = -258;
constexpr int LoopPause = 1000; // microseconds
} // namespace

struct ServerHooks {
    static VncServer& of(rfbClientPtr client) { return *static_cast<VncServer*>(client->screen->screenData); }

    static rfbNewClientAction connected(rfbClientPtr client)
    {
        client->clientGoneHook = gone;
        client->clientFramebufferUpdateRequestHook = requested;
        VncServer& server = of(client);
        const std::lock_guard lock(server.m_mutex);
        ++server.m_clients;
        return RFB_CLIENT_ACCEPT;
    }

    static void gone(rfbClientPtr client)
    {
        // LibVNCServer forgets to.
        while (rfbExtensionData* enabled = client->extensions) {
            client->extensions = enabled->next;
            std::free(enabled);
        }
        VncServer& server = of(client);
        const std::lock_guard lock(server.m_mutex);
        --server.m_clients;
    }

    static void requested(rfbClientPtr client, rfbFramebufferUpdateRequestMsg*)
    {
        VncServer& server = of(client);
        const std::lock_guard lock(server.m_mutex);
        ++server.m_requests;
    }

    static void key(rfbBool down, rfbKeySym keysym, rfbClientPtr client)
    {
        VncServer& server = of(client);
        const std::lock_guard lock(server.m_mutex);
        server.m_keyEvents.push_back({0, keysym, bool(down)});
    }

    static void pointer(int buttons, int x, int y, rfbClientPtr client)
    {
        VncServer& server = of(client);
        const std::lock_guard lock(server.m_mutex);
        server.m_pointerEvents.push_back({{x, y}, buttons});
    }

    // What QEMU answers when a client offers the encoding: an empty update that names it.
    static rfbBool offered(rfbClientPtr client, void**, int encoding)
    {
        if (encoding != ScanCodeEncoding || of(client).m_keys == VncServer::Keys::SymbolsOnly)
            return FALSE;

        struct [[gnu::packed]] {
            quint8 type = 0;
            quint8 padding = 0;
            quint16 rectangles = qToBigEndian(quint16(1));
            quint16 x = 0;
            quint16 y = 0;
            quint16 width = 0;
            quint16 height = 0;
            qint32 encoding = qToBigEndian(qint32(ScanCodeEncoding));
        } answer;

        answer.width = qToBigEndian(quint16(client->screen->width));
        answer.height = qToBigEndian(quint16(client->screen->height));
        return rfbWriteExact(client, reinterpret_cast<const char*>(&answer), sizeof answer) > 0;
    }

    static rfbBool message(rfbClientPtr client, void*, const rfbClientToServerMsg* message)
    {
        if (message->type != QemuMessage)
            return FALSE;

        struct [[gnu::packed]] {
            quint8 subtype;
            quint16 down;
            quint32 keysym;
            quint32 scanCode;
        } rest;

        if (rfbReadExact(client, reinterpret_cast<char*>(&rest), sizeof rest) <= 0)
            return FALSE;
        VncServer& server = of(client);
        const std::lock_guard lock(server.m_mutex);
        server.m_keyEvents.push_back({qFromBigEndian(quint32(rest.scanCode)), qFromBigEndian(quint32(rest.keysym)),
            qFromBigEndian(quint16(rest.down)) != 0});
        return TRUE;
    }

    static rfbProtocolExtension& extension()
    {
        static int encodings[] = {ScanCodeEncoding, 0};
        static rfbProtocolExtension instance{
            nullptr, nullptr, encodings, offered, message, nullptr, nullptr, nullptr, nullptr};
        return instance;
    }

    static void registerScanCodes()
    {
        static std::once_flag once;
        std::call_once(once, [] { rfbRegisterProtocolExtension(&extension()); });
    }
};

VncServer::VncServer(const QString& socketPath, QSize size, Keys keys)
    : m_path(socketPath)
    , m_keys(keys)
    , m_size(size)
    , m_pixels(std::size_t(size.width()) * std::size_t(size.height()))
{
    rfbLogEnable(FALSE);
    ServerHooks::registerScanCodes();
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray path = QFile::encodeName(socketPath);
    Q_ASSERT(path.size() < qsizetype(sizeof address.sun_path));
    std::memcpy(address.sun_path, path.constData(), std::size_t(path.size()));
    ::unlink(path.constData());
    m_listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (::bind(m_listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0
        || ::listen(m_listener, 8) != 0)
        qFatal("VncServer: cannot listen on %s", path.constData());

    m_screen = rfbGetScreen(nullptr, nullptr, size.width(), size.height(), 8, 3, 4);
    m_screen->frameBuffer = reinterpret_cast<char*>(m_pixels.data());
    m_screen->screenData = this;
    m_screen->autoPort = FALSE;
    m_screen->port = 0;
    m_screen->ipv6port = 0;
    m_screen->ignoreSIGPIPE = FALSE;
    m_screen->alwaysShared = FALSE;
    m_screen->deferUpdateTime = 0;
    m_screen->deferPtrUpdateTime = 0;
    m_screen->cursor = nullptr;
    m_screen->newClientHook = ServerHooks::connected;
    m_screen->kbdAddEvent = ServerHooks::key;
    m_screen->ptrAddEvent = ServerHooks::pointer;
    // The same pixels as QEMU's.
    m_screen->serverFormat.redShift = 16;
    m_screen->serverFormat.greenShift = 8;
    m_screen->serverFormat.blueShift = 0;
    rfbInitServer(m_screen);
    m_thread = std::thread([this] { run(); });
}

VncServer::~VncServer()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_thread.join();
    ::unlink(QFile::encodeName(m_path).constData());
}

void VncServer::run()
{
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    for (;;) {
        std::vector<std::function<void()>> work;
        {
            const std::lock_guard lock(m_mutex);
            if (m_stop)
                break;
            work = std::exchange(m_work, {});
        }
        for (const auto& piece : work)
            piece();
        {
            const std::lock_guard lock(m_mutex);
            m_workDone += work.size();
        }
        m_done.notify_all();
        if (const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC); client >= 0)
            rfbNewClient(m_screen, client);
        if (m_framePause.count() > 0 && Clock::now() >= m_nextFrame)
            drawNextFrame();
        rfbProcessEvents(m_screen, LoopPause);
    }
    ::close(m_listener);
    rfbShutdownServer(m_screen, TRUE);
    rfbScreenCleanup(m_screen);
}

void VncServer::call(std::function<void()> work)
{
    std::unique_lock lock(m_mutex);
    m_work.push_back(std::move(work));
    const quint64 mine = ++m_workGiven;
    m_done.wait(lock, [&] { return m_workDone >= mine; });
}

void VncServer::fill(const QRect& rect, QColor colour)
{
    call([this, rect, pixel = colour.rgb() & 0xffffff] {
        for (int y = rect.top(); y <= rect.bottom(); ++y) {
            const auto row = m_pixels.begin() + qsizetype(y) * m_size.width();
            std::fill(row + rect.left(), row + rect.right() + 1, pixel);
        }
        rfbMarkRectAsModified(m_screen, rect.left(), rect.top(), rect.right() + 1, rect.bottom() + 1);
    });
}

void VncServer::copy(const QRect& rect, QPoint by)
{
    call([this, rect, by] {
        const QRect target = rect.translated(by);
        rfbDoCopyRect(
            m_screen, target.left(), target.top(), target.right() + 1, target.bottom() + 1, by.x(), by.y());
    });
}

void VncServer::resize(QSize size)
{
    call([this, size] {
        std::vector<quint32> pixels(std::size_t(size.width()) * std::size_t(size.height()));
        rfbNewFramebuffer(m_screen, reinterpret_cast<char*>(pixels.data()), size.width(), size.height(), 8, 3, 4);
        m_screen->serverFormat.redShift = 16;
        m_screen->serverFormat.greenShift = 8;
        m_screen->serverFormat.blueShift = 0;
        m_pixels = std::move(pixels);
        m_size = size;
        rfbClientIteratorPtr clients = rfbGetClientIterator(m_screen);
        while (rfbClientPtr client = rfbClientIteratorNext(clients))
            m_screen->setTranslateFunction(client);
        rfbReleaseClientIterator(clients);
    });
}

void VncServer::setCursor(QColor colour, QSize size, QPoint hotSpot)
{
    call([this, colour, size, hotSpot] {
        std::string picture(std::size_t(size.width() * size.height()), 'x');
        picture.front() = ' '; // the corner is transparent
        rfbCursorPtr cursor = rfbMakeXCursor(size.width(), size.height(), picture.data(), picture.data());
        const std::vector<quint32> pixels(picture.size(), colour.rgb() & 0xffffff);
        cursor->richSource = static_cast<unsigned char*>(std::malloc(pixels.size() * sizeof(quint32)));
        std::memcpy(cursor->richSource, pixels.data(), pixels.size() * sizeof(quint32));
        cursor->cleanupRichSource = TRUE;
        cursor->xhot = quint16(hotSpot.x());
        cursor->yhot = quint16(hotSpot.y());
        rfbSetCursor(m_screen, cursor);
    });
}

void VncServer::offerFrames(int perSecond)
{
    call([this, perSecond] {
        m_framePause =
            perSecond > 0 ? std::chrono::nanoseconds(1'000'000'000 / perSecond) : std::chrono::nanoseconds(0);
        m_nextFrame = Clock::now();
    });
}

void VncServer::drawNextFrame()
{
    m_nextFrame += m_framePause;
    ++m_frameNumber;
    // Every pixel changes; bands of their own shade, so that it is no constant.
    for (int y = 0; y < m_size.height(); ++y) {
        const quint32 shade = (m_frameNumber * 8 + unsigned(y)) & 0xff;
        const auto row = m_pixels.begin() + qsizetype(y) * m_size.width();
        std::fill_n(row, m_size.width(), shade << 16 | (255 - shade) << 8 | (m_frameNumber & 0xff));
    }
    rfbMarkRectAsModified(m_screen, 0, 0, m_size.width(), m_size.height());
}

int VncServer::clientCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_clients;
}

int VncServer::requestCount() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

std::vector<ServerKey> VncServer::keys() const
{
    const std::lock_guard lock(m_mutex);
    return m_keyEvents;
}

std::vector<ServerPointer> VncServer::pointers() const
{
    const std::lock_guard lock(m_mutex);
    return m_pointerEvents;
}

void VncServer::forgetInput()
{
    const std::lock_guard lock(m_mutex);
    m_keyEvents.clear();
    m_pointerEvents.clear();
}

} // namespace platter
