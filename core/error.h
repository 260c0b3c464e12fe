// SPDX-License-Identifier: GPL-3.0-or-later
// Errors as values. Every function that can fail returns Result<T>; no exception crosses a header. Plain values,
// safe in any thread.
#pragma once

#include <QJsonObject>
#include <QString>

#include <expected>

namespace platter {

// What callers branch on. Stable: platterctl's --json prints its name.
enum class ErrorKind {
    InvalidInput, // what was asked for breaks a rule
    NotFound,
    AlreadyExists,
    InUse, // somebody else holds it: another program, another machine
    WrongState, // not possible while the machine is in this state
    PermissionDenied,
    NoSpace,
    Unsupported, // known, and not possible here
    Corrupt,
    TooOld, // written by a version that is no longer understood
    TooNew, // written by a later version of Platter
    MissingProgram,
    MissingFirmware,
    Interrupted, // the connection or the process went away before the answer
    TimedOut,
    Cancelled,
    Qemu, // QEMU refused; its words are in the detail
    InputOutput, // any other failure of the operating system
};

// The kind's name in JSON and logs, e.g. "no-space".
QString nameOf(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::InputOutput;
    // Whole sentences for people. Summary: what failed and why. Advice: what to do about it; may be empty.
    QString summary;
    QString advice = {};
    // For the log and the folded part of a dialog: path, offset, errno, QEMU's own words. May be empty.
    QString detail = {};

    // Summary and advice, separated by a space.
    QString text() const;

    friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = std::expected<T, Error>;

// As launch.json, exchange.json and platterctl's --json have it.
QJsonObject toJson(const Error& error);
// A kind that is not known becomes InputOutput.
Error errorFromJson(const QJsonObject& json);

// For a failed system call or QFile operation on PATH: kind by ERRNO_VALUE, a summary that begins with WHAT
// ("Reading the machine's definition"), the advice that fits the cause.
Error systemError(const QString& what, const QString& path, int errnoValue);

} // namespace platter
