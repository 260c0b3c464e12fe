// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/error.h"

#include <QCoreApplication>

#include <cerrno>
#include <cstring>

namespace platter {

QString nameOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::InvalidInput:
        return QStringLiteral("invalid-input");
    case ErrorKind::NotFound:
        return QStringLiteral("not-found");
    case ErrorKind::AlreadyExists:
        return QStringLiteral("already-exists");
    case ErrorKind::InUse:
        return QStringLiteral("in-use");
    case ErrorKind::WrongState:
        return QStringLiteral("wrong-state");
    case ErrorKind::PermissionDenied:
        return QStringLiteral("permission-denied");
    case ErrorKind::NoSpace:
        return QStringLiteral("no-space");
    case ErrorKind::Unsupported:
        return QStringLiteral("unsupported");
    case ErrorKind::Corrupt:
        return QStringLiteral("corrupt");
    case ErrorKind::TooOld:
        return QStringLiteral("too-old");
    case ErrorKind::TooNew:
        return QStringLiteral("too-new");
    case ErrorKind::MissingProgram:
        return QStringLiteral("missing-program");
    case ErrorKind::MissingFirmware:
        return QStringLiteral("missing-firmware");
    case ErrorKind::Interrupted:
        return QStringLiteral("interrupted");
    case ErrorKind::TimedOut:
        return QStringLiteral("timed-out");
    case ErrorKind::Cancelled:
        return QStringLiteral("cancelled");
    case ErrorKind::Qemu:
        return QStringLiteral("qemu");
    case ErrorKind::InputOutput:
        return QStringLiteral("input-output");
    }
    Q_UNREACHABLE_RETURN({});
}

QString Error::text() const
{
    return advice.isEmpty() ? summary : summary + QLatin1Char(' ') + advice;
}

QJsonObject toJson(const Error& error)
{
    return {{QStringLiteral("kind"), nameOf(error.kind)}, {QStringLiteral("summary"), error.summary},
        {QStringLiteral("advice"), error.advice}, {QStringLiteral("detail"), error.detail}};
}

Error errorFromJson(const QJsonObject& json)
{
    Error error{ErrorKind::InputOutput, json.value(QLatin1String("summary")).toString(),
        json.value(QLatin1String("advice")).toString(), json.value(QLatin1String("detail")).toString()};
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::InputOutput); ++kind) {
        if (nameOf(static_cast<ErrorKind>(kind)) == json.value(QLatin1String("kind")).toString()) {
            error.kind = static_cast<ErrorKind>(kind);
        }
    }
    return error;
}

Error systemError(const QString& what, const QString& path, int errnoValue)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("platter::Error", text); };
    const QString detail = QStringLiteral("%1: %2 (errno %3)")
                               .arg(path, QString::fromLocal8Bit(std::strerror(errnoValue)))
                               .arg(errnoValue);
    const auto make = [&](ErrorKind kind, const char* why, const char* advice) {
        return Error{kind, tr(why).arg(what, path), advice ? tr(advice) : QString(), detail};
    };
    switch (errnoValue) {
    case ENOENT:
    case ENOTDIR:
        return make(ErrorKind::NotFound, QT_TRANSLATE_NOOP("platter::Error", "%1 failed: %2 does not exist."),
            QT_TRANSLATE_NOOP("platter::Error", "Check whether it was moved or deleted."));
    case EEXIST:
        return make(ErrorKind::AlreadyExists, QT_TRANSLATE_NOOP("platter::Error", "%1 failed: %2 exists already."),
            QT_TRANSLATE_NOOP("platter::Error", "Choose another name."));
    case EACCES:
    case EPERM:
        return make(ErrorKind::PermissionDenied,
            QT_TRANSLATE_NOOP("platter::Error", "%1 failed: you have no permission for %2."),
            QT_TRANSLATE_NOOP("platter::Error", "Change its permissions, or choose another file or place."));
    case EROFS:
        return make(ErrorKind::PermissionDenied,
            QT_TRANSLATE_NOOP("platter::Error", "%1 failed: %2 is on read-only storage."),
            QT_TRANSLATE_NOOP("platter::Error", "Choose a place that can be written."));
    case ENOSPC:
    case EDQUOT:
        return make(ErrorKind::NoSpace,
            QT_TRANSLATE_NOOP("platter::Error", "%1 failed: there is no space left for %2."),
            QT_TRANSLATE_NOOP("platter::Error", "Free some space or choose another place."));
    case EFBIG:
        return make(ErrorKind::Unsupported,
            QT_TRANSLATE_NOOP(
                "platter::Error", "%1 failed: %2 would be larger than its file system allows a file to be."),
            QT_TRANSLATE_NOOP("platter::Error", "Choose a place whose file system allows larger files."));
    default:
        return Error{ErrorKind::InputOutput,
            tr(QT_TRANSLATE_NOOP("platter::Error", "%1 failed for %2: %3."))
                .arg(what, path, QString::fromLocal8Bit(std::strerror(errnoValue))),
            {}, detail};
    }
}

} // namespace platter
