// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/host_bridge.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <optional>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::HostBridge)
};

constexpr int deepestInclude = 8;

bool isBridge(const QString& name, const BridgeRoots& roots)
{
    return QFileInfo(roots.interfaces + QLatin1Char('/') + name + QStringLiteral("/bridge")).isDir();
}

// Root may do it anyway; for others the program is set-uid root, or has a capability of its own.
bool mayMakeTaps(const QString& helper)
{
    const QByteArray path = QFile::encodeName(helper);
    struct stat status = {};
    return ::geteuid() == 0
        || (::stat(path.constData(), &status) == 0 && status.st_uid == 0 && (status.st_mode & S_ISUID) != 0)
        || ::getxattr(path.constData(), "security.capability", nullptr, 0) > 0;
}

struct Permission {
    bool isAllowed = false;
    bool isDenied = false;
};

// As the helper reads it: a denial anywhere outweighs every permission. Nothing where the file is not for us to
// read: the helper can, and will say what it finds.
std::optional<Permission> readPermission(const QString& file, const QString& bridge, int depth)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly)) {
        return QFileInfo::exists(file) || !QFileInfo(QFileInfo(file).path()).isExecutable()
            ? std::nullopt
            : std::optional(Permission{});
    }
    Permission permission;
    const QList<QByteArray> lines = source.readAll().split('\n');
    for (const QByteArray& line : lines) {
        const QStringList words = QString::fromUtf8(line).simplified().split(QLatin1Char(' '));
        const QString& verb = words.first();
        const QString argument = words.value(1);
        const bool isMeant = argument == bridge || argument == QLatin1String("all");
        if (verb == QLatin1String("allow") && isMeant) {
            permission.isAllowed = true;
        } else if (verb == QLatin1String("deny") && isMeant) {
            permission.isDenied = true;
        } else if (verb == QLatin1String("include") && depth < deepestInclude) {
            const std::optional<Permission> more = readPermission(argument, bridge, depth + 1);
            if (!more) {
                return std::nullopt;
            }
            permission.isAllowed = permission.isAllowed || more->isAllowed;
            permission.isDenied = permission.isDenied || more->isDenied;
        }
    }
    return permission;
}

} // namespace

QStringList hostBridges(const BridgeRoots& roots)
{
    QStringList names = QDir(roots.interfaces).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    names.removeIf([&](const QString& name) { return !isBridge(name, roots); });
    return names;
}

Result<QString> helperForBridge(const QString& bridge, const BridgeRoots& roots)
{
    if (!isBridge(bridge, roots)) {
        const QStringList others = hostBridges(roots);
        return std::unexpected(
            Error{ErrorKind::NotFound, Texts::tr("This computer has no network bridge “%1”.").arg(bridge),
                others.isEmpty() ? Texts::tr("Have an administrator set it up, or use NAT.")
                                 : Texts::tr("It has these: %1. Choose one of them, or use NAT.")
                                       .arg(others.join(QStringLiteral(", ")))});
    }
    const auto helper = std::ranges::find_if(
        roots.helpers, [](const QString& candidate) { return QFileInfo(candidate).isExecutable(); });
    if (helper == roots.helpers.end()) {
        return std::unexpected(Error{ErrorKind::MissingProgram,
            Texts::tr("The program qemu-bridge-helper is missing, without which no machine gets onto a bridge."),
            Texts::tr("Install it (it comes with QEMU: the packages qemu-system-common or qemu-common), or use "
                      "NAT."),
            roots.helpers.join(QStringLiteral(", "))});
    }
    const std::optional<Permission> permission = readPermission(roots.permissions, bridge, 0);
    if (permission && (!permission->isAllowed || permission->isDenied)) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            permission->isDenied
                ? Texts::tr("%1 forbids machines on the bridge “%2”.").arg(roots.permissions, bridge)
                : Texts::tr("%1 does not allow machines on the bridge “%2”.").arg(roots.permissions, bridge),
            permission->isDenied
                ? Texts::tr("Have an administrator take its “deny” line out, or use NAT.")
                : Texts::tr("Have an administrator add the line “allow %1” to that file, or use NAT.")
                      .arg(bridge)});
    }
    if (!mayMakeTaps(*helper)) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            Texts::tr("The program %1 has not the right to let machines onto a bridge.").arg(*helper),
            Texts::tr("Have an administrator give it: sudo chmod u+s %1. Or use NAT.").arg(*helper)});
    }
    return *helper;
}

} // namespace platter
