// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+C as a request to stop: while one of these lives, SIGINT, SIGTERM and SIGHUP do not end the program but ask
// the work that it does to stop, which then leaves nothing half done. Make it before other threads are started.
#pragma once

#include <signal.h>
#include <stop_token>
#include <thread>

namespace platter::ctl {

class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    sigset_t m_signals{};
    sigset_t m_before{};
    std::stop_source m_stop;
    std::jthread m_waiter;
};

} // namespace platter::ctl
