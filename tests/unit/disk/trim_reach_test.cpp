// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of TRIM, and whether a file system's own answer agrees with what fallocate does there to a file.
#include "core/disk/trim_reach.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class TrimReachTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void says_data()
    {
        using Verdict = TrimReach::Verdict;
        QTest::addColumn<DiskFormat>("format");
        QTest::addColumn<HolePunching>("holes");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, DiskFormat format, HolePunching holes, Verdict verdict,
                             const char* words) {
            QTest::newRow(name) << format << holes << verdict << QString::fromLatin1(words);
        };
        row("vhdx", DiskFormat::Vhdx, HolePunching::Works, Verdict::StopsAtFormat, "VHDX");
        row("vhdx on FAT", DiskFormat::Vhdx, HolePunching::Fails, Verdict::StopsAtFormat, "VHDX");
        row("qcow2", DiskFormat::Qcow2, HolePunching::Works, Verdict::ReachesHost, "given back");
        row("raw", DiskFormat::Raw, HolePunching::Works, Verdict::ReachesHost, "given back");
        row("raw on FAT", DiskFormat::Raw, HolePunching::Fails, Verdict::StopsAtFileSystem, "file system");
        row("qcow2 on FAT", DiskFormat::Qcow2, HolePunching::Fails, Verdict::StopsAtFileSystem, "file system");
        row("raw somewhere", DiskFormat::Raw, HolePunching::Unknown, Verdict::Unknown, "Whether");
    }

    void says()
    {
        QFETCH(DiskFormat, format);
        QFETCH(HolePunching, holes);
        QFETCH(TrimReach::Verdict, verdict);
        QFETCH(QString, words);
        const TrimReach reach = trimReach(format, holes);
        QCOMPARE(reach.verdict, verdict);
        QVERIFY2(reach.sentence().contains(words), qPrintable(reach.sentence()));
        QVERIFY(reach.sentence().endsWith(QLatin1Char('.')));
        QVERIFY(!reach.word().isEmpty());
    }

    void saysThatItIsTurnedOff()
    {
        for (const DiskFormat format : {DiskFormat::Vhdx, DiskFormat::Qcow2, DiskFormat::Raw}) {
            const TrimReach reach = trimReach(format, HolePunching::Works, false);
            QCOMPARE(reach.verdict, TrimReach::Verdict::TurnedOff);
            QVERIFY(reach.sentence().contains(QLatin1String("turned off")));
        }
    }

    void knowsTheFileSystem()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("disk.raw")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(1 << 20, 'x')) == 1 << 20);
        file.close();
        const bool works = QProcess::execute(QStringLiteral("fallocate"),
                               {QStringLiteral("--punch-hole"), QStringLiteral("--length"), QStringLiteral("64KiB"),
                                   file.fileName()})
            == 0;
        QCOMPARE(holesIn(file.fileName()), works ? HolePunching::Works : HolePunching::Fails);
        QCOMPARE(QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).size(), 1);
        // proc has no files that could be tried.
        QCOMPARE(holesIn(QStringLiteral("/proc/version")), HolePunching::Unknown);
    }
};

QTEST_GUILESS_MAIN(TrimReachTest)
#include "trim_reach_test.moc"
