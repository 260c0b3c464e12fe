// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/name_order.h"

#include <QTest>

#include <random>

using namespace platter;
using namespace Qt::StringLiterals;

namespace {

struct Named {
    QString name;
};

QStringList sorted(const QStringList& names)
{
    std::vector<Named> entries;
    for (const QString& name : names) {
        entries.push_back({name});
    }
    sortByName(entries);
    QStringList result;
    for (const Named& entry : entries) {
        result << entry.name;
    }
    return result;
}

} // namespace

class NameOrderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void sortsAsPeopleDo_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::newRow("numbers") << QStringList{
            u"machine 2"_s, u"machine 10"_s, u"machine 010 b"_s, u"Machine 11"_s};
        QTest::newRow("case") << QStringList{u"a"_s, u"B"_s, u"b"_s, u"C"_s};
        QTest::newRow("beyond 64 bits") << QStringList{u"99999999999999999999998"_s, u"99999999999999999999999"_s};
        QTest::newRow("shorter first") << QStringList{
            u"debian"_s, u"debian 12"_s, u"debian-12"_s, u"debian12"_s, u"debians"_s};
        QTest::newRow("other letters") << QStringList{
            u"apfel"_s, u"\u00c4pfel 2"_s, u"\u00e4pfel 10"_s, u"birne"_s, u"\u4e2d"_s};
    }

    void sortsAsPeopleDo()
    {
        QFETCH(const QStringList, names);
        QStringList mixed(names.crbegin(), names.crend());
        QCOMPARE(sorted(mixed), names);
        std::ranges::shuffle(mixed, std::mt19937(7));
        QCOMPARE(sorted(mixed), names);
    }

    // ICU is what the plain way has to agree with.
    void plainNamesAreInTheOrderOfIcu()
    {
        const QString characters = QStringLiteral(" _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0011299aAbByYzZ");
        const NameOrder plain(NameOrder::Alphabet::Ascii);
        const NameOrder icu(NameOrder::Alphabet::Any);
        std::mt19937 random(1); // NOLINT(bugprone-random-generator-seed): the same names each time
        const auto name = [&] {
            QString made;
            for (auto left = random() % 7; left > 0; --left) {
                made += characters[random() % characters.size()];
            }
            return made;
        };
        for (int round = 0; round < 200'000; ++round) {
            const QString a = name();
            const QString b = name();
            QVERIFY2(plain(a, b) == icu(a, b), qPrintable(QStringLiteral("%1 | %2").arg(a, b)));
        }
    }
};

QTEST_GUILESS_MAIN(NameOrderTest)
#include "name_order_test.moc"
