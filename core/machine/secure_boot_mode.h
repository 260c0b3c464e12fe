// SPDX-License-Identifier: GPL-3.0-or-later
// The modes of Secure Boot by name and in words. Pure functions.
#pragma once

#include "core/machine/definition.h"

namespace platter {

inline constexpr SecureBoot everySecureBoot[] = {
    SecureBoot::Off, SecureBoot::Microsoft, SecureBoot::MicrosoftAndThirdParty, SecureBoot::OwnKeys};

QString nameOf(SecureBoot mode); // "microsoft": stable, for machine.json
QString displayName(SecureBoot mode); // "Windows only"
QString explanationOf(SecureBoot mode); // a sentence: what starts with it

} // namespace platter
