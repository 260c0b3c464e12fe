// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/vnc_session.h"

#include "ui/console/vnc_module.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QtEndian>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <rfb/rfbclient.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace platter {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {
Q_LOGGING_CATEGORY(vncLog, "platter.vnc", QtWarningMsg)

// No server is asked for frames more often than a screen can show them.
constexpr auto ShortestInterval = 15ms;
constexpr auto ReadTimeout = 10s;
constexpr auto FirstPause = 50ms;
constexpr auto LongestPause = 1000ms;
// Raw and CopyRect: over a local socket anything else costs more than it saves. Extended desktop sizes are left out
// on purpose: LibVNCClient 0.9.15 ignores them for screen id 0, QEMU's, and QEMU prefers them once offered.
constexpr std::array<qint32, 5> Encodings{rfbEncodingRaw, rfbEncodingCopyRect, qint32(rfbEncodingNewFBSize),
    qint32(rfbEncodingRichCursor), qint32(rfbEncodingQemuExtendedKeyEvent)};

// LibVNCClient says why something failed in its log only.
thread_local QString lastWords; // NOLINT(bugprone-dynamic-static-initializers)

[[gnu::format(printf, 1, 2)]] void keepWords(const char* format, ...)
{
    std::va_list arguments;
    va_start(arguments, format);
    lastWords = QString::vasprintf(format, arguments).trimmed();
    va_end(arguments);
    qCDebug(vncLog).noquote() << lastWords;
}

void redirectLog()
{
    static std::once_flag once;
    std::call_once(once, [] { rfbClientLog = rfbClientErr = keepWords; });
}

QString words(const char* text)
{
    return QCoreApplication::translate("platter::VncSession", text);
}

Error cannotConnect(const QByteArray& path, int errnoValue)
{
    const QString detail = QStringLiteral("%1: %2 (errno %3)")
                               .arg(QString::fromLocal8Bit(path), QString::fromLocal8Bit(std::strerror(errnoValue)))
                               .arg(errnoValue);
    switch (errnoValue) {
    case EACCES:
    case EPERM:
        return {ErrorKind::PermissionDenied,
            words(QT_TRANSLATE_NOOP("platter::VncSession", "The machine's screen belongs to another user.")),
            words(QT_TRANSLATE_NOOP("platter::VncSession", "Open it as the user who started the machine.")),
            detail};
    case ENAMETOOLONG:
        return {ErrorKind::InvalidInput,
            words(QT_TRANSLATE_NOOP("platter::VncSession", "The path of the machine's screen socket is too long.")),
            words(QT_TRANSLATE_NOOP("platter::VncSession", "Set XDG_RUNTIME_DIR to a shorter folder.")), detail};
    case EMFILE:
    case ENFILE:
        return {ErrorKind::InputOutput,
            words(QT_TRANSLATE_NOOP("platter::VncSession", "Too many files are open to show another screen.")),
            words(QT_TRANSLATE_NOOP("platter::VncSession", "Raise the limit (ulimit -n) and start Platter again.")),
            detail};
    default:
        return {ErrorKind::NotFound,
            words(QT_TRANSLATE_NOOP("platter::VncSession", "Nobody serves the machine's screen.")), {}, detail};
    }
}
} // namespace

struct VncHooks {
    static rfbBool allocate(rfbClient* client) { return VncSession::of(client).resized() ? TRUE : FALSE; }

    static void drawn(rfbClient* client, const uint8_t* buffer, int x, int y, int width, int height)
    {
        VncSession::of(client).m_canvas.draw({x, y, width, height}, buffer);
    }

    static void filled(rfbClient* client, int x, int y, int width, int height, uint32_t colour)
    {
        VncSession::of(client).m_canvas.fill({x, y, width, height}, colour);
    }

    static void copied(rfbClient* client, int fromX, int fromY, int width, int height, int x, int y)
    {
        VncSession::of(client).m_canvas.copy({fromX, fromY}, {x, y, width, height});
    }

    static void finished(rfbClient* client) { VncSession::of(client).m_updateFinished = true; }

    static void cursor(rfbClient* client, int x, int y, int width, int height, int)
    {
        VncSession::of(client).gotCursor({x, y}, {width, height});
    }

    // A password on the machine's own socket is none of ours; the library would ask for it on the terminal.
    static char* password(rfbClient*) { return nullptr; }
};

VncSession::VncSession(VncChannel& channel)
    : m_channel(channel)
{
}

VncSession::~VncSession()
{
    if (!m_client)
        return;
    m_channel.setSocket(-1);
    m_client->frameBuffer = nullptr; // the canvas's
    rfbClientCleanup(m_client);
}

VncSession& VncSession::of(rfbClient* client)
{
    return *static_cast<VncSession*>(rfbClientGetClientData(client, nullptr));
}

Result<void> VncSession::connect(const QByteArray& socketPath)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socketPath.size() >= qsizetype(sizeof address.sun_path))
        return std::unexpected(cannotConnect(socketPath, ENAMETOOLONG));
    std::memcpy(address.sun_path, socketPath.constData(), std::size_t(socketPath.size()));

    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0)
        return std::unexpected(cannotConnect(socketPath, errno));
    m_client->sock = socket; // closed with the client
    if (socket >= FD_SETSIZE) // LibVNCClient waits with select()
        return std::unexpected(cannotConnect(socketPath, EMFILE));
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return std::unexpected(cannotConnect(socketPath, errno));
    m_channel.setSocket(socket);
    return {};
}

Result<void> VncSession::open(const QByteArray& socketPath)
{
    redirectLog();
    lastWords.clear();
    m_client = rfbGetClient(8, 3, 4);
    if (!m_client)
        return std::unexpected(cannotConnect(socketPath, ENOMEM));
    rfbClientSetClientData(m_client, nullptr, this);
    m_client->MallocFrameBuffer = VncHooks::allocate;
    m_client->GotBitmap = VncHooks::drawn;
    m_client->GotFillRect = VncHooks::filled;
    m_client->GotCopyRect = VncHooks::copied;
    m_client->FinishedFrameBufferUpdate = VncHooks::finished;
    m_client->GotCursorShape = VncHooks::cursor;
    m_client->GetPassword = VncHooks::password;
    m_client->canHandleNewFBSize = TRUE;
    m_client->readTimeout = std::chrono::seconds(ReadTimeout).count();
    const std::array<uint32_t, 1> schemes{rfbNoAuth};
    SetClientAuthSchemes(m_client, schemes.data(), int(schemes.size()));
    // QImage's RGB32, which is QEMU's own too.
    m_client->format.redShift = 16;
    m_client->format.greenShift = 8;
    m_client->format.blueShift = 0;

    if (const auto connected = connect(socketPath); !connected)
        return connected;
    if (!InitialiseRFBConnection(m_client)) {
        return std::unexpected(Error{ErrorKind::Unsupported,
            words(QT_TRANSLATE_NOOP("platter::VncSession", "The machine's screen does not answer as it should.")),
            {}, lastWords});
    }
    m_client->width = m_client->si.framebufferWidth;
    m_client->height = m_client->si.framebufferHeight;
    if (!resized() || !sendFormat() || !sendEncodings())
        return std::unexpected(lost());
    return {};
}

Error VncSession::lost() const
{
    if (m_refusedSize) {
        return {ErrorKind::Unsupported,
            words(QT_TRANSLATE_NOOP(
                      "platter::VncSession", "The guest's screen is %1 × %2 pixels, more than Platter can show."))
                .arg(m_refusedSize->width())
                .arg(m_refusedSize->height()),
            words(QT_TRANSLATE_NOOP("platter::VncSession", "Choose a smaller screen resolution in the guest."))};
    }
    return {ErrorKind::Interrupted,
        words(QT_TRANSLATE_NOOP("platter::VncSession", "The connection to the machine's screen ended.")), {},
        lastWords};
}

bool VncSession::sendFormat()
{
    rfbSetPixelFormatMsg message{};
    message.type = rfbSetPixelFormat;
    message.format = m_client->format;
    message.format.redMax = qToBigEndian(message.format.redMax);
    message.format.greenMax = qToBigEndian(message.format.greenMax);
    message.format.blueMax = qToBigEndian(message.format.blueMax);
    return WriteToRFBServer(m_client, reinterpret_cast<const char*>(&message), sz_rfbSetPixelFormatMsg);
}

bool VncSession::sendEncodings()
{
    struct {
        rfbSetEncodingsMsg head{};
        std::array<qint32, Encodings.size()> list{};
    } message;

    static_assert(sizeof message == sz_rfbSetEncodingsMsg + sizeof message.list);
    message.head.type = rfbSetEncodings;
    message.head.nEncodings = qToBigEndian(quint16(Encodings.size()));
    qToBigEndian<qint32>(Encodings.data(), qsizetype(Encodings.size()), message.list.data());
    return WriteToRFBServer(m_client, reinterpret_cast<const char*>(&message), sizeof message);
}

bool VncSession::requestUpdate()
{
    m_updateAsked = true;
    m_lastRequest = Clock::now();
    rfbFramebufferUpdateRequestMsg message{};
    message.type = rfbFramebufferUpdateRequest;
    message.incremental = std::exchange(m_wholeFrame, false) ? 0 : 1;
    message.w = qToBigEndian(quint16(m_client->width));
    message.h = qToBigEndian(quint16(m_client->height));
    return WriteToRFBServer(m_client, reinterpret_cast<const char*>(&message), sz_rfbFramebufferUpdateRequestMsg);
}

bool VncSession::resized()
{
    const QSize size(m_client->width, m_client->height);
    m_wholeFrame = true;
    if (!m_canvas.resize(size.width(), size.height())) {
        m_client->frameBuffer = nullptr;
        m_refusedSize = size;
        return false;
    }
    m_client->frameBuffer = m_canvas.prepare();
    return true;
}

void VncSession::gotCursor(QPoint hotSpot, QSize size)
{
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    if (image.isNull())
        return;
    const uint8_t* pixel = m_client->rcSource;
    const uint8_t* mask = m_client->rcMask;
    for (int y = 0; y < size.height(); ++y) {
        auto* line = reinterpret_cast<quint32*>(image.scanLine(y));
        for (int x = 0; x < size.width(); ++x, pixel += sizeof(quint32), ++mask) {
            quint32 colour = 0;
            std::memcpy(&colour, pixel, sizeof colour);
            line[x] = *mask ? colour | 0xff000000 : 0;
        }
    }
    hotSpot = {qMin(hotSpot.x(), size.width() - 1), qMin(hotSpot.y(), size.height() - 1)};
    m_channel.tellCursor({image, hotSpot});
}

bool VncSession::sendInput()
{
    for (const VncInput& input : m_channel.takeInput()) {
        bool sent = false;
        if (const auto* pointer = std::get_if<PointerInput>(&input)) {
            const QPoint last(qMax(0, m_client->width - 1), qMax(0, m_client->height - 1));
            sent = SendPointerEvent(m_client, qBound(0, pointer->position.x(), last.x()),
                qBound(0, pointer->position.y(), last.y()), int(pointer->buttons.toInt()));
        } else if (const auto* key = std::get_if<KeyInput>(&input)) {
            const rfbBool down = key->action == KeyAction::Press ? TRUE : FALSE;
            if (key->key.scanCode && SupportsClient2Server(m_client, rfbQemuEvent))
                sent = SendExtendedKeyEvent(m_client, key->key.keysym, key->key.scanCode, down);
            else
                sent = !key->key.keysym || SendKeyEvent(m_client, key->key.keysym, down);
        }
        if (!sent)
            return false;
    }
    return true;
}

bool VncSession::handleMessage()
{
    m_client->frameBuffer = m_canvas.prepare();
    // When the next frame is asked for is decided here, not by the library after each one.
    m_client->supportedMessages.client2server[rfbFramebufferUpdateRequest / 8] &=
        quint8(~(1U << (rfbFramebufferUpdateRequest % 8)));
    m_updateFinished = false;
    const bool scanCodes = SupportsClient2Server(m_client, rfbQemuEvent);
    if (!HandleRFBServerMessage(m_client))
        return false;
    if (scanCodes != bool(SupportsClient2Server(m_client, rfbQemuEvent)))
        m_channel.tellState(ScreenSource::State::Connected, {}, !scanCodes);
    if (m_updateFinished) {
        m_updateAsked = false;
        if (m_wholeFrame)
            m_lastRequest = {};
        if (m_canvas.isChanged())
            m_channel.tellFrame(m_canvas.frame(), m_canvas.takeChanges());
    }
    return true;
}

Error VncSession::run()
{
    m_channel.tellState(ScreenSource::State::Connected, {}, false);
    for (;;) {
        if (m_channel.isClosed() || !sendInput())
            return lost();
        // The canvas is not touched while the last frame waits to be taken: that is what holds back a server that
        // is faster than the window.
        const bool mayRead = !m_channel.isFramePending();
        if (mayRead && m_client->buffered > 0) {
            if (!handleMessage())
                return lost();
            continue;
        }
        int timeout = -1;
        if (!m_updateAsked && m_client->width > 0 && m_client->height > 0) {
            const auto interval = std::max<std::chrono::milliseconds>(m_channel.interval(), ShortestInterval);
            const auto left = m_lastRequest + interval - Clock::now();
            if (m_lastRequest == Clock::time_point() || left <= 0ns) {
                if (!requestUpdate())
                    return lost();
            } else {
                timeout = int(std::chrono::ceil<std::chrono::milliseconds>(left).count());
            }
        }
        std::array<pollfd, 2> waits{{{m_channel.wakeDescriptor(), POLLIN, 0}, {m_client->sock, POLLIN, 0}}};
        if (::poll(waits.data(), mayRead ? 2 : 1, timeout) < 0 && errno != EINTR)
            return lost();
        if (waits[0].revents)
            m_channel.quiet();
        if (waits[1].revents && !handleMessage())
            return lost();
    }
}

} // namespace platter

void platterServeVnc(const std::shared_ptr<platter::VncChannel>& channel, const QByteArray& socketPath)
{
    using namespace platter;
    pthread_setname_np(pthread_self(), "vnc");
    // A server that goes while something is written to it is an error code like any other.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);

    std::chrono::milliseconds pause = FirstPause;
    std::optional<Error> told;
    while (!channel->isClosed()) {
        std::optional<Error> error;
        {
            VncSession session(*channel);
            if (const auto opened = session.open(socketPath); !opened) {
                error = opened.error();
            } else {
                pause = FirstPause;
                told.reset();
                error = session.run();
            }
        }
        if (error != told) {
            channel->tellState(ScreenSource::State::Connecting, error, false);
            told = error;
        }
        const auto until = Clock::now() + pause;
        for (auto left = Clock::duration(pause); left > 0ns && !channel->isClosed(); left = until - Clock::now()) {
            pollfd wait{channel->wakeDescriptor(), POLLIN, 0};
            ::poll(&wait, 1, int(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
            channel->quiet();
        }
        pause = std::min(pause * 2, std::chrono::milliseconds(LongestPause));
    }
}
