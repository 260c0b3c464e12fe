// SPDX-License-Identifier: GPL-3.0-or-later
// System calls that a signal may interrupt. Any thread.
#pragma once

#include <cerrno>

namespace platter {

// Calls CALL, which says below zero and errno what went wrong, until it was not interrupted by a signal.
template <typename Call>
auto uninterrupted(Call call)
{
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

} // namespace platter
