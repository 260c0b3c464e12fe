// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/places.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Places)
};

// A runtime folder's longest socket: "/<uuid>/<name of up to 14 bytes>".
constexpr qsizetype longestSocketBelowRuntime = 1 + 36 + 1 + 14;
constexpr qsizetype longestSocketPath = sizeof(sockaddr_un::sun_path) - 1;

// The XDG base directory specification: a relative path counts as unset.
QString folderFromEnvironment(const char* variable, const QString& otherwise)
{
    const QString value = qEnvironmentVariable(variable);
    return value.startsWith(QLatin1Char('/')) ? QDir::cleanPath(value) : otherwise;
}

QString sampleGuestFile(const QString& dataHome)
{
    const QString file = QStringLiteral("/platter/sample-guest.iso");
    QStringList folders;
    if (QCoreApplication::instance()) {
        folders += QDir::cleanPath(QCoreApplication::applicationDirPath() + QStringLiteral("/../share"));
    }
    folders += dataHome;
    const QString systemFolders = qEnvironmentVariable("XDG_DATA_DIRS");
    folders += (systemFolders.isEmpty() ? QStringLiteral("/usr/local/share:/usr/share") : systemFolders)
                   .split(QLatin1Char(':'), Qt::SkipEmptyParts);
    for (const QString& folder : folders) {
        if (QFile::exists(folder + file)) {
            return QDir::cleanPath(folder + file);
        }
    }
    return folders.constFirst() + file;
}

bool isOwnFolder(const QString& folder)
{
    struct stat status{};
    return ::stat(QFile::encodeName(folder).constData(), &status) == 0 && S_ISDIR(status.st_mode)
        && status.st_uid == ::geteuid();
}

QString runtimeFolder()
{
    QString base = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (base.startsWith(QLatin1Char('/'))) {
        base = QDir::cleanPath(base);
        // Where it is missing (containers, scripts) it is made, one level of it; somebody else's (su) is not ours
        // to use.
        ::mkdir(QFile::encodeName(base).constData(), 0700);
        if (isOwnFolder(base)) {
            return base + QStringLiteral("/platter");
        }
    }
    base = QStringLiteral("/run/user/%1").arg(::geteuid());
    if (isOwnFolder(base)) {
        return base + QStringLiteral("/platter");
    }
    return QStringLiteral("/tmp/platter-%1").arg(::geteuid());
}

} // namespace

Result<void> makePrivateFolder(const QString& folder)
{
    const QByteArray path = QFile::encodeName(folder);
    if (::mkdir(path.constData(), 0700) != 0 && errno != EEXIST) {
        return std::unexpected(systemError(Texts::tr("Making the folder for running machines"), folder, errno));
    }
    struct stat status{};
    if (::lstat(path.constData(), &status) != 0) {
        return std::unexpected(systemError(Texts::tr("Looking at the folder for running machines"), folder, errno));
    }
    const QString advice = Texts::tr("Remove it, or set XDG_RUNTIME_DIR to a folder that only you can use.");
    if (!S_ISDIR(status.st_mode)) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            Texts::tr("%1 is needed as the folder for running machines and is a link or a file.").arg(folder),
            advice, QStringLiteral("%1: mode %2").arg(folder).arg(status.st_mode, 0, 8)});
    }
    if (status.st_uid != ::geteuid()) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            Texts::tr("%1 is needed as the folder for running machines and belongs to another user.").arg(folder),
            Texts::tr("Set XDG_RUNTIME_DIR to a folder that only you can use."),
            QStringLiteral("%1: owner %2, wanted %3").arg(folder).arg(status.st_uid).arg(::geteuid())});
    }
    if ((status.st_mode & 0777) != 0700) {
        return std::unexpected(Error{ErrorKind::PermissionDenied,
            Texts::tr("%1 is needed as the folder for running machines and is open to other users.").arg(folder),
            Texts::tr("Close it with “chmod 700 %1”.").arg(folder),
            QStringLiteral("%1: mode %2").arg(folder).arg(status.st_mode & 07777, 0, 8)});
    }
    return {};
}

Result<Places> Places::ofUser()
{
    const QString home = QDir::homePath();
    const QString dataHome = folderFromEnvironment("XDG_DATA_HOME", home + QStringLiteral("/.local/share"));
    const QString configHome = folderFromEnvironment("XDG_CONFIG_HOME", home + QStringLiteral("/.config"));

    Places places;
    places.machines = dataHome + QStringLiteral("/platter/machines");
    places.cache =
        folderFromEnvironment("XDG_CACHE_HOME", home + QStringLiteral("/.cache")) + QStringLiteral("/platter");
    places.firmwareDescriptors = {configHome + QStringLiteral("/qemu/firmware"),
        QStringLiteral("/etc/qemu/firmware"), QStringLiteral("/usr/share/qemu/firmware")};
    places.sampleGuest = sampleGuestFile(dataHome);

    places.runtime = runtimeFolder();
    const qsizetype longest = QFile::encodeName(places.runtime).size() + longestSocketBelowRuntime;
    if (longest > longestSocketPath) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr("The path %1 is too long for the sockets of running machines.").arg(places.runtime),
            Texts::tr("Set XDG_RUNTIME_DIR to a folder whose path has at most %1 bytes.")
                .arg(longestSocketPath - longestSocketBelowRuntime - qsizetype(sizeof("/platter") - 1)),
            QStringLiteral("%1 bytes, at most %2 fit").arg(longest).arg(longestSocketPath)});
    }
    if (const Result<void> made = makePrivateFolder(places.runtime); !made) {
        return std::unexpected(made.error());
    }
    return places;
}

} // namespace platter
