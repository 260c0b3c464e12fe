// SPDX-License-Identifier: GPL-3.0-or-later
// `platterctl machine create`: from options to the choices that the New VM wizard makes too.
#pragma once

#include "app/platterctl/verb.h"
#include "core/machine/new_machine.h"

namespace platter::ctl {

QList<QCommandLineOption> choiceOptions();

// InvalidInput names the option and what it takes.
Result<NewMachine> choicesFrom(const Arguments& arguments);

// Why the first medium would not boot; the wizard says the same.
std::vector<Error> mediaProblems(const QStringList& media);

} // namespace platter::ctl
