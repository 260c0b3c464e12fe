// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/qemu_reader.h"

#include <QFile>
#include <QJsonDocument>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <tuple>

namespace platter {

namespace {

constexpr int patienceMs = 60'000;
constexpr std::size_t longestRequest = 16 << 20; // QEMU's server takes up to 32 MiB

// The NBD protocol, doc/proto.md: fixed newstyle, simple replies, all big endian.
constexpr std::uint64_t optionMagic = 0x49484156454f5054;
constexpr std::uint32_t requestMagic = 0x25609513;
constexpr std::uint32_t optionExportName = 1;
constexpr std::uint32_t clientFlags = 3; // fixed newstyle, no padding
constexpr std::uint16_t commandRead = 0;
constexpr std::uint16_t commandWrite = 1;
constexpr std::uint16_t commandDisconnect = 2;
constexpr std::uint16_t commandFlush = 3;
constexpr auto exportName = "i";

Error qemuError(const QString& words)
{
    return Error{ErrorKind::Qemu, words};
}

template <typename T>
void append(QByteArray& to, T value)
{
    const T big = qToBigEndian(value);
    to.append(reinterpret_cast<const char*>(&big), sizeof big);
}

Result<void> sendAll(int socket, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) {
            return std::unexpected(systemError(QStringLiteral("Asking QEMU"), QStringLiteral("NBD"), errno));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return {};
}

Result<void> sendAll(int socket, const QByteArray& bytes)
{
    return sendAll(socket, std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
}

Result<void> receiveAll(int socket, std::span<std::byte> into)
{
    while (!into.empty()) {
        const ssize_t count = ::recv(socket, into.data(), into.size(), MSG_WAITALL);
        if (count == 0 || (count < 0 && errno != EINTR)) {
            return std::unexpected(systemError(
                QStringLiteral("Hearing from QEMU"), QStringLiteral("NBD"), count == 0 ? ECONNRESET : errno));
        }
        into = into.subspan(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return {};
}

} // namespace

// --- the daemon -------------------------------------------------------------------------------------------------

Result<std::unique_ptr<QemuReader>> QemuReader::start()
{
    std::unique_ptr<QemuReader> reader(new QemuReader());
    const QString socket = reader->m_folder.filePath(QStringLiteral("nbd"));
    // It goes with the test, however that ends.
    reader->m_daemon.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    reader->m_daemon.start(QStringLiteral("qemu-storage-daemon"),
        {QStringLiteral("--chardev"), QStringLiteral("stdio,id=m"), QStringLiteral("--monitor"),
            QStringLiteral("m"), QStringLiteral("--nbd-server"),
            QStringLiteral("addr.type=unix,addr.path=") + socket});
    if (const Result<QJsonObject> up = reader->execute(QStringLiteral("qmp_capabilities")); !up) {
        return std::unexpected(up.error());
    }
    return reader;
}

QemuReader::~QemuReader()
{
    m_daemon.kill();
    m_daemon.waitForFinished();
}

Result<QJsonObject> QemuReader::execute(const QString& command, const QJsonObject& arguments)
{
    const QJsonObject request{{QStringLiteral("execute"), command}, {QStringLiteral("arguments"), arguments}};
    m_daemon.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
    for (;;) {
        while (!m_daemon.canReadLine()) {
            if (!m_daemon.waitForReadyRead(patienceMs)) {
                return std::unexpected(qemuError(QStringLiteral("qemu-storage-daemon does not answer %1: %2 %3")
                        .arg(command, m_daemon.errorString(), QString::fromUtf8(m_daemon.readAllStandardError()))));
            }
        }
        const QJsonObject answer = QJsonDocument::fromJson(m_daemon.readLine()).object();
        if (answer.contains(QLatin1String("error"))) {
            const QJsonObject error = answer.value(QLatin1String("error")).toObject();
            return std::unexpected(
                qemuError(QStringLiteral("%1: %2").arg(command, error.value(QLatin1String("desc")).toString())));
        }
        if (answer.contains(QLatin1String("return"))) {
            return answer.value(QLatin1String("return")).toObject();
        }
    }
}

Result<std::unique_ptr<QemuReader::Image>> QemuReader::open(const QString& path, const QString& format)
{
    const QString node = QLatin1String(exportName);
    // What QEMU flushes need not survive a power cut here.
    const QJsonObject cache{{QStringLiteral("no-flush"), true}};
    const QJsonObject file{{QStringLiteral("driver"), QStringLiteral("file")}, {QStringLiteral("filename"), path},
        {QStringLiteral("cache"), cache}};
    const Result<QJsonObject> added = execute(QStringLiteral("blockdev-add"),
        {{QStringLiteral("driver"), format}, {QStringLiteral("node-name"), node}, {QStringLiteral("file"), file},
            {QStringLiteral("cache"), cache}});
    if (!added) {
        return std::unexpected(added.error());
    }
    std::unique_ptr<Image> image(new Image(*this)); // from here on its end closes
    const Result<QJsonObject> exported = execute(QStringLiteral("block-export-add"),
        {{QStringLiteral("type"), QStringLiteral("nbd")}, {QStringLiteral("id"), node},
            {QStringLiteral("node-name"), node}, {QStringLiteral("name"), node},
            {QStringLiteral("writable"), true}});
    if (!exported) {
        return std::unexpected(exported.error());
    }
    if (const Result<void> connected = image->connect(m_folder.filePath(QStringLiteral("nbd"))); !connected) {
        return std::unexpected(connected.error());
    }
    return image;
}

void QemuReader::close()
{
    const QString node = QLatin1String(exportName);
    // The export may not have come to be; the node goes in any case, or QEMU is broken.
    std::ignore = execute(QStringLiteral("block-export-del"),
        {{QStringLiteral("id"), node}, {QStringLiteral("mode"), QStringLiteral("hard")}});
    const Result<QJsonObject> gone = execute(QStringLiteral("blockdev-del"), {{QStringLiteral("node-name"), node}});
    if (!gone) {
        qFatal("%s", qPrintable(gone.error().text()));
    }
}

// --- an image over NBD ------------------------------------------------------------------------------------------

QemuReader::Image::Image(QemuReader& reader)
    : m_reader(reader)
{
}

QemuReader::Image::~Image()
{
    if (m_socket) {
        QByteArray goodbye;
        append(goodbye, requestMagic);
        append(goodbye, std::uint16_t(0));
        append(goodbye, commandDisconnect);
        goodbye.append(8 + 8 + 4, '\0');
        std::ignore = sendAll(m_socket.get(), goodbye);
        m_socket.reset();
    }
    m_reader.close();
}

Result<void> QemuReader::Image::connect(const QString& socket)
{
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const QByteArray path = QFile::encodeName(socket);
    m_socket = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!m_socket || static_cast<std::size_t>(path.size()) >= sizeof address.sun_path) {
        return std::unexpected(systemError(QStringLiteral("Connecting"), socket, m_socket ? ENAMETOOLONG : errno));
    }
    std::ranges::copy(path, address.sun_path);
    const timeval patience{.tv_sec = patienceMs / 1000, .tv_usec = 0};
    ::setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(m_socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return std::unexpected(systemError(QStringLiteral("Connecting"), socket, errno));
    }
    QByteArray hello;
    append(hello, clientFlags);
    append(hello, optionMagic);
    append(hello, optionExportName);
    append(hello, static_cast<std::uint32_t>(std::strlen(exportName)));
    hello.append(exportName);
    std::array<std::byte, 8 + 8 + 2> greeting{}; // two magics, flags
    std::array<std::byte, 8 + 2> facts{}; // size, flags
    return receiveAll(m_socket.get(), greeting)
        .and_then([&] { return sendAll(m_socket.get(), hello); })
        .and_then([&] { return receiveAll(m_socket.get(), facts); })
        .transform([&] { m_size = qFromBigEndian<std::uint64_t>(facts.data()); });
}

Result<void> QemuReader::Image::request(std::uint16_t type, std::uint64_t offset, std::uint32_t length,
    std::span<const std::byte> out, std::span<std::byte> in) const
{
    QByteArray head;
    append(head, requestMagic);
    append(head, std::uint16_t(0)); // flags
    append(head, type);
    append(head, std::uint64_t(0)); // cookie
    append(head, offset);
    append(head, length);
    std::array<std::byte, 4 + 4 + 8> reply{}; // magic, error, cookie
    Result<void> answered =
        sendAll(m_socket.get(), head).and_then([&] { return sendAll(m_socket.get(), out); }).and_then([&] {
            return receiveAll(m_socket.get(), reply);
        });
    if (!answered) {
        return answered;
    }
    if (const auto error = qFromBigEndian<std::uint32_t>(reply.data() + 4); error != 0) {
        return std::unexpected(
            qemuError(QStringLiteral("QEMU answers error %1 to NBD request %2 for %3 bytes at 0x%4")
                    .arg(error)
                    .arg(type)
                    .arg(length)
                    .arg(offset, 0, 16)));
    }
    return receiveAll(m_socket.get(), in);
}

Result<void> QemuReader::Image::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const auto piece = into.first(std::min(into.size(), longestRequest));
        Result<void> got = request(commandRead, offset, static_cast<std::uint32_t>(piece.size()), {}, piece);
        if (!got) {
            return got;
        }
        into = into.subspan(piece.size());
        offset += piece.size();
    }
    return {};
}

Result<void> QemuReader::Image::write(std::uint64_t offset, std::span<const std::byte> from)
{
    while (!from.empty()) {
        const auto piece = from.first(std::min(from.size(), longestRequest));
        Result<void> put = request(commandWrite, offset, static_cast<std::uint32_t>(piece.size()), piece, {});
        if (!put) {
            return put;
        }
        from = from.subspan(piece.size());
        offset += piece.size();
    }
    return {};
}

Result<void> QemuReader::Image::flush()
{
    return request(commandFlush, 0, 0, {}, {});
}

} // namespace platter
