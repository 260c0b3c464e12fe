// SPDX-License-Identifier: GPL-3.0-or-later
// What QEMU says over QMP: every command ends once, and its error says something.
#include "core/qemu/qmp_client.h"
#include "scripted_peer.h"

#include <QCoreApplication>
#include <QTemporaryDir>

#include <cstdlib>

using namespace platter;

namespace {

constexpr std::chrono::milliseconds deadline{5000};

QCoro::Task<void> converse(QmpClient& client, QString path)
{
    Result<void> opened = co_await client.open(path, deadline);
    if (!opened) {
        if (opened.error().summary.isEmpty() || client.state() != QmpClient::State::Idle) {
            std::abort();
        }
        co_return;
    }
    for (const char* command : {"query-status", "query-block", "blockdev-add"}) {
        const Result<QJsonValue> answer = co_await client.execute(
            QString::fromLatin1(command), {{QStringLiteral("key"), QStringLiteral("value")}}, deadline);
        if (!answer && answer.error().summary.isEmpty()) {
            std::abort();
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static int argc = 1;
    static char name[] = "qmp_client_fuzz";
    static char* argv[] = {name, nullptr};
    static const QCoreApplication application(argc, argv);
    static const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("qmp"));
    const ScriptedPeer peer(path, QByteArray(reinterpret_cast<const char*>(data), qsizetype(size)));
    QmpClient client;
    QCoro::waitFor(converse(client, path));
    return 0;
}
