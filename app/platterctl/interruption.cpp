// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/interruption.h"

namespace platter::ctl {

Interruption::Interruption()
{
    sigemptyset(&m_signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        sigaddset(&m_signals, signal);
    }
    pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
    m_waiter = std::jthread([this](const std::stop_token& end) {
        while (!end.stop_requested()) {
            if (sigwaitinfo(&m_signals, nullptr) > 0 && !end.stop_requested()) {
                m_stop.request_stop();
            }
        }
    });
}

Interruption::~Interruption()
{
    m_waiter.request_stop();
    pthread_kill(m_waiter.native_handle(), SIGTERM); // wakes it, and is meant for no other thread
    m_waiter.join();
    pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
}

} // namespace platter::ctl
