// SPDX-License-Identifier: GPL-3.0-or-later
// The pane in every size and theme, with long names and with much or nothing in it; a picture of each is left in
// the build folder. The parts keep within each other.
#include "storage_stage.h"
#include "tests/gui/dark_palette.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QScopeGuard>
#include <QStyleFactory>

using namespace platter;

class StorageLookTest : public QObject {
    Q_OBJECT

    QString m_pictures = QStringLiteral(PLATTER_BINARY_DIR "/pictures/storage");

    bool look(StorageStage& stage, const QString& name) const
    {
        QCoreApplication::processEvents();
        QWidget& window = stage.window().window();
        if (!window.grab().save(QStringLiteral("%1/%2.png").arg(m_pictures, name))) {
            return false;
        }
        for (const char* button : {"editDisk", "compactDisk", "insertIntoDrive", "ejectFromDrive", "removeDrive"}) {
            const auto* shown = stage.window().find<QPushButton>(button);
            if (shown->width() < shown->minimumSizeHint().width()
                || !window.rect().contains(shown->mapTo(&window, shown->rect().center()))) {
                qWarning("%s cuts off %s", qPrintable(name), button);
                return false;
            }
        }
        return true;
    }

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(QDir().mkpath(m_pictures));
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    }

    void aMachine_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QSize>("size");
        const QString usual = QStringLiteral("system.vhdx");
        const QString longName = QStringLiteral("windows-server-2019-datacenter-").repeated(4) + usual;
        QTest::newRow("light") << false << usual << QSize(1120, 720);
        QTest::newRow("dark") << true << usual << QSize(1120, 720);
        QTest::newRow("small") << false << usual << QSize(900, 600);
        QTest::newRow("long") << false << longName << QSize(1120, 720);
        QTest::newRow("small-long-dark") << true << longName << QSize(900, 600);
    }

    void aMachine()
    {
        QFETCH(bool, isDark);
        QFETCH(QString, name);
        QFETCH(QSize, size);
        const QPalette before = QApplication::palette();
        if (isDark) {
            QApplication::setPalette(darkPalette());
        }
        const auto restore = qScopeGuard([&] { QApplication::setPalette(before); });
        StorageStage stage;
        const QString image = stage.makeDisk(name);
        stage.show({{{0, 0}, DiskDrive{image, DiskFormat::Vhdx}},
                       {{0, 1}, DvdDrive{stage.file(QStringLiteral("debian.iso"))}}, {{0, 2}, DvdDrive{}},
                       {{1, 0}, DiskDrive{stage.file(QStringLiteral("gone.qcow2")), DiskFormat::Qcow2}}},
            2);
        stage.window().window().resize(size);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.card({0, 0})->segments.empty() && stage.card({1, 0})->isFaulty
                && !stage.card({0, 1})->note.isEmpty(),
            20000);
        const QString row = QString::fromLatin1(QTest::currentDataTag());
        QVERIFY(look(stage, row));
        stage.view()->setAdding(true);
        stage.view()->setFocus();
        stage.select({1, 0});
        stage.model()->toggle(0);
        QVERIFY(look(stage, row + QStringLiteral("-unfolded")));
    }

    void muchAndNothing()
    {
        StorageStage stage;
        std::vector<Drive> drives;
        for (int target = 0; target < 2 * slotsPerController; ++target) {
            drives.push_back({{target / 64, target % 64}, DvdDrive{}});
        }
        stage.show(drives, 2);
        QVERIFY(look(stage, QStringLiteral("many")));
        stage.change([](Definition& definition) {
            definition.drives.clear();
            definition.bootOrder.clear();
        });
        QTRY_VERIFY(stage.card({0, 0}) == nullptr);
        QVERIFY(stage.window().find<QLabel>("driveReason")->text().contains(QLatin1String("has no drive")));
        QVERIFY(look(stage, QStringLiteral("empty")));
    }
};

QTEST_MAIN(StorageLookTest)
#include "storage_look_test.moc"
