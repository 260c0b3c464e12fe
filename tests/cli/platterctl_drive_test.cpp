// SPDX-License-Identifier: GPL-3.0-or-later
// The drives of a machine that is off, by platterctl alone: new disks, disks whose image has moved, is another
// machine's, or looks like what it is not.
#include "command_line.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

class PlatterctlDriveTest : public QObject {
    Q_OBJECT

    std::unique_ptr<CommandLine> m_shell;

    Outcome run(const QString& words) const { return m_shell->run(words); }

    // What drive list says of a drive of BOX.
    QJsonObject drive(int number) const
    {
        return run(QStringLiteral("drive list box --json")).json().array().at(number).toObject();
    }

    QString trouble(int number) const
    {
        return drive(number)[QStringLiteral("trouble")][QStringLiteral("kind")].toString();
    }

private Q_SLOTS:

    void init()
    {
        m_shell = std::make_unique<CommandLine>();
        for (const char* name : {"box", "other"}) {
            const Outcome made = run(QStringLiteral("machine create %1").arg(QLatin1String(name)));
            QVERIFY2(made.code == 0, qPrintable(made.err));
        }
    }

    void makesNewDisks()
    {
        const Outcome first = run(QStringLiteral("drive add box --new 64M"));
        QVERIFY2(first.code == 0, qPrintable(first.err));
        QCOMPARE(drive(0)[QStringLiteral("format")].toString(), QStringLiteral("vhdx"));
        const QString file = drive(0)[QStringLiteral("file")].toString();
        QVERIFY2(file.endsWith(QLatin1String("/box/box-2.vhdx")), qPrintable(file));
        QVERIFY(QFile::exists(file));
        // The next one finds a name of its own, and a place that was chosen.
        const Outcome second = run(QStringLiteral("drive add box --new 64M --slot 0:9 --format qcow2"));
        QVERIFY2(second.code == 0, qPrintable(second.err));
        QCOMPARE(run(QStringLiteral("drive add box --new 64M")).code, 0);
        QVERIFY(drive(1)[QStringLiteral("file")].toString().endsWith(QLatin1String("/box-3.vhdx")));
        QCOMPARE(drive(2)[QStringLiteral("slot")].toString(), QStringLiteral("0:9"));
        QCOMPARE(drive(2)[QStringLiteral("format")].toString(), QStringLiteral("qcow2"));
        const QString named = m_shell->path(QStringLiteral("named.raw"));
        QCOMPARE(run(QStringLiteral("drive add box %1 --new 64M --format raw").arg(named)).code, 0);
        QCOMPARE(QFile(named).size(), qint64(64) << 20);
    }

    void leavesNothingOfANewDiskThatCannotBe_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("says");
        QTest::newRow("slot") << QStringLiteral("--new 64M --slot 0:0") << QStringLiteral("0:0");
        QTest::newRow("size") << QStringLiteral("--new 65T") << QStringLiteral("64 TiB");
        QTest::newRow("format") << QStringLiteral("--new 64M --format vhd") << QStringLiteral("vhdx, qcow2 or raw");
        QTest::newRow("a DVD drive") << QStringLiteral("--new 64M --dvd") << QStringLiteral("--dvd");
    }

    void leavesNothingOfANewDiskThatCannotBe()
    {
        QFETCH(QString, options);
        QFETCH(QString, says);
        QCOMPARE(run(QStringLiteral("drive add box --new 64M")).code, 0);
        const QDir folder(QFileInfo(drive(0)[QStringLiteral("file")].toString()).path());
        const QStringList before = folder.entryList(QDir::Files);
        const Outcome refused = run(QStringLiteral("drive add box %1").arg(options));
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains(says), qPrintable(refused.err));
        QCOMPARE(folder.entryList(QDir::Files), before);
        QVERIFY(drive(1).isEmpty());
    }

    // A guest may write the mark of another format to its raw disk, and with it the name of a file of the host.
    void aRawDiskStaysRaw()
    {
        for (const char* name : {"disk.raw", "disk.img"}) {
            QFile file(m_shell->path(QLatin1String(name)));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write("QFI\xfb") == 4 && file.resize(1 << 20));
        }
        QCOMPARE(run(QStringLiteral("drive add box %1").arg(m_shell->path(QStringLiteral("disk.raw")))).code, 0);
        QCOMPARE(drive(0)[QStringLiteral("format")].toString(), QStringLiteral("raw"));
        const QString image = m_shell->path(QStringLiteral("disk.img"));
        QCOMPARE(run(QStringLiteral("drive add box %1 --format raw").arg(image)).code, 0);
        QCOMPARE(drive(1)[QStringLiteral("format")].toString(), QStringLiteral("raw"));
        const QString moved = m_shell->path(QStringLiteral("moved"));
        QVERIFY(QFile::rename(image, moved));
        const Outcome set = run(QStringLiteral("drive set box 0:1 --file %1").arg(moved));
        QVERIFY2(set.code == 0, qPrintable(set.err));
        QCOMPARE(drive(1)[QStringLiteral("format")].toString(), QStringLiteral("raw"));
        QCOMPARE(drive(1)[QStringLiteral("file")].toString(), moved);
        // The other way round it would make no sense.
        const Outcome wrong = run(QStringLiteral("drive add other %1 --format vhdx").arg(moved));
        QCOMPARE(wrong.code, 1);
        QVERIFY2(wrong.err.contains(QLatin1String("is not a VHDX image")), qPrintable(wrong.err));
    }

    void saysThatAnImageIsGoneAndTakesItsNewPath()
    {
        QCOMPARE(run(QStringLiteral("drive add box --new 64M")).code, 0);
        QCOMPARE(trouble(0), QString());
        const QString file = drive(0)[QStringLiteral("file")].toString();
        const QString moved = m_shell->path(QStringLiteral("moved.vhdx"));
        QVERIFY(QFile::rename(file, moved));
        QCOMPARE(trouble(0), QStringLiteral("missing"));
        QVERIFY(run(QStringLiteral("drive list box")).out.contains(QLatin1String("is not there")));
        const Outcome nowhere = run(QStringLiteral("drive set box 0:0 --file %1").arg(file));
        QCOMPARE(nowhere.code, 1);
        const Outcome located = run(QStringLiteral("drive set box 0:0 --file %1").arg(moved));
        QVERIFY2(located.code == 0, qPrintable(located.err));
        QCOMPARE(trouble(0), QString());
        QCOMPARE(drive(0)[QStringLiteral("file")].toString(), moved);
    }

    void changesImageAndAttachmentTogether()
    {
        QCOMPARE(run(QStringLiteral("drive add box --new 64M")).code, 0);
        const QString file = drive(0)[QStringLiteral("file")].toString();
        const QString other = m_shell->path(QStringLiteral("other.vhdx"));
        QVERIFY(QFile::copy(file, other));
        const QString set = QStringLiteral("drive set box 0:0 --file %1 --read-only %2").arg(other);
        const Outcome wrong = run(set.arg(QStringLiteral("maybe")));
        QVERIFY(wrong.code != 0);
        QCOMPARE(drive(0)[QStringLiteral("file")].toString(), file);
        const Outcome right = run(set.arg(QStringLiteral("yes")));
        QVERIFY2(right.code == 0, qPrintable(right.err));
        QCOMPARE(drive(0)[QStringLiteral("file")].toString(), other);
        QCOMPARE(drive(0)[QStringLiteral("readOnly")].toBool(), true);
    }

    void namesTheOtherMachineThatHasAnImage()
    {
        QCOMPARE(run(QStringLiteral("drive add box --new 64M")).code, 0);
        const QString file = drive(0)[QStringLiteral("file")].toString();
        const Outcome shared = run(QStringLiteral("drive add other %1").arg(file));
        QVERIFY2(shared.code == 0, qPrintable(shared.err));
        QCOMPARE(trouble(0), QStringLiteral("shared"));
        QVERIFY(run(QStringLiteral("drive list box")).out.contains(QStringLiteral("disk 0:0 of “other”")));
        for (const char* name : {"box", "other"}) {
            const Outcome set = run(QStringLiteral("drive set %1 0:0 --read-only yes").arg(QLatin1String(name)));
            QVERIFY2(set.code == 0, qPrintable(set.err));
        }
        QCOMPARE(trouble(0), QString());
    }
};

QTEST_GUILESS_MAIN(PlatterctlDriveTest)
#include "platterctl_drive_test.moc"
