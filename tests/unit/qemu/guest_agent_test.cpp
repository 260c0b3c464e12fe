// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/guest_agent.h"
#include "scripted_server.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr auto deadline = 20s;

QByteArray line(const QJsonObject& object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + "\n";
}

QByteArray syncAnswer(const QJsonObject& request)
{
    return '\xff' + line({{QStringLiteral("return"), request[QLatin1String("arguments")][QLatin1String("id")]}});
}

bool isSync(const QJsonObject& request)
{
    return request[QLatin1String("execute")].toString() == QLatin1String("guest-sync-delimited");
}

// Synchronises as the agent does, with PREFACE before its answer, and leaves the rest to HANDLER.
class ScriptedAgent {
public:
    explicit ScriptedAgent(ScriptedServer::OnRequest handler, const QByteArray& preface = {})
        : server(runtime().agent())
        , agent(runtime())
    {
        server.onRequest([handler, preface](ScriptedServer& self, const QJsonObject& request) {
            if (isSync(request)) {
                self.say(preface + syncAnswer(request));
            } else {
                handler(self, request);
            }
        });
    }

    Result<void> open(std::chrono::milliseconds limit = deadline) { return QCoro::waitFor(agent.open(limit)); }

    Result<QJsonValue> execute(const QString& command, std::chrono::milliseconds limit = deadline)
    {
        return QCoro::waitFor(agent.execute(command, {}, limit));
    }

    RuntimeFolder runtime() const { return RuntimeFolder{folder.path()}; }

    QTemporaryDir folder{QStringLiteral("/tmp/agent-XXXXXX")};
    ScriptedServer server;
    GuestAgent agent;
};

} // namespace

class GuestAgentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void synchronisesPastWhatWasMeantForOthers_data()
    {
        QTest::addColumn<QByteArray>("preface");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("another's answer") << line({{QStringLiteral("return"), QJsonObject()}});
        QTest::newRow("half an answer") << QByteArray("{\"return\": {\"hal");
        QTest::newRow("another's synchronisation") << QByteArray("\xff{\"return\": 4711}\n");
    }

    void synchronisesPastWhatWasMeantForOthers()
    {
        QFETCH(QByteArray, preface);
        ScriptedAgent scripted(
            [](ScriptedServer& self, const QJsonObject& request) {
                self.say(line({{QStringLiteral("return"), request[QLatin1String("execute")]}}));
            },
            preface);
        QVERIFY(scripted.open());
        QVERIFY(scripted.server.heard().startsWith("\xff{"));
        const Result<QJsonValue> answer = scripted.execute(QStringLiteral("guest-ping"));
        QVERIFY(answer);
        QCOMPARE(answer->toString(), QStringLiteral("guest-ping"));
    }

    void saysThatNoAgentListens()
    {
        const QTemporaryDir folder;
        const RuntimeFolder runtime{folder.path()};
        const ScriptedServer silent(runtime.agent());
        GuestAgent agent(runtime);
        const Result<void> opened = QCoro::waitFor(agent.open(50ms));
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, ErrorKind::TimedOut);
        QCOMPARE(opened.error().summary, QStringLiteral("No guest agent answers in the machine."));
    }

    void saysThatThereIsNoChannel()
    {
        const QTemporaryDir folder;
        GuestAgent agent(RuntimeFolder{folder.path()});
        const Result<void> opened = QCoro::waitFor(agent.open(deadline));
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, ErrorKind::TimedOut);
    }

    void repeatsTheAgentsRefusal()
    {
        ScriptedAgent scripted([](ScriptedServer& self, const QJsonObject&) {
            self.say(line({{QStringLiteral("error"),
                QJsonObject{{QStringLiteral("class"), QStringLiteral("CommandNotFound")},
                    {QStringLiteral("desc"), QStringLiteral("disabled")}}}}));
        });
        QVERIFY(scripted.open());
        const Result<QJsonValue> answer = scripted.execute(QStringLiteral("guest-exec"));
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Unsupported);
        QCOMPARE(answer.error().detail, QStringLiteral("guest-exec: CommandNotFound: disabled"));
        const Result<void> shutDown = QCoro::waitFor(scripted.agent.shutDown());
        QVERIFY(!shutDown);
        QCOMPARE(shutDown.error().kind, ErrorKind::Unsupported);
    }

    void takesSilenceAfterShutdownForConsent()
    {
        ScriptedAgent scripted([](ScriptedServer&, const QJsonObject&) { });
        QVERIFY(scripted.open());
        QVERIFY(QCoro::waitFor(scripted.agent.shutDown()));
        QVERIFY(scripted.server.heard().contains("guest-shutdown"));
    }

    void neverTakesALateAnswerForTheNext()
    {
        ScriptedAgent scripted([](ScriptedServer&, const QJsonObject&) { });
        QVERIFY(scripted.open());
        const Result<QJsonValue> late = scripted.execute(QStringLiteral("guest-get-fsinfo"), 50ms);
        QVERIFY(!late);
        QCOMPARE(late.error().kind, ErrorKind::TimedOut);
        const Result<QJsonValue> next = scripted.execute(QStringLiteral("guest-ping"));
        QVERIFY(!next);
        QCOMPARE(next.error().kind, ErrorKind::Interrupted);
    }

    void endsWhenTheChannelGoes()
    {
        ScriptedAgent scripted([](ScriptedServer& self, const QJsonObject&) { self.hangUp(); });
        QVERIFY(scripted.open());
        const Result<QJsonValue> answer = scripted.execute(QStringLiteral("guest-ping"));
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Interrupted);
    }

    void takesTurns()
    {
        ScriptedAgent scripted([](ScriptedServer&, const QJsonObject&) { });
        QVERIFY(scripted.open());
        GuestAgent other(scripted.runtime());
        const Result<void> early = QCoro::waitFor(other.open(50ms));
        QVERIFY(!early);
        QCOMPARE(early.error().kind, ErrorKind::TimedOut);
        QCoro::Task<Result<void>> waiting = other.open(deadline);
        scripted.agent.close();
        QVERIFY(QCoro::waitFor(waiting));
    }
};

QTEST_GUILESS_MAIN(GuestAgentTest)
#include "guest_agent_test.moc"
