// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/interruption.h"

#include <ctime>

namespace platter::ctl {

Interruption::Interruption()
{
    sigemptyset(&m_signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&m_signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
    m_waiter = std::jthread([this](const std::stop_token& end) {
        constexpr timespec interval{.tv_sec = 0, .tv_nsec = 50'000'000};
        while (!end.stop_requested()) {
            if (sigtimedwait(&m_signals, nullptr, &interval) > 0) {
                m_stop.request_stop();
            }
        }
    });
}

Interruption::~Interruption()
{
    m_waiter.request_stop();
    m_waiter.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

} // namespace platter::ctl
