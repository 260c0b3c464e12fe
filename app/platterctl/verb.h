// SPDX-License-Identifier: GPL-3.0-or-later
// A verb of platterctl: its words, its options, and what it does. The tables in machine_verbs.cpp,
// setting_verbs.cpp, drive_verbs.cpp, boot_verbs.cpp, firmware_verbs.cpp, disk_verbs.cpp and medium_verbs.cpp are
// the whole command line.
#pragma once

#include "app/platterctl/report.h"
#include "core/live/machine_session.h"
#include "core/places.h"

#include <QCommandLineParser>
#include <QCoroTask>

#include <functional>
#include <memory>
#include <vector>

namespace platter::ctl {

// What every verb works with.
struct Context {
    Places places;
    MachineStore store;
    AcceleratorProbe probe;
};

// The words and options that the user gave, checked against the verb's own.
struct Arguments {
    QStringList positional;
    std::function<bool(const QString& option)> isSet;
    std::function<QString(const QString& option)> value;
    std::function<QStringList(const QString& option)> values;
};

struct Verb {
    QString words; // "machine start"
    QStringList positional; // "NAME"; a trailing "…" takes any number, "[NAME]" at the end may be left out
    QString summary; // one line for the overview
    QList<QCommandLineOption> options;
    QCoro::Task<int> (*run)(Context* context, Arguments arguments, Report report);
};

std::vector<Verb> machineVerbs();
std::vector<Verb> settingVerbs();
std::vector<Verb> driveVerbs();
std::vector<Verb> bootVerbs();
std::vector<Verb> firmwareVerbs();
std::vector<Verb> mediumVerbs();
std::vector<Verb> diskVerbs();

// The machine's session on the command line's QMP seat, with its present state. By NAME also where the machine runs
// and cannot be read any more.
QCoro::Task<std::shared_ptr<MachineSession>> sessionOf(Context* context, StoredMachine machine);
QCoro::Task<Result<std::shared_ptr<MachineSession>>> sessionOf(Context* context, QString name);

} // namespace platter::ctl
