// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/qmp_error.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <utility>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::QmpError)
};

struct Refusal {
    QLatin1String command;
    const char* sentence;
};

// What did not happen, for the commands that people cause.
constexpr std::array refusals{
    Refusal{QLatin1String("stop"), QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not pause the machine.")},
    Refusal{QLatin1String("cont"), QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not let the machine go on.")},
    Refusal{QLatin1String("system_wakeup"),
        QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not wake the machine up.")},
    Refusal{
        QLatin1String("system_reset"), QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not reset the machine.")},
    Refusal{QLatin1String("system_powerdown"),
        QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not press the machine's power button.")},
    Refusal{QLatin1String("quit"), QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not power the machine off.")},
    Refusal{
        QLatin1String("blockdev-add"), QT_TRANSLATE_NOOP("platter::QmpError", "QEMU could not open the image.")},
    Refusal{QLatin1String("blockdev-del"), QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not close the image.")},
    Refusal{QLatin1String("blockdev-open-tray"),
        QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not open the DVD drive's tray.")},
    Refusal{QLatin1String("blockdev-close-tray"),
        QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not close the DVD drive's tray.")},
    Refusal{QLatin1String("blockdev-remove-medium"),
        QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not take the medium out of the DVD drive.")},
    Refusal{QLatin1String("blockdev-insert-medium"),
        QT_TRANSLATE_NOOP("platter::QmpError", "QEMU did not put the medium into the DVD drive.")},
};

} // namespace

Error qmpRefused(const QString& command, const QJsonObject& error)
{
    const QString errorClass = error.value(QLatin1String("class")).toString();
    const QString words = error.value(QLatin1String("desc")).toString();
    Error result{ErrorKind::Qemu, Texts::tr("QEMU refused the command %1.").arg(command),
        Texts::tr("QEMU's own words are in the details."),
        QStringLiteral("%1: %2: %3").arg(command, errorClass, words)};
    for (const Refusal& refusal : refusals) {
        if (command == refusal.command) {
            result.summary = Texts::tr(refusal.sentence);
        }
    }
    if (errorClass == QLatin1String("CommandNotFound")) {
        result.kind = ErrorKind::Unsupported;
        result.advice =
            Texts::tr("This QEMU does not know the command: use QEMU 7.2 or newer from your distribution.");
    } else if (errorClass == QLatin1String("DeviceNotFound")) {
        result.kind = ErrorKind::NotFound;
    }
    return result;
}

Error qmpTimedOut(const QString& command, std::chrono::milliseconds deadline)
{
    const QString seconds = QLocale().toString(static_cast<double>(deadline.count()) / 1000, 'g', 3);
    return {ErrorKind::TimedOut, Texts::tr("QEMU did not answer within %1 s.").arg(seconds),
        Texts::tr(
            "The host may be overloaded or QEMU may hang: try again, or power the machine off if that lasts."),
        QStringLiteral("%1: no answer").arg(command)};
}

Error qmpInterrupted(const QString& command)
{
    return {ErrorKind::Interrupted, Texts::tr("The connection to QEMU ended before it answered."),
        Texts::tr("Look at the machine's state: QEMU may have ended."),
        QStringLiteral("%1: the connection ended").arg(command)};
}

bool isRefusal(const Error& error)
{
    return error.kind == ErrorKind::Qemu || error.kind == ErrorKind::Unsupported;
}

} // namespace platter
