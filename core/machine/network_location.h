// SPDX-License-Identifier: GPL-3.0-or-later
// Where on a network a disk is, in the words of QEMU's own locations:
//   nbd://HOST[:PORT]/EXPORT, nbd+unix:///EXPORT?socket=PATH     iscsi://HOST[:PORT]/TARGET/LUN
//   rbd:POOL[/NAMESPACE]/IMAGE[@SNAPSHOT][:id=USER][:conf=FILE]  ssh://[USER@]HOST[:PORT]/PATH  https://HOST/PATH
// None holds a password: definitions and command lines are read by others. Values; nothing here uses the network.
#pragma once

#include "core/error.h"

#include <QString>
#include <QStringList>

#include <variant>

namespace platter {

struct NbdExport {
    static constexpr quint16 usualPort = 10809;

    QString host = {}; // empty: the server listens on the socket
    quint16 port = usualPort;
    QString socket = {};
    QString name = {}; // empty: the server's default export
    friend bool operator==(const NbdExport&, const NbdExport&) = default;
};

struct IscsiUnit {
    static constexpr quint16 usualPort = 3260;

    QString host;
    quint16 port = usualPort;
    QString target; // "iqn.2026-11.org.example:disks"
    int lun = 0; // 0 to 255
    friend bool operator==(const IscsiUnit&, const IscsiUnit&) = default;
};

struct RbdImage {
    QString pool;
    QString space = {}; // the namespace in the pool
    QString image;
    QString snapshot = {};
    QString user = {}; // empty: Ceph's usual one
    QString configuration = {}; // empty: /etc/ceph/ceph.conf and what else Ceph looks for
    friend bool operator==(const RbdImage&, const RbdImage&) = default;
};

struct SshFile {
    static constexpr quint16 usualPort = 22;

    QString user = {}; // empty: who runs the machine
    QString host;
    quint16 port = usualPort;
    QString path; // absolute
    friend bool operator==(const SshFile&, const SshFile&) = default;
};

struct HttpsFile {
    QString url;
    friend bool operator==(const HttpsFile&, const HttpsFile&) = default;
};

using NetworkLocation = std::variant<NbdExport, IscsiUnit, RbdImage, SshFile, HttpsFile>;

// Whether TEXT is meant as a location rather than as a file: it begins with a scheme ("name://") or with "rbd:".
bool isLocation(const QString& text);
// InvalidInput, with the rule that TEXT breaks; Unsupported: a scheme that is none of the above.
Result<NetworkLocation> parseLocation(const QString& text);
// Parses to the same again.
QString toString(const NetworkLocation& location);
// One of each kind, for people to look at.
QStringList locationExamples();

// The last part of it, as one would call the disk.
QString shortName(const NetworkLocation& location);
// Whether the protocol can only read.
bool isOnlyRead(const NetworkLocation& location);

} // namespace platter
