// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/partial_folder.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class PartialFolderTest : public QObject {
    Q_OBJECT

private:
    static void put(const QString& file)
    {
        QVERIFY(QDir().mkpath(QFileInfo(file).absolutePath()));
        QFile content(file);
        QVERIFY(content.open(QIODevice::WriteOnly));
        QCOMPARE(content.write("x"), 1);
    }

    static QStringList everythingIn(const QString& folder)
    {
        return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
    }

private Q_SLOTS:

    void isRemovedUnlessKept()
    {
        const QTemporaryDir dir;
        {
            const auto folder = PartialFolder::make(QStringLiteral("Making"), dir.path());
            QVERIFY(folder);
            QVERIFY(QFileInfo((*folder)->path()).isHidden());
            put((*folder)->path() + QStringLiteral("/a/b/c"));
        }
        QCOMPARE(everythingIn(dir.path()), QStringList());
        QString kept;
        {
            const auto folder = PartialFolder::make(QStringLiteral("Making"), dir.path());
            QVERIFY(folder);
            kept = (*folder)->path();
            (*folder)->keep();
        }
        QVERIFY(QFileInfo::exists(kept));
    }

    void leftoversGoAndOthersStay()
    {
        const QTemporaryDir dir;
        const auto inUse = PartialFolder::make(QStringLiteral("Making"), dir.path());
        QVERIFY(inUse);
        put(dir.filePath(QStringLiteral(".0123456789abcdef.partial/machine.json")));
        put(dir.filePath(QStringLiteral(".0123456789abcdef.partial/.lock")));
        QVERIFY(QDir().mkdir(
            dir.filePath(QStringLiteral(".fedcba9876543210.partial")))); // killed before its lock was made
        put(dir.filePath(QStringLiteral(".somebody's.partial/x")));
        put(dir.filePath(QStringLiteral("a.partial/x")));
        put(dir.filePath(QStringLiteral("precious/x")));
        QVERIFY(QFile::link(
            dir.filePath(QStringLiteral("precious")), dir.filePath(QStringLiteral(".00000000deadbeef.partial"))));
        PartialFolder::removeLeftovers(dir.path());
        QStringList expected{QFileInfo((*inUse)->path()).fileName(), QStringLiteral(".00000000deadbeef.partial"),
            QStringLiteral(".somebody's.partial"), QStringLiteral("a.partial"), QStringLiteral("precious")};
        QStringList found = everythingIn(dir.path());
        expected.sort();
        found.sort();
        QCOMPARE(found, expected);
        QCOMPARE(everythingIn(dir.filePath(QStringLiteral("precious"))), QStringList{QStringLiteral("x")});
    }

    void deletesAWholeFolderButNotWhatItsLinksLeadTo()
    {
        const QTemporaryDir dir;
        put(dir.filePath(QStringLiteral("precious/x")));
        put(dir.filePath(QStringLiteral("machine/a/b")));
        QVERIFY(
            QFile::link(dir.filePath(QStringLiteral("precious")), dir.filePath(QStringLiteral("machine/link"))));
        QVERIFY(PartialFolder::removeWhole(dir.filePath(QStringLiteral("machine"))));
        QCOMPARE(everythingIn(dir.path()), QStringList{QStringLiteral("precious")});
        QCOMPARE(everythingIn(dir.filePath(QStringLiteral("precious"))), QStringList{QStringLiteral("x")});
    }

    void saysWhyItCannotBeMade()
    {
        const QTemporaryDir dir;
        const auto folder = PartialFolder::make(QStringLiteral("Making"), dir.filePath(QStringLiteral("missing")));
        QVERIFY(!folder);
        QCOMPARE(folder.error().kind, ErrorKind::NotFound);
    }
};

QTEST_GUILESS_MAIN(PartialFolderTest)
#include "partial_folder_test.moc"
