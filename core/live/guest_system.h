// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of systems in a guest that Platter can talk to.
#pragma once

namespace platter {

enum class GuestSystem { Linux, Windows };

} // namespace platter
