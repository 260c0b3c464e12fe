// SPDX-License-Identifier: GPL-3.0-or-later
// A machine as platterctl shows it, to people and as JSON.
#pragma once

#include "core/live/machine_session.h"

#include <QJsonObject>

namespace platter::ctl {

// DEFINITION: why the store cannot read the machine, which runs all the same.
QJsonObject toJson(const MachineSession& session, const std::optional<Error>& definition = {});
QString describe(const MachineSession& session);

QString networkName(const NetworkAdapter& adapter); // "NAT", "bridge br0"
QString displayName(const BootDevice& device); // "0:0", "network 0"

} // namespace platter::ctl
