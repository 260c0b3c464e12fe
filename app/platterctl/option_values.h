// SPDX-License-Identifier: GPL-3.0-or-later
// The values of options as several verbs read them. Errors are InvalidInput, with the option's name and what it
// takes.
#pragma once

#include "app/platterctl/verb.h"

namespace platter::ctl {

Error unusable(const QString& option, const QString& value, const QString& takes);

// OTHERWISE is the value where the option is not given.
Result<bool> yesOrNo(const Arguments& arguments, const QString& option, bool otherwise);
Result<int> wholeNumber(const Arguments& arguments, const QString& option, int otherwise);
Result<ByteCount> size(const Arguments& arguments, const QString& option, ByteCount otherwise);
// Each as in "2222:22" or "udp:5353:53".
Result<std::vector<PortForward>> forwards(const Arguments& arguments, const QString& option);

} // namespace platter::ctl
