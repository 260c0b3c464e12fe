// SPDX-License-Identifier: GPL-3.0-or-later
// The pane in every size and theme, with long names and with much or nothing in it; a picture of each is left in
// the build folder. The parts keep within each other.
#include "storage_stage.h"
#include "tests/gui/appearance.h"

#include <QLabel>
#include <QPushButton>

using namespace platter;

namespace {

const QString pictures = QStringLiteral("storage");

} // namespace

class StorageLookTest : public QObject {
    Q_OBJECT

    // The buttons are whole.
    static bool isWhole(StorageStage& stage)
    {
        QWidget& window = stage.window().window();
        for (const char* button : {"editDisk", "compactDisk", "insertIntoDrive", "ejectFromDrive", "removeDrive"}) {
            const auto* shown = stage.window().find<QPushButton>(button);
            if (shown->width() < shown->minimumSizeHint().width()
                || !window.rect().contains(shown->mapTo(&window, shown->rect().center()))) {
                qWarning("%s is cut off", button);
                return false;
            }
        }
        return true;
    }

private Q_SLOTS:

    void aMachine_data()
    {
        Appearance::addColumns();
        QTest::addColumn<QString>("name");
        const QString usual = QStringLiteral("system.vhdx");
        const QString longName = QStringLiteral("windows-server-2019-datacenter-").repeated(4) + usual;
        QTest::newRow("light") << false << QSize(1120, 720) << 1.0 << usual;
        QTest::newRow("dark") << true << QSize(1120, 720) << 2.0 << usual;
        QTest::newRow("small") << false << QSize(900, 600) << 1.0 << usual;
        QTest::newRow("long") << false << QSize(1120, 720) << 1.0 << longName;
        QTest::newRow("small-long-dark") << true << QSize(900, 600) << 1.0 << longName;
    }

    void aMachine()
    {
        QFETCH(QString, name);
        const Appearance appearance(pictures);
        StorageStage stage;
        const QString image = stage.makeDisk(name);
        stage.show({{{0, 0}, DiskDrive{image, DiskFormat::Vhdx}},
                       {{0, 1}, DvdDrive{stage.file(QStringLiteral("debian.iso"))}}, {{0, 2}, DvdDrive{}},
                       {{1, 0}, DiskDrive{stage.file(QStringLiteral("gone.qcow2")), DiskFormat::Qcow2}}},
            2);
        stage.window().window().resize(appearance.size());
        QTRY_VERIFY_WITH_TIMEOUT(!stage.card({0, 0})->segments.empty() && stage.card({1, 0})->isFaulty
                && !stage.card({0, 1})->note.isEmpty(),
            20000);
        QVERIFY(appearance.save(stage.window().window(), QStringLiteral("machine")) && isWhole(stage));
        stage.view()->setAdding(true);
        stage.view()->setFocus();
        stage.select({1, 0});
        stage.model()->toggle(0);
        QVERIFY(appearance.save(stage.window().window(), QStringLiteral("unfolded")) && isWhole(stage));
    }

    void muchAndNothing()
    {
        StorageStage stage;
        std::vector<Drive> drives;
        for (int target = 0; target < 2 * slotsPerController; ++target) {
            drives.push_back({{target / 64, target % 64}, DvdDrive{}});
        }
        stage.show(drives, 2);
        QVERIFY(savePicture(stage.window().window(), pictures, QStringLiteral("many")) && isWhole(stage));
        stage.change([](Definition& definition) {
            definition.drives.clear();
            definition.bootOrder.clear();
        });
        QTRY_VERIFY(stage.card({0, 0}) == nullptr);
        QVERIFY(stage.window().find<QLabel>("driveReason")->text().contains(QLatin1String("has no drive")));
        QVERIFY(savePicture(stage.window().window(), pictures, QStringLiteral("empty")) && isWhole(stage));
    }
};

QTEST_MAIN(StorageLookTest)
#include "storage_look_test.moc"
