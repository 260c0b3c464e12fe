// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's settings and network adapters, by platterctl alone.
#include "command_line.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

class PlatterctlSettingTest : public QObject {
    Q_OBJECT

    std::unique_ptr<CommandLine> m_shell;

    Outcome run(const QString& words) const { return m_shell->run(words); }

    QJsonObject machine() const { return run(QStringLiteral("machine show box --json")).json().object(); }

    QJsonObject definition() const { return machine()[QStringLiteral("definition")].toObject(); }

    QJsonObject adapter(int number) const
    {
        return run(QStringLiteral("network list box --json")).json().array().at(number).toObject();
    }

private Q_SLOTS:

    void init()
    {
        m_shell = std::make_unique<CommandLine>();
        const Outcome made = run(QStringLiteral("machine create box --memory 256M --cpus 1 --forward 42222:22"));
        QVERIFY2(made.code == 0, qPrintable(made.err));
    }

    void changesWhatIsNamedAndNothingElse()
    {
        const QJsonObject before = definition();
        const Outcome changed = m_shell->run(QStringList{QStringLiteral("machine"), QStringLiteral("set"),
            QStringLiteral("box"), QStringLiteral("--notes"), QStringLiteral("the mail server"),
            QStringLiteral("--video"), QStringLiteral("virtio"), QStringLiteral("--agent"), QStringLiteral("no"),
            QStringLiteral("--gdb"), QStringLiteral("yes"), QStringLiteral("--debug-serial"), QStringLiteral("yes"),
            QStringLiteral("--memory"), QStringLiteral("512M")});
        QVERIFY2(changed.code == 0, qPrintable(changed.err));
        QJsonObject after = definition();
        QCOMPARE(after.take(QStringLiteral("notes")).toString(), QStringLiteral("the mail server"));
        QCOMPARE(after.take(QStringLiteral("video")).toString(), QStringLiteral("virtio"));
        QCOMPARE(after.take(QStringLiteral("memory")).toString(), QStringLiteral("512M"));
        for (const char* key : {"cpus", "adapters", "drives", "bootOrder", "id"}) {
            QCOMPARE(after[QLatin1String(key)], before[QLatin1String(key)]);
        }
        const QString gdb = machine()[QStringLiteral("gdbSocket")].toString();
        QVERIFY(gdb.endsWith(QLatin1String("/gdb.sock")));
        const QString text = run(QStringLiteral("machine show box")).out;
        for (const QString& words : {QStringLiteral("the mail server"), QStringLiteral("virtio-vga"),
                 QStringLiteral("no channel"), QStringLiteral("/serial-2.sock"), gdb}) {
            QVERIFY2(text.contains(words), qPrintable(words + QLatin1Char('\n') + text));
        }
        QCOMPARE(run(QStringLiteral("machine set box --gdb no --video standard")).code, 0);
        QVERIFY(!machine().contains(QStringLiteral("gdbSocket")));
    }

    void refusesWhatCannotBe_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("reason");
        QTest::newRow("memory") << "machine set box --memory 1M" << "at least 128 MiB";
        QTest::newRow("no size") << "machine set box --memory much" << "much";
        QTest::newRow("processors") << "machine set box --cpus 0" << "at least one processor";
        QTest::newRow("half a processor") << "machine set box --cpus 1.5" << "--cpus cannot be “1.5”";
        QTest::newRow("display") << "machine set box --video vga" << "standard or virtio";
        QTest::newRow("neither yes nor no") << "machine set box --agent maybe" << "yes or no";
        QTest::newRow("address twice") << "network add box --mac %1" << "Change one of them";
        QTest::newRow("group address") << "network add box --mac 01:00:5e:00:00:01" << "even first number";
        QTest::newRow("bridge with forwards") << "network set box 0 --bridge br0" << "Remove the forwards";
        QTest::newRow("two networks") << "network add box --nat --bridge br0" << "name one";
        QTest::newRow("no such adapter") << "network set box 1 --connected no" << "no network adapter “1”";
        QTest::newRow("no forward") << "network set box 0 --forward 22" << "2222:22";
        QTest::newRow("no machine") << "machine set bax --cpus 1" << "bax";
    }

    void refusesWhatCannotBe()
    {
        QFETCH(QString, words);
        QFETCH(QString, reason);
        const QJsonObject before = definition();
        const QString mac = adapter(0)[QStringLiteral("mac")].toString();
        const Outcome refused = run(words.contains(QLatin1Char('%')) ? words.arg(mac) : words);
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains(reason), qPrintable(refused.err));
        QCOMPARE(definition(), before);
    }

    // The desktop runs the file's command; here the test does, by a shell, which reads such a line alike.
    void startsWithTheSession()
    {
        const QString file =
            m_shell->path(QStringLiteral("CONFIG_HOME/autostart/org.platter.Platter.machines.desktop"));
        QCOMPARE(run(QStringLiteral("machine create other --memory 256M --cpus 1 --disk 64M")).code, 0);
        QVERIFY(!QFile::exists(file));
        QCOMPARE(run(QStringLiteral("machine set box --start-with-session yes")).code, 0);
        QCOMPARE(run(QStringLiteral("machine set other --start-with-session yes")).code, 0);
        QFile autostart(file);
        QVERIFY(autostart.open(QIODevice::ReadOnly));
        const QStringList lines = QString::fromUtf8(autostart.readAll()).split(QLatin1Char('\n'));
        QVERIFY(lines.first() == QLatin1String("[Desktop Entry]"));
        const QStringList commands = lines.filter(QStringLiteral("Exec="));
        QCOMPARE(commands.size(), 1);

        // Both are tried, and both failures told.
        QVERIFY(QFile::remove(m_shell->path(QStringLiteral("DATA_HOME/platter/machines/other/other.vhdx"))));
        QVERIFY(m_shell->run(QStringLiteral("network set box 0 --no-forward")).code == 0);
        QVERIFY(m_shell->run(QStringLiteral("network set box 0 --bridge no-such-br")).code == 0);
        QProcess shell;
        shell.setProcessEnvironment(m_shell->environment());
        shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), commands.first().sliced(5)});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.exitCode(), 1);
        const QString told = QString::fromUtf8(shell.readAllStandardError());
        QVERIFY2(told.contains(QStringLiteral("no-such-br")) && told.contains(QStringLiteral("other.vhdx")),
            qPrintable(told));

        QCOMPARE(run(QStringLiteral("machine set box --start-with-session no")).code, 0);
        QVERIFY(QFile::exists(file));
        QCOMPARE(run(QStringLiteral("machine set other --start-with-session no")).code, 0);
        QVERIFY(!QFile::exists(file));
        QCOMPARE(run(QStringLiteral("machine start --with-session")).code, 0);
        QCOMPARE(run(QStringLiteral("machine start")).code, 2);
        QCOMPARE(run(QStringLiteral("machine start --with-session --press-key")).code, 2);
    }

    void addsChangesAndRemovesAdapters()
    {
        const Outcome added = run(QStringLiteral("network add box --bridge br0 --connected no"));
        QVERIFY2(added.code == 0, qPrintable(added.err));
        QCOMPARE(adapter(1)[QStringLiteral("bridge")].toString(), QStringLiteral("br0"));
        QCOMPARE(adapter(1)[QStringLiteral("connected")].toBool(true), false);
        QVERIFY(adapter(1)[QStringLiteral("mac")].toString().startsWith(QLatin1String("52:54:00:")));

        QCOMPARE(run(QStringLiteral("network set box 1 --nat --connected yes --forward udp:45353:53")).code, 0);
        QCOMPARE(adapter(1)[QStringLiteral("bridge")].toString(), QString());
        QVERIFY(adapter(1)[QStringLiteral("connected")].toBool());
        QCOMPARE(adapter(1)[QStringLiteral("forwards")][0][QStringLiteral("hostPort")].toInt(), 45353);

        QCOMPARE(run(QStringLiteral("network set box 0 --no-forward")).code, 0);
        QVERIFY(adapter(0)[QStringLiteral("forwards")].toArray().isEmpty());

        const QString second = adapter(1)[QStringLiteral("mac")].toString();
        QCOMPARE(run(QStringLiteral("network remove box 0")).code, 0);
        QCOMPARE(adapter(0)[QStringLiteral("mac")].toString(), second);
        QVERIFY(adapter(1).isEmpty());
    }
};

QTEST_GUILESS_MAIN(PlatterctlSettingTest)
#include "platterctl_setting_test.moc"
