// SPDX-License-Identifier: GPL-3.0-or-later
// platterctl's disk verbs on real files, with qemu-img and qemu-io as the second opinion.
#include "command_line.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonObject>
#include <QScopeGuard>
#include <QTest>

#include <csignal>
#include <utility>
#include <vector>

namespace {

constexpr qint64 gibibyte = qint64(1) << 30;

// Runs a tool; its output, or a failure that says its words.
QString tool(const QString& program, const QStringList& arguments, int wanted = 0)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.waitForFinished(120'000);
    const QString words = QString::fromUtf8(process.readAll());
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != wanted) {
        QTest::qFail(qPrintable(program + QStringLiteral(": ") + words), __FILE__, __LINE__);
    }
    return words;
}

QByteArray contentOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

} // namespace

class PlatterctlDiskTest : public QObject {
    Q_OBJECT

    std::unique_ptr<CommandLine> m_shell;

    Outcome run(const QString& words) { return m_shell->run(words); }

    QString path(const QString& name) const { return m_shell->path(name); }

    void qemuIo(const QString& file, const QStringList& commands)
    {
        QStringList arguments{QStringLiteral("-f"), QStringLiteral("vhdx")};
        for (const QString& command : commands) {
            arguments << QStringLiteral("-c") << command;
        }
        const QString words = tool(QStringLiteral("qemu-io"), arguments << path(file));
        QVERIFY2(!words.contains(QStringLiteral("failed")), qPrintable(words));
    }

    qint64 sizeOf(const QString& file)
    {
        const Outcome info = run(QStringLiteral("disk info --json ") + file);
        return static_cast<qint64>(info.json().object().value(QLatin1String("virtualSize")).toDouble());
    }

    // So large that there is time to do something meanwhile.
    QString makeBigImage() const
    {
        QFile big(path(QStringLiteral("big.raw")));
        const QByteArray piece(1 << 20, 'x');
        bool done = big.open(QIODevice::WriteOnly);
        for (int i = 0; i < 512 && done; ++i) {
            done = big.write(piece) == piece.size();
        }
        if (!done) {
            qFatal("%s: %s", qPrintable(big.fileName()), qPrintable(big.errorString()));
        }
        return big.fileName();
    }

private Q_SLOTS:

    void init() { m_shell = std::make_unique<CommandLine>(); }

    void aDiskGoesThroughItsLife()
    {
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G --block-size 1M")).code, 0);
        QCOMPARE(sizeOf(QStringLiteral("d.vhdx")), gibibyte);
        qemuIo(QStringLiteral("d.vhdx"), {QStringLiteral("write -P 7 0 4M"), QStringLiteral("write -P 9 700M 1M")});

        const Outcome expanded = run(QStringLiteral("disk expand d.vhdx 64T"));
        QVERIFY2(expanded.code == 0, qPrintable(expanded.err));
        QCOMPARE(sizeOf(QStringLiteral("d.vhdx")), 65536 * gibibyte);
        tool(QStringLiteral("qemu-img"), {QStringLiteral("check"), path(QStringLiteral("d.vhdx"))});
        qemuIo(QStringLiteral("d.vhdx"),
            {QStringLiteral("read -P 7 0 4M"), QStringLiteral("read -P 9 700M 1M"),
                QStringLiteral("write -P 5 60T 1M"), QStringLiteral("write -z 1M 2M")});
        QCOMPARE(run(QStringLiteral("disk check d.vhdx")).code, 0);

        const Outcome cut = run(QStringLiteral("disk shrink d.vhdx 1G"));
        QCOMPARE(cut.code, 1); // the block at 60 TiB is in use
        QVERIFY2(cut.err.contains(QStringLiteral("cannot be smaller")), qPrintable(cut.err));

        const Outcome compacted = run(QStringLiteral("disk compact d.vhdx"));
        QVERIFY2(compacted.code == 0, qPrintable(compacted.err));
        tool(QStringLiteral("qemu-img"), {QStringLiteral("check"), path(QStringLiteral("d.vhdx"))});
        qemuIo(QStringLiteral("d.vhdx"),
            {QStringLiteral("read -P 7 0 1M"), QStringLiteral("read -P 0 1M 2M"), QStringLiteral("read -P 7 3M 1M"),
                QStringLiteral("read -P 9 700M 1M"), QStringLiteral("read -P 5 60T 1M")});
        QCOMPARE(run(QStringLiteral("disk check d.vhdx")).code, 0);
    }

    // Where the file system shares blocks, which cp knows as well.
    void undoesWhereACopyCanBeKept()
    {
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G --block-size 1M")).code, 0);
        qemuIo(QStringLiteral("d.vhdx"), {QStringLiteral("write -P 7 0 4M")});
        const bool shares =
            QProcess::execute(QStringLiteral("cp"),
                {QStringLiteral("--reflink=always"), path(QStringLiteral("d.vhdx")), path(QStringLiteral("probe"))})
            == 0;
        const QByteArray before = contentOf(path(QStringLiteral("d.vhdx")));
        const Outcome plan = run(QStringLiteral("disk expand d.vhdx 2G --plan"));
        QCOMPARE(plan.out.contains(QStringLiteral("Undo brings it back")), shares);
        const Outcome expanded = run(QStringLiteral("disk expand d.vhdx 2G --json"));
        QCOMPARE(expanded.code, 0);
        QCOMPARE(expanded.json().object().contains(QLatin1String("keptCopy")), shares);
        const Outcome undone = run(QStringLiteral("disk undo d.vhdx"));
        QCOMPARE(undone.code, shares ? 0 : 1);
        QCOMPARE(contentOf(path(QStringLiteral("d.vhdx"))) == before, shares);
        QVERIFY2(shares || undone.err.contains(QStringLiteral("No copy is kept")), qPrintable(undone.err));
        const Outcome forgotten = run(QStringLiteral("disk undo d.vhdx --forget"));
        QCOMPARE(forgotten.code, 0);
    }

    // QEMU writes each of the table's millions of entries, which say that there is nothing.
    void shrinksAnEmptyDiskWithALongTable()
    {
        tool(QStringLiteral("qemu-img"),
            {QStringLiteral("create"), QStringLiteral("-f"), QStringLiteral("vhdx"), QStringLiteral("-o"),
                QStringLiteral("block_size=1M"), path(QStringLiteral("d.vhdx")), QStringLiteral("4T")});
        const Outcome cut = run(QStringLiteral("disk shrink d.vhdx 1T"));
        QVERIFY2(cut.code == 0, qPrintable(cut.err));
        QCOMPARE(sizeOf(QStringLiteral("d.vhdx")), 1024 * gibibyte);
        tool(QStringLiteral("qemu-img"), {QStringLiteral("check"), path(QStringLiteral("d.vhdx"))});
        QCOMPARE(run(QStringLiteral("disk check d.vhdx")).code, 0);
    }

    // Only where either holds something is there anything to do; the rest is millions of blocks.
    void flattensALargeDiskThatIsAlmostEmpty()
    {
        QCOMPARE(run(QStringLiteral("disk create p.vhdx --size 64T --block-size 1M")).code, 0);
        qemuIo(
            QStringLiteral("p.vhdx"), {QStringLiteral("write -P 7 10G 3M"), QStringLiteral("write -P 9 63T 1M")});
        QCOMPARE(run(QStringLiteral("disk create c.vhdx --parent p.vhdx")).code, 0);
        const Outcome flattened = run(QStringLiteral("disk flatten c.vhdx"));
        QVERIFY2(flattened.code == 0, qPrintable(flattened.err));
        QVERIFY(QFile::remove(path(QStringLiteral("p.vhdx"))));
        qemuIo(QStringLiteral("c.vhdx"),
            {QStringLiteral("read -P 7 10G 3M"), QStringLiteral("read -P 0 10243M 1M"),
                QStringLiteral("read -P 9 63T 1M"), QStringLiteral("read -P 0 40T 1M")});
        QCOMPARE(run(QStringLiteral("disk check c.vhdx")).code, 0);
    }

    void blocksOfLargeDisksAreLarger()
    {
        const auto blockOf = [this](const QString& name) {
            return run(QStringLiteral("disk info --json ") + name).json()[QLatin1String("blockSize")].toInteger()
                >> 20;
        };
        QCOMPARE(run(QStringLiteral("disk create a.vhdx --size 64T")).code, 0);
        QCOMPARE(blockOf(QStringLiteral("a.vhdx")), 128);
        QCOMPARE(run(QStringLiteral("disk create b.vhdx --size 20T --block-size 32M")).code, 0);
        QCOMPARE(blockOf(QStringLiteral("b.vhdx")), 32);
        QCOMPARE(run(QStringLiteral("disk convert b.vhdx c.vhdx")).code, 0);
        QCOMPARE(blockOf(QStringLiteral("c.vhdx")), 64);
    }

    void compactingGivesBackWhatIsZero()
    {
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G --block-size 1M")).code, 0);
        qemuIo(
            QStringLiteral("d.vhdx"), {QStringLiteral("write -P 7 0 64M"), QStringLiteral("write -P 0 10M 20M")});
        const qint64 before = QFileInfo(path(QStringLiteral("d.vhdx"))).size();
        const Outcome compacted = run(QStringLiteral("disk compact d.vhdx"));
        QVERIFY2(compacted.code == 0, qPrintable(compacted.err));
        QCOMPARE(QFileInfo(path(QStringLiteral("d.vhdx"))).size(), before - (20 << 20));
        qemuIo(QStringLiteral("d.vhdx"),
            {QStringLiteral("read -P 7 0 10M"), QStringLiteral("read -P 0 10M 20M"),
                QStringLiteral("read -P 7 30M 34M")});
    }

    void plansTouchNothing_data()
    {
        QTest::addColumn<QString>("words");
        QTest::newRow("expand") << QStringLiteral("disk expand d.vhdx 2T --plan");
        QTest::newRow("shrink") << QStringLiteral("disk shrink d.vhdx 512M --plan");
        QTest::newRow("compact") << QStringLiteral("disk compact d.vhdx --plan");
        QTest::newRow("convert") << QStringLiteral("disk convert d.vhdx e.vhd --plan");
        QTest::newRow("info") << QStringLiteral("disk info d.vhdx");
        QTest::newRow("check") << QStringLiteral("disk check d.vhdx");
    }

    void plansTouchNothing()
    {
        QFETCH(QString, words);
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G")).code, 0);
        qemuIo(QStringLiteral("d.vhdx"), {QStringLiteral("write -P 7 0 4M")});
        const QString file = path(QStringLiteral("d.vhdx"));
        const QByteArray content = contentOf(file);
        const QDateTime modified = QFileInfo(file).lastModified();
        const Outcome plan = run(words);
        QVERIFY2(plan.code == 0, qPrintable(plan.err));
        QVERIFY(!plan.out.trimmed().isEmpty());
        QCOMPARE(QFileInfo(file).lastModified(), modified);
        QVERIFY(contentOf(file) == content);
        QVERIFY(!QFile::exists(path(QStringLiteral("e.vhd"))));
    }

    void convertsThereAndBack()
    {
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 300M --block-size 2M")).code, 0);
        qemuIo(
            QStringLiteral("d.vhdx"), {QStringLiteral("write -P 7 10M 4M"), QStringLiteral("write -P 9 299M 1M")});
        // What qemu-img has a part in is waited for.
        const std::vector<std::pair<QString, bool>> steps{{QStringLiteral("d.vhdx a.vhd"), false},
            {QStringLiteral("a.vhd b.raw"), false}, {QStringLiteral("b.raw c.vhdx --type fixed"), false},
            {QStringLiteral("c.vhdx d.qcow2"), true}, {QStringLiteral("d.qcow2 e.vhd --type fixed"), true},
            {QStringLiteral("e.vhd f.vhdx --sync"), true}};
        for (const auto& [step, isStored] : steps) {
            const Outcome converted = run(QStringLiteral("disk convert ") + step);
            QVERIFY2(converted.code == 0, qPrintable(step + converted.err));
            QCOMPARE(converted.out.contains(QStringLiteral("“sync”")), !isStored);
        }
        const Outcome verified = run(QStringLiteral("disk convert --verify --json a.vhd g.vhdx"));
        QCOMPARE(verified.json().object().value(QLatin1String("stored")), QJsonValue(true));
        tool(QStringLiteral("qemu-img"),
            {QStringLiteral("compare"), path(QStringLiteral("d.vhdx")), path(QStringLiteral("f.vhdx"))});
        const Outcome again = run(QStringLiteral("disk convert d.vhdx f.vhdx"));
        QCOMPARE(again.code, 1); // nothing is ever replaced
        QCOMPARE(run(QStringLiteral("disk convert d.vhdx d.vhdx")).code, 1);
    }

    void aChildIsMadeMergedAndFlattened()
    {
        QCOMPARE(run(QStringLiteral("disk create p.vhdx --size 64M --block-size 1M")).code, 0);
        qemuIo(QStringLiteral("p.vhdx"), {QStringLiteral("write -P 7 0 4M")});
        QCOMPARE(run(QStringLiteral("disk create c.vhdx --parent p.vhdx")).code, 0);
        const Outcome info = run(QStringLiteral("disk info --json c.vhdx"));
        QCOMPARE(info.json().object().value(QLatin1String("type")).toString(), QStringLiteral("differencing"));

        // Its parent must stay as it is.
        const Outcome refused = run(QStringLiteral("disk expand p.vhdx 2G"));
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains(QStringLiteral("c.vhdx")), qPrintable(refused.err));

        QCOMPARE(run(QStringLiteral("disk expand c.vhdx 128M")).code, 0);
        QCOMPARE(run(QStringLiteral("disk flatten c.vhdx --verify")).code, 2); // no new image
        QCOMPARE(run(QStringLiteral("disk flatten c.vhdx whole.vhdx --verify")).code, 0);
        QCOMPARE(run(QStringLiteral("disk merge c.vhdx")).code, 0);
        QVERIFY(!QFile::exists(path(QStringLiteral("c.vhdx"))));
        tool(QStringLiteral("qemu-img"),
            {QStringLiteral("compare"), path(QStringLiteral("p.vhdx")), path(QStringLiteral("whole.vhdx"))});
        QCOMPARE(sizeOf(QStringLiteral("p.vhdx")), gibibyte / 8);

        QCOMPARE(run(QStringLiteral("disk create c.vhdx --parent p.vhdx")).code, 0);
        QVERIFY(QFile::rename(path(QStringLiteral("p.vhdx")), path(QStringLiteral("moved.vhdx"))));
        QCOMPARE(run(QStringLiteral("disk check c.vhdx")).code, 0);
        const Outcome lost = run(QStringLiteral("disk flatten c.vhdx"));
        QCOMPARE(lost.code, 1);
        QVERIFY2(lost.err.contains(QStringLiteral("--parent")), qPrintable(lost.err));
        QCOMPARE(run(QStringLiteral("disk reconnect c.vhdx moved.vhdx")).code, 0);
        QCOMPARE(run(QStringLiteral("disk flatten c.vhdx")).code, 0);
        tool(QStringLiteral("qemu-img"),
            {QStringLiteral("compare"), path(QStringLiteral("c.vhdx")), path(QStringLiteral("whole.vhdx"))});
    }

    void whatQemuHasOpenIsRefused()
    {
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G")).code, 0);
        QProcess holder;
        holder.start(QStringLiteral("qemu-io"),
            {QStringLiteral("-f"), QStringLiteral("vhdx"), path(QStringLiteral("d.vhdx"))});
        QVERIFY(holder.waitForStarted());
        // Once it answers, it has the image open.
        holder.write("read 0 512\n");
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += holder.readAllStandardOutput()).contains("read 512/512"), 20000);
        for (const char* words : {"disk expand d.vhdx 2G", "disk compact d.vhdx", "disk check d.vhdx",
                 "disk info d.vhdx", "disk convert d.vhdx e.raw"}) {
            const Outcome refused = run(QLatin1String(words));
            QVERIFY2(refused.code == 1 && refused.err.contains(QStringLiteral("qemu-io")),
                qPrintable(QLatin1String(words) + refused.err));
        }
        QCOMPARE(run(QStringLiteral("disk info --force-share d.vhdx")).code, 0);
        holder.write("quit\n");
        QVERIFY(holder.waitForFinished(20000));
        QCOMPARE(run(QStringLiteral("disk expand d.vhdx 2G")).code, 0);
    }

    void anInterruptedConversionLeavesNothing()
    {
        const QString big = makeBigImage();
        QProcess process;
        process.setProcessEnvironment(m_shell->environment());
        process.setWorkingDirectory(QFileInfo(big).absolutePath());
        process.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
            {QStringLiteral("disk"), QStringLiteral("convert"), QStringLiteral("--verify"),
                QStringLiteral("--progress"), QStringLiteral("big.raw"), QStringLiteral("big.vhdx")});
        // Once it reports, it is at work.
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT(
            !(said += process.readAllStandardError()).isEmpty() || process.state() == QProcess::NotRunning, 60000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        if (process.exitCode() == 0) {
            QVERIFY(QFile::exists(path(QStringLiteral("big.vhdx")))); // it was done before the signal came
            return;
        }
        const QStringList left = QDir(QFileInfo(big).absolutePath()).entryList(QDir::Files | QDir::Hidden);
        QCOMPARE(left, QStringList{QStringLiteral("big.raw")});
    }

    void aKilledConversionLeavesNoQemuImgAtWork()
    {
        const QString big = makeBigImage();
        // 0: none.
        const auto qemuImg = [&] {
            for (const QString& process : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
                QFile line(QStringLiteral("/proc/%1/cmdline").arg(process));
                const QByteArray words = line.open(QIODevice::ReadOnly) ? line.readAll() : QByteArray();
                if (words.contains("qemu-img") && words.contains("convert")
                    && words.contains(QFile::encodeName(big))) {
                    return process.toInt();
                }
            }
            return 0;
        };
        QProcess process;
        process.setProcessEnvironment(m_shell->environment());
        process.start(QStringLiteral(PLATTER_BINARY_DIR "/bin/platterctl"),
            {QStringLiteral("disk"), QStringLiteral("convert"), big, path(QStringLiteral("big.vmdk"))});
        pid_t atWork = 0;
        QTRY_VERIFY_WITH_TIMEOUT((atWork = qemuImg()) != 0, 60000);
        const auto end = qScopeGuard([atWork] { ::kill(atWork, SIGKILL); });
        // It does not end by itself.
        QCOMPARE(::kill(atWork, SIGSTOP), 0);
        process.kill();
        QVERIFY(process.waitForFinished(60000));
        QTRY_COMPARE_WITH_TIMEOUT(qemuImg(), 0, 60000);
        QVERIFY(!QFile::exists(path(QStringLiteral("big.vmdk"))));
    }

    void whatQemuLeavesIsRepaired()
    {
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G")).code, 0);
        // A header that names a log, and no log: what QEMU leaves when it is cut off at its first allocation.
        QFile file(path(QStringLiteral("d.vhdx")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.resize(file.size() + 512));
        QVERIFY(file.seek(256 << 10)); // the second region table
        file.write(QByteArray(4096, 'x'));
        file.close();
        const Outcome found = run(QStringLiteral("disk check d.vhdx"));
        QCOMPARE(found.code, 1);
        QVERIFY2(found.out.contains(QStringLiteral("Region table 2")), qPrintable(found.out));
        const Outcome repaired = run(QStringLiteral("disk check --repair --json d.vhdx"));
        QVERIFY2(repaired.code == 0, qPrintable(repaired.err));
        QVERIFY(QFile::exists(repaired.json().object().value(QLatin1String("kept")).toString()));
        QCOMPARE(run(QStringLiteral("disk check d.vhdx")).code, 0);
        tool(QStringLiteral("qemu-img"), {QStringLiteral("check"), path(QStringLiteral("d.vhdx"))});
    }

    void badWordsAreRefusedInWords_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("says");
        QTest::newRow("size 0") << QStringLiteral("disk create n.vhdx --size 0") << QStringLiteral("0");
        QTest::newRow("no size") << QStringLiteral("disk create n.vhdx") << QStringLiteral("--size");
        QTest::newRow("65 TiB") << QStringLiteral("disk create n.vhdx --size 65T") << QStringLiteral("64 TiB");
        QTest::newRow("block") << QStringLiteral("disk create n.vhdx --size 1G --block-size 3M")
                               << QStringLiteral("power of two");
        QTest::newRow("sector") << QStringLiteral("disk create n.vhdx --size 1G --sector-size 1024")
                                << QStringLiteral("512 or 4096");
        QTest::newRow("format") << QStringLiteral("disk create n.vhdx --size 1G --format zip")
                                << QStringLiteral("zip");
        QTest::newRow("there") << QStringLiteral("disk create d.vhdx --size 1G")
                               << QStringLiteral("exists already");
        QTest::newRow("missing") << QStringLiteral("disk info nowhere.vhdx") << QStringLiteral("does not exist");
        QTest::newRow("smaller") << QStringLiteral("disk expand d.vhdx 512M") << QStringLiteral("already");
        QTest::newRow("larger") << QStringLiteral("disk shrink d.vhdx 2G") << QStringLiteral("only");
        QTest::newRow("not whole") << QStringLiteral("disk expand d.vhdx 1073741825") << QStringLiteral("sectors");
        QTest::newRow("no child") << QStringLiteral("disk flatten d.vhdx") << QStringLiteral("no differencing");
        QTest::newRow("no name") << QStringLiteral("disk convert d.vhdx e.xyz") << QStringLiteral("--format");
    }

    void badWordsAreRefusedInWords()
    {
        QFETCH(QString, words);
        QFETCH(QString, says);
        QCOMPARE(run(QStringLiteral("disk create d.vhdx --size 1G")).code, 0);
        const QByteArray content = contentOf(path(QStringLiteral("d.vhdx")));
        const Outcome refused = run(words);
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains(says), qPrintable(refused.err));
        QVERIFY(!QFile::exists(path(QStringLiteral("n.vhdx"))));
        QVERIFY(contentOf(path(QStringLiteral("d.vhdx"))) == content);
    }
};

QTEST_GUILESS_MAIN(PlatterctlDiskTest)
#include "platterctl_disk_test.moc"
