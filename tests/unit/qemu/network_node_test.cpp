// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/network_node.h"

#include <QJsonDocument>
#include <QTest>

#include <array>

using namespace platter;

namespace {

struct Node {
    const char* location;
    const char* options;
};

constexpr std::array nodes{
    Node{"nbd://server/data",
        R"({"driver":"nbd","export":"data","server":{"host":"server","port":"10809","type":"inet"}})"},
    Node{
        "nbd+unix:///?socket=/run/nbd.sock", R"({"driver":"nbd","server":{"path":"/run/nbd.sock","type":"unix"}})"},
    Node{"iscsi://server:3261/iqn.x:y/2",
        R"({"driver":"iscsi","lun":2,"portal":"server:3261","target":"iqn.x:y","transport":"tcp"})"},
    Node{"iscsi://[fe80::1]/iqn.x:y/0",
        R"({"driver":"iscsi","lun":0,"portal":"[fe80::1]:3260","target":"iqn.x:y","transport":"tcp"})"},
    Node{"rbd:pool/image", R"({"driver":"rbd","image":"image","pool":"pool"})"},
    Node{"rbd:pool/space/image@first:id=me:conf=\\/c",
        R"({"conf":"/c","driver":"rbd","image":"image","namespace":"space","pool":"pool","snapshot":"first","user":"me"})"},
    Node{"ssh://me@server/d.raw",
        R"({"driver":"ssh","path":"/d.raw","server":{"host":"server","port":"22"},"user":"me"})"},
    Node{"https://server/d.raw", R"({"driver":"https","url":"https://server/d.raw"})"},
};

constexpr const char* flatNode = R"(json:{"driver":"ssh","server.host":"a","server.port":"23","path":"/d"})";
constexpr const char* fileNode = R"(json:{"driver":"file","filename":"/images/d.raw"})";

} // namespace

class NetworkNodeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void isWhatBlockdevAddTakes_data()
    {
        QTest::addColumn<QByteArray>("node");
        for (const Node& node : nodes) {
            QTest::newRow(node.location) << QByteArray(node.options);
        }
    }

    void isWhatBlockdevAddTakes()
    {
        QFETCH(QByteArray, node);
        const Result<NetworkLocation> location = parseLocation(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(location);
        QCOMPARE(QJsonDocument(networkNode(*location)).toJson(QJsonDocument::Compact), node);
        // And back, as QEMU names the node where it has no location for it.
        QVERIFY(locationOfNode(QStringLiteral("json:") + QString::fromUtf8(node)) == *location);
    }

    // As QEMU 10.0 names its nodes.
    void understandsWhatQemuSays_data()
    {
        QTest::addColumn<QString>("location");
        QTest::newRow("nbd://server:10809/a b?c#d") << QStringLiteral("nbd://server/a%20b%3Fc%23d");
        QTest::newRow("nbd://server:10810") << QStringLiteral("nbd://server:10810/");
        QTest::newRow("nbd://fe80::1:10809/data:1") << QStringLiteral("nbd://[fe80::1]/data:1");
        QTest::newRow("nbd+unix:///a b?socket=/run/n b.sock")
            << QStringLiteral("nbd+unix:///a%20b?socket=/run/n%20b.sock");
        QTest::newRow("nbd+unix://?socket=/run/nbd.sock") << QStringLiteral("nbd+unix:///?socket=/run/nbd.sock");
        QTest::newRow("ssh://me@server:22/a b.raw") << QStringLiteral("ssh://me@server/a%20b.raw");
        QTest::newRow("https://server/a%20b.raw") << QStringLiteral("https://server/a%20b.raw");
    }

    void understandsWhatQemuSays()
    {
        QFETCH(QString, location);
        const std::optional<NetworkLocation> found = locationOfNode(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(found);
        QCOMPARE(toString(*found), location);
    }

    void knowsThatQemuFillsInTheUser()
    {
        const auto at = [](const char* text) { return *parseLocation(QString::fromLatin1(text)); };
        QVERIFY(isSamePlace(at("ssh://server/d"), at("ssh://me@server:22/d")));
        QVERIFY(!isSamePlace(at("ssh://you@server/d"), at("ssh://me@server/d")));
        QVERIFY(!isSamePlace(at("ssh://server/d"), at("ssh://me@server/e")));
        QVERIFY(!isSamePlace(at("nbd://server/d"), at("nbd://other/d")));
    }

    void understandsFlatOptions()
    {
        QVERIFY(locationOfNode(QString::fromLatin1(flatNode))
            == NetworkLocation(SshFile{.host = QStringLiteral("a"), .port = 23, .path = QStringLiteral("/d")}));
    }

    void aFileIsNoLocation()
    {
        QVERIFY(!locationOfNode(QStringLiteral("/images/d.raw")));
        QVERIFY(!locationOfNode(QString::fromLatin1(fileNode)));
        QVERIFY(!locationOfNode(QString()));
    }
};

QTEST_GUILESS_MAIN(NetworkNodeTest)
#include "network_node_test.moc"
