// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/definition.h"

#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace platter;

class DefinitionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void everySlotReadsBack()
    {
        for (int controller = 0; controller < maxControllers; ++controller) {
            for (int target = 0; target < slotsPerController; ++target) {
                const SlotId slot{controller, target};
                const Result<SlotId> parsed = SlotId::parse(slot.toString());
                QVERIFY(parsed);
                QCOMPARE(*parsed, slot);
            }
        }
        QCOMPARE((SlotId{3, 63}).toString(), QStringLiteral("3:63"));
    }

    void refusesWhatIsNoSlot_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", ":", "0", "0:", ":3", "4:0", "0:64", "-1:0", "0:-1", "0:3 ", " 0:3", "0:3:1",
                 "a:b", "0.3", "99999999999:0"}) {
            QTest::newRow(text) << QString::fromUtf8(text);
        }
        QTest::newRow("line break") << QStringLiteral("0:3\n");
        QTest::newRow("other digits") << QStringLiteral("٠:٣");
    }

    void refusesWhatIsNoSlot()
    {
        QFETCH(QString, text);
        const Result<SlotId> slot = SlotId::parse(text);
        QVERIFY(!slot);
        QCOMPARE(slot.error().kind, ErrorKind::InvalidInput);
        QVERIFY2(slot.error().advice.contains(QLatin1String("0 to 3")), qPrintable(slot.error().advice));
        QVERIFY2(slot.error().advice.contains(QLatin1String("0 to 63")), qPrintable(slot.error().advice));
    }

    void findsDrivesAndFreeSlots()
    {
        Definition definition;
        definition.controllers = 2;
        QCOMPARE(definition.firstFreeSlot(), std::optional(SlotId{0, 0}));
        for (int target = 0; target < slotsPerController; ++target) {
            if (target != 5) {
                definition.drives.push_back({{0, target}, DvdDrive{}});
            }
        }
        QCOMPARE(definition.firstFreeSlot(), std::optional(SlotId{0, 5}));
        QVERIFY(!definition.driveAt({0, 5}));
        definition.drives.push_back({{0, 5}, DiskDrive{QStringLiteral("/x.vhdx")}});
        QVERIFY(std::holds_alternative<DiskDrive>(definition.driveAt({0, 5})->what));
        QCOMPARE(definition.firstFreeSlot(), std::optional(SlotId{1, 0}));
        definition.controllers = 1;
        QCOMPARE(definition.firstFreeSlot(), std::nullopt);
    }

    void addressesAreUnicastAndDiffer()
    {
        static const QRegularExpression pattern(QStringLiteral("^52:54:00(:[0-9a-f]{2}){3}$"));
        QSet<QString> seen;
        for (int i = 0; i < 100; ++i) {
            const QString mac = randomMac();
            QVERIFY2(pattern.match(mac).hasMatch(), qPrintable(mac));
            seen.insert(mac);
        }
        QVERIFY(seen.size() > 95);
    }
};

QTEST_APPLESS_MAIN(DefinitionTest)
#include "definition_test.moc"
