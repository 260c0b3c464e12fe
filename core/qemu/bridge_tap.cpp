// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/bridge_tap.h"

#include <QCoreApplication>
#include <QProcess>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace platter {

namespace {

// The descriptor that the helper finds its end of the socket at.
constexpr int helperSocket = 3;
constexpr int deadline = 10000; // ms

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::BridgeTap)
};

// As the helper sends it: one byte with the descriptor beside it.
UniqueFd receiveDescriptor(int socket)
{
    char byte = 0;
    iovec content{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0) {
        return {};
    }
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS
        || header->cmsg_len != CMSG_LEN(sizeof(int))) {
        return {};
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return UniqueFd(fd);
}

} // namespace

Result<UniqueFd> openTapOn(const QString& bridge, const BridgeRoots& roots)
{
    const Result<QString> helper = helperForBridge(bridge, roots);
    if (!helper) {
        return std::unexpected(helper.error());
    }
    int ends[2] = {};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return std::unexpected(systemError(Texts::tr("Getting onto the bridge"), bridge, errno));
    }
    const UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    QProcess process;
    process.setProgram(*helper);
    process.setArguments({QStringLiteral("--use-vnet"), QStringLiteral("--fd=%1").arg(helperSocket),
        QStringLiteral("--br=%1").arg(bridge)});
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setChildProcessModifier([fd = theirs.get()] {
        if (fd == helperSocket) {
            ::fcntl(fd, F_SETFD, 0);
        } else {
            ::dup2(fd, helperSocket);
        }
    });
    process.start();
    const bool hasEnded = process.waitForFinished(deadline);
    const QString words = QString::fromUtf8(process.readAll()).trimmed();
    UniqueFd tap = receiveDescriptor(ours.get());
    if (!hasEnded || process.exitCode() != 0 || !tap) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            Texts::tr("The machine does not get onto the bridge “%1”.").arg(bridge),
            Texts::tr("What QEMU's bridge helper says is in the details; an administrator can mend it. Or use "
                      "NAT."),
            QStringLiteral("%1: %2").arg(*helper, words.isEmpty() ? process.errorString() : words)});
    }
    return tap;
}

} // namespace platter
