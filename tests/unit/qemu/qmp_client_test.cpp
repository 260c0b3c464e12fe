// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/qmp_client.h"
#include "scripted_server.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr auto deadline = 20s;

const QByteArray greeting =
    R"({"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 10}}, "capabilities": []}})"
    "\r\n";

QByteArray answerTo(const QJsonObject& request, const QJsonValue& value)
{
    return QJsonDocument(
               QJsonObject{{QStringLiteral("return"), value}, {QStringLiteral("id"), request[QLatin1String("id")]}})
               .toJson(QJsonDocument::Compact)
        + "\r\n";
}

QString commandOf(const QJsonObject& request)
{
    return request[QLatin1String("execute")].toString();
}

// Negotiates as QEMU does and leaves every other command to HANDLER.
class ScriptedQemu {
public:
    explicit ScriptedQemu(ScriptedServer::OnRequest handler)
        : server(path())
    {
        server.onConnect([](ScriptedServer& self) { self.say(greeting); });
        server.onRequest([handler](ScriptedServer& self, const QJsonObject& request) {
            if (commandOf(request) == QLatin1String("qmp_capabilities")) {
                self.say(answerTo(request, QJsonObject()));
            } else {
                handler(self, request);
            }
        });
    }

    Result<void> connect(QmpClient& client) { return QCoro::waitFor(client.open(path(), deadline)); }

    QString path() const { return folder.filePath(QStringLiteral("qmp.sock")); }

    QTemporaryDir folder{QStringLiteral("/tmp/qmp-XXXXXX")};
    ScriptedServer server;
};

Result<QJsonValue> execute(QmpClient& client, const QString& command, std::chrono::milliseconds limit = deadline)
{
    return QCoro::waitFor(client.execute(command, {}, limit));
}

} // namespace

class QmpClientTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void entersCommandModeAndAsks()
    {
        ScriptedQemu qemu([](ScriptedServer& self, const QJsonObject& request) {
            self.say(answerTo(request, QJsonObject{{QStringLiteral("status"), QStringLiteral("running")}}));
        });
        QmpClient client;
        const QSignalSpy sent(&client, &QmpClient::sent);
        const QSignalSpy received(&client, &QmpClient::received);
        QVERIFY(qemu.connect(client));
        QCOMPARE(client.state(), QmpClient::State::Running);
        const Result<QJsonValue> answer = QCoro::waitFor(
            client.execute(QStringLiteral("query-status"), {{QStringLiteral("flat"), true}}, deadline));
        QVERIFY(answer);
        QCOMPARE((*answer)[QLatin1String("status")].toString(), QStringLiteral("running"));
        QVERIFY(qemu.server.heard().contains(R"("arguments":{"flat":true})"));
        QCOMPARE(sent.size(), 2);
        QCOMPARE(received.size(), 3);
        QCOMPARE(received.at(0).at(0).toByteArray(), greeting.trimmed());
    }

    void readsLinesInWhateverPiecesTheyCome_data()
    {
        QTest::addColumn<int>("piece");
        QTest::addColumn<int>("length");
        QTest::newRow("byte by byte") << 1 << 100;
        QTest::newRow("in sevens") << 7 << 1000;
        QTest::newRow("a huge line") << (1 << 20) << (5 << 20);
    }

    void readsLinesInWhateverPiecesTheyCome()
    {
        QFETCH(int, piece);
        QFETCH(int, length);
        ScriptedQemu qemu([piece, length](ScriptedServer& self, const QJsonObject& request) {
            const QByteArray line = answerTo(request, QString(length, QLatin1Char('x')));
            for (qsizetype begin = 0; begin < line.size(); begin += piece) {
                self.say(line.sliced(begin, std::min<qsizetype>(piece, line.size() - begin)));
            }
        });
        QmpClient client;
        QVERIFY(qemu.connect(client));
        const Result<QJsonValue> answer = execute(client, QStringLiteral("query-version"));
        QVERIFY(answer);
        QCOMPARE(answer->toString().size(), length);
    }

    void matchesAnswersThatComeTogetherAndOutOfOrder()
    {
        QJsonObject first;
        ScriptedQemu qemu([&first](ScriptedServer& self, const QJsonObject& request) {
            if (first.isEmpty()) {
                first = request;
            } else {
                self.say(answerTo(request, QStringLiteral("second"))
                    + R"({"event": "STOP", "timestamp": {}})"
                      "\r\n"
                    + answerTo(first, QStringLiteral("first")));
            }
        });
        QmpClient client;
        QVERIFY(qemu.connect(client));
        QCoro::Task<Result<QJsonValue>> one = client.execute(QStringLiteral("query-block"), {}, deadline);
        QCoro::Task<Result<QJsonValue>> two = client.execute(QStringLiteral("query-status"), {}, deadline);
        const Result<QJsonValue> secondAnswer = QCoro::waitFor(two);
        const Result<QJsonValue> firstAnswer = QCoro::waitFor(one);
        QVERIFY(firstAnswer && secondAnswer);
        QCOMPARE(firstAnswer->toString(), QStringLiteral("first"));
        QCOMPARE(secondAnswer->toString(), QStringLiteral("second"));
    }

    void tellsEventsWithTheirDataAndTime()
    {
        ScriptedQemu qemu([](ScriptedServer& self, const QJsonObject& request) {
            self.say(R"({"timestamp": {"seconds": 1700000000, "microseconds": 250000}, "event": "SHUTDOWN", )"
                     R"("data": {"guest": true, "reason": "guest-shutdown"}})"
                     "\r\n"
                + answerTo(request, QJsonObject()));
        });
        QmpClient client;
        const QSignalSpy events(&client, &QmpClient::event);
        QVERIFY(qemu.connect(client));
        QVERIFY(execute(client, QStringLiteral("query-status")));
        QCOMPARE(events.size(), 1);
        QCOMPARE(events.at(0).at(0).toString(), QStringLiteral("SHUTDOWN"));
        QCOMPARE(events.at(0).at(1).toJsonObject()[QLatin1String("reason")].toString(),
            QStringLiteral("guest-shutdown"));
        QCOMPARE(events.at(0).at(2).toDateTime().toMSecsSinceEpoch(), qint64(1700000000250));
    }

    void saysWhatWasRefused_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("errorClass");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("summary");
        QTest::newRow("known command") << "stop" << "GenericError" << ErrorKind::Qemu
                                       << "QEMU did not pause the machine.";
        QTest::newRow("any other") << "x-frob" << "GenericError" << ErrorKind::Qemu
                                   << "QEMU refused the command x-frob.";
        QTest::newRow("unknown to QEMU")
            << "x-frob" << "CommandNotFound" << ErrorKind::Unsupported << "QEMU refused the command x-frob.";
        QTest::newRow("no such device") << "blockdev-open-tray" << "DeviceNotFound" << ErrorKind::NotFound
                                        << "QEMU did not open the DVD drive's tray.";
    }

    void saysWhatWasRefused()
    {
        QFETCH(QString, command);
        QFETCH(QString, errorClass);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, summary);
        ScriptedQemu qemu([errorClass](ScriptedServer& self, const QJsonObject& request) {
            const QJsonObject error{
                {QStringLiteral("class"), errorClass}, {QStringLiteral("desc"), QStringLiteral("its own words")}};
            self.say(QJsonDocument(QJsonObject{{QStringLiteral("error"), error},
                                       {QStringLiteral("id"), request[QLatin1String("id")]}})
                         .toJson(QJsonDocument::Compact)
                + "\r\n");
        });
        QmpClient client;
        QVERIFY(qemu.connect(client));
        const Result<QJsonValue> answer = execute(client, command);
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, kind);
        QCOMPARE(answer.error().summary, summary);
        QVERIFY(!answer.error().advice.isEmpty() || kind == ErrorKind::NotFound);
        QCOMPARE(answer.error().detail, QStringLiteral("%1: %2: its own words").arg(command, errorClass));
        QCOMPARE(client.state(), QmpClient::State::Running);
    }

    void endsEveryCommandWhenTheConnectionGoes()
    {
        int requests = 0;
        ScriptedQemu qemu([&requests](ScriptedServer& self, const QJsonObject&) {
            if (++requests == 3) {
                self.say(R"({"return": {"half": )");
                self.hangUp();
            }
        });
        QmpClient client;
        const QSignalSpy closed(&client, &QmpClient::closed);
        QVERIFY(qemu.connect(client));
        std::vector<QCoro::Task<Result<QJsonValue>>> tasks;
        for (int i = 0; i < 3; ++i) {
            tasks.push_back(client.execute(QStringLiteral("quit"), {}, deadline));
        }
        for (auto& task : tasks) {
            const Result<QJsonValue> answer = QCoro::waitFor(task);
            QVERIFY(!answer);
            QCOMPARE(answer.error().kind, ErrorKind::Interrupted);
            QCOMPARE(answer.error().detail, QStringLiteral("quit: the connection ended"));
        }
        QCOMPARE(closed.size(), 1);
        QCOMPARE(client.state(), QmpClient::State::Idle);
        const Result<QJsonValue> afterwards = execute(client, QStringLiteral("stop"));
        QVERIFY(!afterwards);
        QCOMPARE(afterwards.error().kind, ErrorKind::Interrupted);
    }

    void endsEveryCommandWhenTheClientGoes()
    {
        ScriptedQemu qemu([](ScriptedServer&, const QJsonObject&) { });
        auto client = std::make_unique<QmpClient>();
        QVERIFY(qemu.connect(*client));
        QCoro::Task<Result<QJsonValue>> task = client->execute(QStringLiteral("stop"), {}, deadline);
        client.reset();
        const Result<QJsonValue> answer = QCoro::waitFor(task);
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Interrupted);
    }

    void survivesBeingDeletedByAListener()
    {
        ScriptedQemu qemu([](ScriptedServer& self, const QJsonObject& request) {
            self.say(R"({"event": "STOP"})"
                     "\r\n"
                + answerTo(request, QJsonObject()));
        });
        auto* client = new QmpClient;
        QVERIFY(qemu.connect(*client));
        connect(client, &QmpClient::event, this, [client] { delete client; });
        const Result<QJsonValue> answer = QCoro::waitFor(client->execute(QStringLiteral("stop"), {}, deadline));
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Interrupted);
    }

    void givesUpAtTheDeadlineAndIgnoresTheLateAnswer()
    {
        QJsonObject slow;
        ScriptedQemu qemu([&slow](ScriptedServer& self, const QJsonObject& request) {
            if (slow.isEmpty()) {
                slow = request;
            } else {
                self.say(answerTo(slow, QStringLiteral("late"))
                    + answerTo(QJsonObject{}, QStringLiteral("nobody's"))
                    + answerTo(request, QStringLiteral("in time")));
            }
        });
        QmpClient client;
        QVERIFY(qemu.connect(client));
        const Result<QJsonValue> late = execute(client, QStringLiteral("stop"), 50ms);
        QVERIFY(!late);
        QCOMPARE(late.error().kind, ErrorKind::TimedOut);
        QVERIFY(late.error().summary.contains(QStringLiteral("0.05 s")));
        QVERIFY(!slow.isEmpty());
        const Result<QJsonValue> next = execute(client, QStringLiteral("query-status"));
        QVERIFY(next);
        QCOMPARE(next->toString(), QStringLiteral("in time"));
    }

    void refusesWhatIsNoQmp_data()
    {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<ErrorKind>("kind");
        QTest::newRow("another protocol") << QByteArray("RFB 003.008\n") << ErrorKind::Corrupt;
        QTest::newRow("JSON, but no greeting") << QByteArray("{\"return\": {}}\n") << ErrorKind::Corrupt;
        QTest::newRow("an array") << QByteArray("[1]\n") << ErrorKind::Corrupt;
    }

    void refusesWhatIsNoQmp()
    {
        QFETCH(QByteArray, words);
        QFETCH(ErrorKind, kind);
        const QTemporaryDir folder;
        const QString socket = folder.filePath(QStringLiteral("qmp.sock"));
        ScriptedServer server(socket);
        server.onConnect([words](ScriptedServer& self) { self.say(words); });
        QmpClient client;
        const Result<void> opened = QCoro::waitFor(client.open(socket, deadline));
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, kind);
        QCOMPARE(client.state(), QmpClient::State::Idle);
    }

    void endsWhenQemuTalksGarbage()
    {
        ScriptedQemu qemu([](ScriptedServer& self, const QJsonObject&) { self.say("\x01\x02 oops\n"); });
        QmpClient client;
        const QSignalSpy closed(&client, &QmpClient::closed);
        QVERIFY(qemu.connect(client));
        const Result<QJsonValue> answer = execute(client, QStringLiteral("query-status"));
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, ErrorKind::Corrupt);
        QCOMPARE(closed.size(), 1);
    }

    void doesNotWaitForASilentServer()
    {
        const QTemporaryDir folder;
        const QString socket = folder.filePath(QStringLiteral("qmp.sock"));
        ScriptedServer server(socket);
        QmpClient client;
        const Result<void> opened = QCoro::waitFor(client.open(socket, 50ms));
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, ErrorKind::TimedOut);
        QCOMPARE(client.state(), QmpClient::State::Idle);
    }

    void saysThatNobodyListens()
    {
        const QTemporaryDir folder;
        QmpClient client;
        const Result<void> opened =
            QCoro::waitFor(client.open(folder.filePath(QStringLiteral("none.sock")), deadline));
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, ErrorKind::NotFound);
        QCOMPARE(client.state(), QmpClient::State::Idle);
    }

    void opensAgainAfterItsEnd()
    {
        ScriptedQemu qemu([](ScriptedServer& self, const QJsonObject&) { self.hangUp(); });
        QmpClient client;
        QVERIFY(qemu.connect(client));
        QVERIFY(!execute(client, QStringLiteral("quit")));
        QVERIFY(qemu.connect(client));
        const Result<void> twice = qemu.connect(client);
        QVERIFY(!twice);
        QCOMPARE(twice.error().kind, ErrorKind::WrongState);
    }

    void talksToARealQemu()
    {
        const QTemporaryDir folder(QStringLiteral("/tmp/qmp-XXXXXX"));
        const QString socket = folder.filePath(QStringLiteral("qmp.sock"));
        QProcess qemu;
        qemu.start(QStandardPaths::findExecutable(QStringLiteral("qemu-system-x86_64")),
            {QStringLiteral("-machine"), QStringLiteral("none"), QStringLiteral("-display"), QStringLiteral("none"),
                QStringLiteral("-nodefaults"), QStringLiteral("-qmp"),
                QStringLiteral("unix:%1,server=on,wait=off").arg(socket)});
        QVERIFY(qemu.waitForStarted());
        QmpClient client;
        const QSignalSpy events(&client, &QmpClient::event);
        // The macro looks once more when it has seen success.
        bool isOpen = false;
        const auto open = [&isOpen, &client, &socket] {
            isOpen = isOpen || QCoro::waitFor(client.open(socket, deadline)).has_value();
            return isOpen;
        };
        QTRY_VERIFY_WITH_TIMEOUT(open(), 30000);
        const Result<QJsonValue> version = execute(client, QStringLiteral("query-version"));
        QVERIFY(version);
        QVERIFY((*version)[QLatin1String("qemu")][QLatin1String("major")].toInt() >= 7);
        const Result<QJsonValue> refused = execute(client, QStringLiteral("no-such-command"));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::Unsupported);
        QVERIFY(execute(client, QStringLiteral("quit")));
        client.hearTheRest();
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), QmpClient::State::Idle, 30000);
        // It may have ended already, which waiting calls a failure.
        QVERIFY(qemu.state() == QProcess::NotRunning || qemu.waitForFinished());
        QCOMPARE(events.last().at(0).toString(), QStringLiteral("SHUTDOWN"));
    }
};

QTEST_GUILESS_MAIN(QmpClientTest)
#include "qmp_client_test.moc"
