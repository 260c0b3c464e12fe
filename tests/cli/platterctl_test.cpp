// SPDX-License-Identifier: GPL-3.0-or-later
// platterctl from outside: its words, exit codes and JSON, with the real QEMU where a machine has to run.
#include "command_line.h"
#include "core/qemu/runtime_folder.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

class PlatterctlTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<CommandLine> m_shell;

    Outcome run(const QStringList& arguments) { return m_shell->run(arguments); }

    QString path(const QString& name) const { return m_shell->path(name); }

private Q_SLOTS:

    void init() { m_shell = std::make_unique<CommandLine>(); }

    void wrongWordsEndWithTwo_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("nothing") << QStringList();
        QTest::newRow("no such verb") << QStringList{QStringLiteral("frobnicate")};
        QTest::newRow("half a verb") << QStringList{QStringLiteral("machine")};
        QTest::newRow("name missing") << QStringList{QStringLiteral("machine"), QStringLiteral("start")};
        QTest::newRow("a word too many")
            << QStringList{QStringLiteral("machine"), QStringLiteral("list"), QStringLiteral("x")};
        QTest::newRow("no such option")
            << QStringList{QStringLiteral("machine"), QStringLiteral("list"), QStringLiteral("--frob")};
    }

    void wrongWordsEndWithTwo()
    {
        QFETCH(QStringList, arguments);
        const Outcome outcome = run(arguments);
        QCOMPARE(outcome.code, 2);
        QVERIFY(outcome.out.isEmpty());
        QVERIFY(outcome.err.contains(QStringLiteral("platterctl")));
    }

    void everyVerbExplainsItself()
    {
        const Outcome overview = run({QStringLiteral("--help")});
        QCOMPARE(overview.code, 0);
        int verbs = 0;
        for (const QString& line : overview.out.split(QLatin1Char('\n'))) {
            if (!line.startsWith(QLatin1String("  platterctl "))) {
                continue;
            }
            QStringList words = line.section(QStringLiteral("  "), 1, 1).split(QLatin1Char(' '));
            words.removeFirst();
            while (!words.isEmpty() && words.last().toUpper() == words.last()) {
                words.removeLast();
            }
            const Outcome help = run(words + QStringList{QStringLiteral("--help")});
            QVERIFY2(help.code == 0 && help.out.contains(words.join(QLatin1Char(' '))), qPrintable(line));
            ++verbs;
        }
        QVERIFY(verbs >= 15);
    }

    void aNounExplainsItsVerbs()
    {
        const Outcome help = run({QStringLiteral("drive"), QStringLiteral("--help")});
        QCOMPARE(help.code, 0);
        QVERIFY2(
            help.out.contains(QStringLiteral("platterctl drive insert MACHINE SLOT ISO")), qPrintable(help.out));
        QVERIFY2(!help.out.contains(QStringLiteral("platterctl machine")), qPrintable(help.out));
        const Outcome alone = run({QStringLiteral("drive")});
        QCOMPARE(alone.code, 2);
        QVERIFY2(alone.err.contains(QStringLiteral("platterctl drive insert")), qPrintable(alone.err));
        const Outcome unknown = run({QStringLiteral("drive"), QStringLiteral("frob")});
        QCOMPARE(unknown.code, 2);
        QVERIFY2(unknown.err.contains(QStringLiteral("platterctl drive --help")), qPrintable(unknown.err));
    }

    void aMachineIsMadeShownAndDeleted()
    {
        QCOMPARE(run({QStringLiteral("machine"), QStringLiteral("list"), QStringLiteral("--json")}).json().array(),
            QJsonArray());
        const QString name = QStringLiteral("Prüf stand ✓");
        const QStringList create{QStringLiteral("machine"), QStringLiteral("create"), name,
            QStringLiteral("--memory"), QStringLiteral("512M"), QStringLiteral("--cpus"), QStringLiteral("1"),
            QStringLiteral("--disk"), QStringLiteral("64T"), QStringLiteral("--forward"),
            QStringLiteral("2222:22")};

        const Outcome dry = run(create + QStringList{QStringLiteral("--dry-run")});
        QCOMPARE(dry.code, 0);
        QVERIFY2(dry.out.contains(QStringLiteral("64 TiB")), qPrintable(dry.out));
        QVERIFY(run({QStringLiteral("machine"), QStringLiteral("list"), QStringLiteral("--json")})
                .json()
                .array()
                .isEmpty());

        const Outcome made = run(create + QStringList{QStringLiteral("--json")});
        QVERIFY2(made.code == 0, qPrintable(made.err));
        QCOMPARE(made.json()[QStringLiteral("name")].toString(), name);
        QCOMPARE(made.json()[QStringLiteral("state")].toString(), QStringLiteral("off"));

        const Outcome again = run(create);
        QCOMPARE(again.code, 1);
        QVERIFY2(again.err.contains(name), qPrintable(again.err));

        const Outcome drives =
            run({QStringLiteral("drive"), QStringLiteral("list"), name, QStringLiteral("--json")});
        QCOMPARE(drives.json().array().size(), 1);
        QCOMPARE(drives.json()[0][QStringLiteral("format")].toString(), QStringLiteral("vhdx"));
        const QString file = drives.json()[0][QStringLiteral("file")].toString();
        QVERIFY(QFile::exists(file));

        const Outcome shown = run({QStringLiteral("machine"), QStringLiteral("show"), name});
        QVERIFY2(shown.out.contains(QStringLiteral("512 MiB")) && shown.out.contains(QStringLiteral("2222")),
            qPrintable(shown.out));

        const Outcome gone =
            run({QStringLiteral("machine"), QStringLiteral("delete"), name, QStringLiteral("--for-good")});
        QVERIFY2(gone.code == 0, qPrintable(gone.err));
        QVERIFY(!QFile::exists(file));
    }

    void badInputMakesNothing_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* title, const QStringList& options, const char* says) {
            QTest::newRow(title) << options << QString::fromUtf8(says);
        };
        row("memory is no size", {QStringLiteral("--memory"), QStringLiteral("much")}, "much");
        row("more memory than the host", {QStringLiteral("--memory"), QStringLiteral("900T")}, "memory");
        row("no processor", {QStringLiteral("--cpus"), QStringLiteral("0")}, "processor");
        row("cpus is no number", {QStringLiteral("--cpus"), QStringLiteral("two")}, "two");
        row("a disk beyond 64 TiB", {QStringLiteral("--disk"), QStringLiteral("65T")}, "64 TiB");
        row("no such format",
            {QStringLiteral("--disk"), QStringLiteral("1G"), QStringLiteral("--disk-format"),
                QStringLiteral("vmdk")},
            "vhdx, qcow2 or raw");
        row("no such disk", {QStringLiteral("--disk-file"), QStringLiteral("/nowhere/x.vhdx")}, "/nowhere/x.vhdx");
        row("no such ISO", {QStringLiteral("--iso"), QStringLiteral("/nowhere/x.iso")}, "/nowhere/x.iso");
        row("a port that is none", {QStringLiteral("--forward"), QStringLiteral("70000:22")}, "70000");
        row("a network that is none", {QStringLiteral("--network"), QStringLiteral("token-ring")}, "nat or none");
        row("forwards without a network",
            {QStringLiteral("--network"), QStringLiteral("none"), QStringLiteral("--forward"),
                QStringLiteral("2222:22")},
            "network");
    }

    void badInputMakesNothing()
    {
        QFETCH(QStringList, options);
        QFETCH(QString, says);
        const Outcome outcome =
            run(QStringList{QStringLiteral("machine"), QStringLiteral("create"), QStringLiteral("x")} + options);
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.err.contains(says, Qt::CaseInsensitive), qPrintable(outcome.err));
        // One cause, one sentence.
        QCOMPARE(outcome.err.count(QLatin1String("platterctl: ")), 1);
        QVERIFY(run({QStringLiteral("machine"), QStringLiteral("list"), QStringLiteral("--json")})
                .json()
                .array()
                .isEmpty());
    }

    void aDamagedMachineIsNamedAndDisturbsNoOther()
    {
        for (const char* name : {"good", "bad"}) {
            QCOMPARE(run({QStringLiteral("machine"), QStringLiteral("create"), QString::fromLatin1(name)}).code, 0);
        }
        QFile file(path(QStringLiteral("DATA_HOME/platter/machines/bad/machine.json")));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("{\"version\": 1,");
        file.close();

        const Outcome listed = run({QStringLiteral("machine"), QStringLiteral("list"), QStringLiteral("--json")});
        QCOMPARE(listed.code, 1);
        QVERIFY2(listed.err.contains(QStringLiteral("machine.json")), qPrintable(listed.err));
        const QJsonArray list = listed.json().array();
        QCOMPARE(list.size(), 2);
        QVERIFY(!list[0][QStringLiteral("error")].toString().isEmpty());
        QCOMPARE(list[1][QStringLiteral("state")].toString(), QStringLiteral("off"));
        const Outcome start = run({QStringLiteral("machine"), QStringLiteral("start"), QStringLiteral("bad")});
        QCOMPARE(start.code, 1);
        QVERIFY2(start.err.contains(QStringLiteral("machine.json")), qPrintable(start.err));
    }

    void missingProgramsAreNamed()
    {
        QCOMPARE(run({QStringLiteral("machine"), QStringLiteral("create"), QStringLiteral("x")}).code, 0);
        m_shell->set(QStringLiteral("PATH"), path(QStringLiteral(".")));
        const Outcome start = run({QStringLiteral("machine"), QStringLiteral("start"), QStringLiteral("x")});
        QCOMPARE(start.code, 1);
        QVERIFY2(start.err.contains(QStringLiteral("qemu-system-x86")), qPrintable(start.err));
    }

    void aMachineRunsPausesAndStops()
    {
        const QString name = QStringLiteral("runner");
        QCOMPARE(run({QStringLiteral("machine"), QStringLiteral("create"), name, QStringLiteral("--memory"),
                         QStringLiteral("256M"), QStringLiteral("--cpus"), QStringLiteral("1"),
                         QStringLiteral("--disk"), QStringLiteral("1G")})
                     .code,
            0);
        const auto verb = [&](const char* what) {
            return run({QStringLiteral("machine"), QString::fromLatin1(what), name, QStringLiteral("--json")});
        };
        const auto state = [&] { return verb("show").json()[QStringLiteral("state")].toString(); };

        const Outcome wrong = verb("pause");
        QCOMPARE(wrong.code, 1);
        QCOMPARE(wrong.json()[QStringLiteral("errors")][0][QStringLiteral("kind")].toString(),
            QStringLiteral("wrong-state"));

        const Outcome started = run({QStringLiteral("machine"), QStringLiteral("start"), name,
            QStringLiteral("--software-emulation"), QStringLiteral("--json")});
        QVERIFY2(started.code == 0, qPrintable(started.err));
        QCOMPARE(started.json()[QStringLiteral("state")].toString(), QStringLiteral("running"));
        QCOMPARE(state(), QStringLiteral("running"));
        QCOMPARE(verb("start").code, 1);
        QCOMPARE(verb("delete").code, 1);
        QCOMPARE(verb("pause").code, 0);
        QCOMPARE(state(), QStringLiteral("paused"));
        QCOMPARE(verb("resume").code, 0);
        QCOMPARE(verb("reset").code, 0);
        QCOMPARE(state(), QStringLiteral("running"));
        QCOMPARE(verb("poweroff").code, 0);
        QCOMPARE(state(), QStringLiteral("off"));
    }

    void aCrashIsShownWithWhatQemuSaid()
    {
        const QString name = QStringLiteral("runner");
        QCOMPARE(run({QStringLiteral("machine"), QStringLiteral("create"), name, QStringLiteral("--memory"),
                         QStringLiteral("256M"), QStringLiteral("--cpus"), QStringLiteral("1")})
                     .code,
            0);
        const Outcome started =
            run({QStringLiteral("machine"), QStringLiteral("start"), name, QStringLiteral("--software-emulation")});
        QVERIFY2(started.code == 0, qPrintable(started.err));
        const QStringList folders =
            QDir(path(QStringLiteral("RUNTIME_DIR/platter"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QCOMPARE(folders.size(), 1);
        const platter::RuntimeFolder runtime{path(QStringLiteral("RUNTIME_DIR/platter/")) + folders.constFirst()};
        const std::optional<pid_t> qemu = runtime.runningQemu();
        QVERIFY(qemu);
        QCOMPARE(::kill(*qemu, SIGKILL), 0);
        QTRY_VERIFY_WITH_TIMEOUT(!runtime.runningQemu(), 30'000);

        const Outcome shown = run({QStringLiteral("machine"), QStringLiteral("show"), name});
        QCOMPARE(shown.code, 0);
        QVERIFY2(shown.out.contains(QStringLiteral("Crashed")), qPrintable(shown.out));
        // The sentence speaks of details: here they are.
        QVERIFY2(shown.out.contains(QStringLiteral("qemu.log")), qPrintable(shown.out));
    }

    void whatRunsStaysInReachWhenItsDefinitionBreaks_data()
    {
        QTest::addColumn<bool>("folderIsGone");
        QTest::newRow("broken") << false;
        QTest::newRow("gone") << true;
    }

    void whatRunsStaysInReachWhenItsDefinitionBreaks()
    {
        QFETCH(bool, folderIsGone);
        const QString name = QStringLiteral("runner");
        const auto verb = [&](const char* what) {
            return run({QStringLiteral("machine"), QString::fromLatin1(what), name, QStringLiteral("--json")});
        };
        QCOMPARE(run({QStringLiteral("machine"), QStringLiteral("create"), name, QStringLiteral("--memory"),
                         QStringLiteral("256M"), QStringLiteral("--cpus"), QStringLiteral("1")})
                     .code,
            0);
        const Outcome started =
            run({QStringLiteral("machine"), QStringLiteral("start"), name, QStringLiteral("--software-emulation")});
        QVERIFY2(started.code == 0, qPrintable(started.err));
        const QString folder = path(QStringLiteral("DATA_HOME/platter/machines/runner"));
        if (folderIsGone) {
            QVERIFY(QDir(folder).removeRecursively());
        } else {
            QFile file(folder + QStringLiteral("/machine.json"));
            QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        }

        const Outcome list = run({QStringLiteral("machine"), QStringLiteral("list")});
        QCOMPARE(list.code, 1);
        QVERIFY2(list.out.contains(QStringLiteral("Running")), qPrintable(list.out));
        QVERIFY2(list.err.contains(folder), qPrintable(list.err));
        const QJsonDocument shown = verb("show").json();
        QCOMPARE(shown[QStringLiteral("state")].toString(), QStringLiteral("running"));
        QVERIFY(!shown[QStringLiteral("error")].toString().isEmpty());

        // Its disks stay as long as a guest writes to them.
        const Outcome deleted =
            run({QStringLiteral("machine"), QStringLiteral("delete"), name, QStringLiteral("--for-good")});
        QCOMPARE(deleted.code, 1);
        QVERIFY2(deleted.err.contains(QStringLiteral("while it is up")), qPrintable(deleted.err));
        QCOMPARE(QDir(folder).exists(), !folderIsGone);

        const Outcome stopped = verb("poweroff");
        QVERIFY2(stopped.code == 0, qPrintable(stopped.err));
        QCOMPARE(verb("show").code, 1);
        const Outcome after = run({QStringLiteral("machine"), QStringLiteral("list")});
        QVERIFY2(!after.out.contains(QStringLiteral("Running")), qPrintable(after.out));
    }
};

QTEST_GUILESS_MAIN(PlatterctlTest)
#include "platterctl_test.moc"
