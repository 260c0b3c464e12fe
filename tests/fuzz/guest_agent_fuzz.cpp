// SPDX-License-Identifier: GPL-3.0-or-later
// What the agent inside a guest says, who is the greatest stranger of all: every command ends once, and its error
// says something.
#include "core/qemu/guest_agent.h"
#include "scripted_peer.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <cstdlib>

using namespace platter;

namespace {

constexpr std::chrono::milliseconds deadline{5000};

QCoro::Task<void> converse(GuestAgent& agent)
{
    const Result<void> opened = co_await agent.open(deadline);
    if (!opened) {
        if (opened.error().summary.isEmpty()) {
            std::abort();
        }
        co_return;
    }
    for (const char* command : {"guest-ping", "guest-get-fsinfo"}) {
        const Result<QJsonValue> answer = co_await agent.execute(QString::fromLatin1(command), {}, deadline);
        if (!answer && answer.error().summary.isEmpty()) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static int argc = 1;
    static char name[] = "guest_agent_fuzz";
    static char* argv[] = {name, nullptr};
    static const QCoreApplication application(argc, argv);
    static const QTemporaryDir folder;
    const RuntimeFolder runtime{folder.path()};
    const ScriptedPeer peer(runtime.agent(), QByteArray(reinterpret_cast<const char*>(data), qsizetype(size)));
    GuestAgent agent(runtime);
    QCoro::waitFor(converse(agent));
    return 0;
}
