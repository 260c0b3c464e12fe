// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/start_request.h"

#include <QTest>

using namespace platter;

class StartRequestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { qunsetenv("XDG_ACTIVATION_TOKEN"); }

    void parses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<bool>("newMachine");
        QTest::addColumn<QString>("iso");
        const auto row = [](const char* name, const QStringList& arguments, bool newMachine, const char* iso) {
            QTest::newRow(name) << arguments << newMachine << QString::fromLatin1(iso);
        };
        row("nothing", {}, false, "");
        row("new", {QStringLiteral("--new")}, true, "");
        row("relative file", {QStringLiteral("a b.iso")}, true, "/home/me/a b.iso");
        row("file above", {QStringLiteral("../x.iso")}, true, "/home/x.iso");
        row("absolute file", {QStringLiteral("/x.iso")}, true, "/x.iso");
        row("file like an option", {QStringLiteral("--"), QStringLiteral("--new")}, true, "/home/me/--new");
        row("both", {QStringLiteral("--new"), QStringLiteral("/x.iso")}, true, "/x.iso");
    }

    void parses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(bool, newMachine);
        QFETCH(QString, iso);
        const Result<StartRequest> request = parseStart(arguments, QStringLiteral("/home/me"));
        QVERIFY(request);
        QCOMPARE(request->newMachine, newMachine);
        QCOMPARE(request->iso, iso);
        // And arrives as it was.
        const Result<StartRequest> arrived = StartRequest::fromJson(request->toJson());
        QVERIFY(arrived);
        QVERIFY(*arrived == *request);
        QCOMPARE(request->toJson().count('\n'), 1);
    }

    void takesADiskToEdit()
    {
        const auto parse = [](const QStringList& arguments) {
            return parseStart(arguments, QStringLiteral("/home/me"));
        };
        const Result<StartRequest> bare = parse({QStringLiteral("--edit-disk")});
        QVERIFY(bare && bare->editDisk && bare->disk.isEmpty() && !bare->newMachine);
        const Result<StartRequest> named = parse({QStringLiteral("--edit-disk"), QStringLiteral("a.vhdx")});
        QVERIFY(named && !named->newMachine && named->iso.isEmpty());
        QCOMPARE(named->disk, QStringLiteral("/home/me/a.vhdx"));
        const Result<StartRequest> arrived = StartRequest::fromJson(named->toJson());
        QVERIFY(arrived && *arrived == *named);
        QVERIFY(!parse({QStringLiteral("--edit-disk"), QStringLiteral("a"), QStringLiteral("b")}));
    }

    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("named");
        QTest::newRow("unknown option") << QStringList{QStringLiteral("--nwe")} << QStringLiteral("--nwe");
        QTest::newRow("two files") << QStringList{QStringLiteral("a"), QStringLiteral("b")}
                                   << QStringLiteral("More than one");
    }

    void refuses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, named);
        const Result<StartRequest> request = parseStart(arguments, QStringLiteral("/"));
        QVERIFY(!request);
        QCOMPARE(request.error().kind, ErrorKind::InvalidInput);
        QVERIFY(request.error().summary.contains(named));
        QVERIFY(!request.error().advice.isEmpty());
    }

    void refusesWhatIsNoJson()
    {
        for (const char* line : {"", "x", "[]", "{\"new\":"}) {
            QVERIFY2(!StartRequest::fromJson(line), line);
        }
    }
};

QTEST_GUILESS_MAIN(StartRequestTest)
#include "start_request_test.moc"
