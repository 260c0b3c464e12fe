// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/parent_search.h"

#include <QTest>

using namespace platter;

class ParentSearchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void triesTheLikeliestFirst_data()
    {
        QTest::addColumn<QStringList>("named");
        QTest::addColumn<QStringList>("relative");
        QTest::addColumn<QStringList>("others");
        QTest::addColumn<QStringList>("paths");
        const QStringList none;
        const auto list = [](std::initializer_list<const char*> words) {
            QStringList all;
            for (const char* word : words) {
                all.append(QString::fromUtf8(word));
            }
            return all;
        };
        QTest::newRow("nothing known") << none << none << none << none;
        QTest::newRow("beside") << none << list({".\\p.vhdx"}) << none << list({"/vm/disks/p.vhdx"});
        QTest::newRow("elsewhere") << none << list({"..\\base\\p.vhdx"}) << none
                                   << list({"/vm/base/p.vhdx", "/vm/disks/p.vhdx"});
        QTest::newRow("absolute only") << none << none << list({"C:\\a\\q.vhd", "\\\\?\\Volume{1}\\a\\q.vhd"})
                                       << list({"/vm/disks/q.vhd"});
        QTest::newRow("all, named first")
            << list({"/n"}) << list({".\\p"}) << list({"C:\\q"}) << list({"/n", "/vm/disks/p", "/vm/disks/q"});
        QTest::newRow("no names in it") << none << list({""}) << list({"", "C:\\", "..", "a\\."}) << none;
    }

    void triesTheLikeliestFirst()
    {
        QFETCH(QStringList, named);
        QFETCH(QStringList, relative);
        QFETCH(QStringList, others);
        QFETCH(QStringList, paths);
        const ParentSearch search{QStringLiteral("/vm/disks/child.vhdx"), named, {}};
        QStringList found;
        for (const ParentCandidate& candidate : search.candidates(relative, others)) {
            found.append(candidate.path);
            QCOMPARE(candidate.isNamed, named.contains(candidate.path));
        }
        QCOMPARE(found, paths);
    }
};

QTEST_APPLESS_MAIN(ParentSearchTest)
#include "parent_search_test.moc"
