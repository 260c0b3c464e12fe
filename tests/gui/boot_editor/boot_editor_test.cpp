// SPDX-License-Identifier: GPL-3.0-or-later
#include "boot_stage.h"
#include "core/live/machine_boot.h"
#include "core/live/machine_firmware.h"
#include "tests/gui/accessible_names.h"
#include "ui/boot_editor/boot_editor.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QThreadPool>

#include <algorithm>

using namespace platter;

namespace {

const QString debian = QStringLiteral("debian");
const QString windows = QStringLiteral("Windows Boot Manager");
const QString disk = QStringLiteral("Disk disk-0.raw");
const QString dvd = QStringLiteral("DVD drive with debian.iso");

bool isShown(BootStage& stage, const QString& text)
{
    return std::ranges::any_of(stage.window().window().findChildren<QLabel*>(),
        [&text](const QLabel* label) { return label->isVisible() && label->text().contains(text); });
}

} // namespace

class BootEditorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void showsWhatTheFirmwareTries()
    {
        BootStage stage;
        QCOMPARE(stage.tried(), QStringList({debian, windows, disk, dvd}));
        QCOMPARE(stage.cell(0, BootModel::What), QStringLiteral("debian  \\EFI\\debian\\shimx64.efi"));
        QCOMPARE(stage.cell(0, BootModel::Where), QStringLiteral("0:0 disk-0.raw, partition 1"));
        QCOMPARE(stage.cell(1, BootModel::Remark), QStringLiteral("gone"));
        QCOMPARE(stage.cell(3, BootModel::Remark), QStringLiteral("will not start")); // zeros are no ISO
        QCOMPARE(stage.cell(4, BootModel::Order), QStringLiteral("off"));
        stage.select(1);
        QVERIFY2(
            stage.text("bootFinding").contains(QLatin1String("There is no \\EFI\\Microsoft\\Boot\\bootmgfw.efi")),
            qPrintable(stage.text("bootFinding")));
        QVERIFY(!stage.window().find<QPushButton>("bootApply")->isEnabled());
    }

    void movesByKeysAndApplies()
    {
        BootStage stage;
        stage.view().setFocus();
        stage.select(3);
        QTest::keyClick(&stage.view(), Qt::Key_Up, Qt::AltModifier);
        QTest::keyClick(&stage.view(), Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(stage.tried(), QStringList({debian, dvd, windows, disk}));
        QCOMPARE(stage.view().currentIndex().row(), 1);
        QTest::keyClick(&stage.view(), Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(stage.tried(), QStringList({debian, windows, dvd, disk}));
        QVERIFY2(stage.text("bootChanges").contains(QStringLiteral("Order: debian, Windows Boot Manager, ") + dvd),
            qPrintable(stage.text("bootChanges")));
        QCOMPARE(stage.stored(), QStringList({debian, windows, QStringLiteral("0:0"), QStringLiteral("0:1")}));
        stage.click("bootApply");
        QTRY_COMPARE(stage.stored(), QStringList({debian, windows, QStringLiteral("0:1"), QStringLiteral("0:0")}));
        QTRY_VERIFY(!stage.window().find<QPushButton>("bootRevert")->isEnabled());
        QCOMPARE(stage.tried(), QStringList({debian, windows, dvd, disk}));
    }

    void movesByDragging()
    {
        BootStage stage;
        BootModel& model = stage.editor().model();
        const std::unique_ptr<QMimeData> data(model.mimeData({model.index(0, 0)}));
        QVERIFY(!model.dropMimeData(data.get(), Qt::MoveAction, 3, 0, {}));
        QCOMPARE(stage.tried(), QStringList({windows, disk, debian, dvd}));
        QCOMPARE(stage.view().currentIndex().row(), 2);
        // Below the last that is tried.
        model.dropMimeData(data.get(), Qt::MoveAction, model.rowCount(), 0, {});
        QCOMPARE(stage.tried(), QStringList({windows, disk, dvd}));
        model.dropMimeData(data.get(), Qt::MoveAction, 0, 0, {});
        QCOMPARE(stage.tried(), QStringList({debian, windows, disk, dvd}));
    }

    void switchesRenamesAndRemoves()
    {
        BootStage stage;
        stage.view().setFocus();
        stage.select(2);
        QVERIFY(!stage.window().find<QPushButton>("bootRemove")->isEnabled()); // a device
        QTest::keyClick(&stage.view(), Qt::Key_Space);
        QCOMPARE(stage.tried(), QStringList({debian, windows, dvd}));
        stage.select(1);
        QTest::keyClick(&stage.view(), Qt::Key_Delete);
        QCOMPARE(stage.tried(), QStringList({debian, dvd}));
        stage.select(0);
        QTest::keyClick(&stage.view(), Qt::Key_F2);
        QPointer<QLineEdit> field = stage.view().findChild<QLineEdit*>();
        QVERIFY(field);
        QCOMPARE(field->text(), debian);
        field->setText(QStringLiteral("Debian 13"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(stage.tried(), QStringList({QStringLiteral("Debian 13"), dvd}));
        for (const char* said : {"Switched off: Disk disk-0.raw", "Removed: Windows Boot Manager",
                 "Renamed: debian becomes Debian 13"}) {
            QVERIFY2(
                stage.text("bootChanges").contains(QLatin1String(said)), qPrintable(stage.text("bootChanges")));
        }
        stage.click("bootApply");
        QTRY_COMPARE(stage.stored(), QStringList({QStringLiteral("Debian 13"), QStringLiteral("0:1")}));
        QTRY_VERIFY(!stage.window().find<QPushButton>("bootRevert")->isEnabled());
    }

    void revertForgetsTheDraft()
    {
        BootStage stage;
        stage.select(0);
        stage.click("bootDown");
        stage.click("bootOnce");
        QVERIFY2(stage.text("bootChanges").contains(QLatin1String("The next start, once: debian")),
            qPrintable(stage.text("bootChanges")));
        stage.click("bootRevert");
        QCOMPARE(stage.tried(), QStringList({debian, windows, disk, dvd}));
        QVERIFY(stage.text("bootChanges").isEmpty());
    }

    void bootsOnce()
    {
        BootStage stage;
        stage.select(3);
        stage.click("bootOnce");
        QVERIFY(stage.cell(3, BootModel::Remark).startsWith(QLatin1String("next start, once")));
        stage.click("bootApply");
        QTRY_VERIFY(!stage.window().find<QPushButton>("bootRevert")->isEnabled());
        const StoredMachine machine =
            MachineStore(stage.window().places().machines).load(QStringLiteral("m")).value();
        const BootOrder order = bootOrderOf(machine, stage.window().places()).value();
        QVERIFY(order.next() == order.find(QStringLiteral("0:1"))->number);
    }

    void addsAnEntryForALoader()
    {
        BootStage stage;
        stage.click("bootAdd");
        auto* list = stage.window().find<QListWidget>("loaderList");
        QTRY_COMPARE(list->count(), 2);
        QCOMPARE(controlsWithoutName(list->window()), QStringList());
        for (int row = 0; row < list->count(); ++row) {
            if (list->item(row)->text().contains(QLatin1String("shimx64"))) {
                list->setCurrentRow(row);
            }
        }
        QCOMPARE(stage.window().find<QLineEdit>("loaderName")->text(), debian);
        stage.window().find<QLineEdit>("loaderName")->setText(QStringLiteral("mine"));
        stage.click("loaderAdd");
        QCOMPARE(stage.tried().first(), QStringLiteral("mine"));
        stage.click("bootApply");
        QTRY_COMPARE(stage.stored().first(), QStringLiteral("mine"));
    }

    void aDamagedNvramIsSaidAndReset()
    {
        BootStage stage;
        const StoredMachine machine =
            MachineStore(stage.window().places().machines).load(QStringLiteral("m")).value();
        QFile nvram(machine.nvramFile());
        QVERIFY(nvram.open(QIODevice::WriteOnly) && nvram.write(QByteArray(540672, 'x')) > 0);
        nvram.close();
        stage.window().find<QWidget>("machineTabs")->hide();
        stage.window().find<QWidget>("machineTabs")->show();
        QTRY_VERIFY2(
            stage.text("bootState").contains(QLatin1String("damaged")), qPrintable(stage.text("bootState")));
        stage.click("bootReset");
        QMessageBox* question = nullptr;
        QTRY_VERIFY((question = stage.window().question()) != nullptr);
        for (QAbstractButton* button : question->buttons()) {
            if (button->text() == QLatin1String("Reset Variables")) {
                button->click();
                break;
            }
        }
        QTRY_COMPARE(stage.tried(), QStringList({disk, dvd}));
    }

    void whatWasChangedElsewhereIsSeenOnComingBack()
    {
        BootStage stage;
        QWidget elsewhere;
        elsewhere.show();
        elsewhere.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&elsewhere));
        const Places& places = stage.window().places();
        const StoredMachine machine = MachineStore(places.machines).load(QStringLiteral("m")).value();
        const BootOrder before = bootOrderOf(machine, places).value();
        BootOrder after = before;
        std::vector<std::uint16_t> numbers;
        for (const BootEntry& entry : before.entries()) {
            if (entry.isOn) {
                numbers.push_back(entry.number);
            }
        }
        std::swap(numbers[0], numbers[1]);
        after.setOrder(numbers);
        QVERIFY(changeBootOrder(QStringLiteral("m"), places, before, after));
        stage.window().window().activateWindow();
        QTRY_COMPARE(stage.tried(), QStringList({windows, debian, disk, dvd}));
        // But for what is being changed here.
        stage.select(0);
        stage.click("bootDown");
        elsewhere.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&elsewhere));
        QVERIFY(changeBootOrder(QStringLiteral("m"), places, after, before));
        stage.window().window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&stage.window().window()));
        // Whatever was read on coming back has been read.
        QVERIFY(QThreadPool::globalInstance()->waitForDone(30000));
        QCoreApplication::processEvents();
        QCOMPARE(stage.tried(), QStringList({debian, windows, disk, dvd}));
        // What the draft was made from still counts, so that it does not overwrite the other change.
        QSignalSpy failed(stage.window().find<BootEditor>("bootEditor"), &BootEditor::failed);
        stage.click("bootApply");
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.front().at(1).value<Error>().kind, ErrorKind::InUse);
    }

    void saysWhatSecureBootRefuses()
    {
        BootStage stage;
        stage.select(0);
        QVERIFY2(stage.text("bootFinding").startsWith(QLatin1String("The firmware starts")),
            qPrintable(stage.text("bootFinding")));
        const Result<FirmwareSettings> set = changeFirmware(
            QStringLiteral("m"), stage.window().places(),
            [](FirmwareSettings& settings) {
                settings.secureBoot = SecureBoot::MicrosoftAndThirdParty;
                return Result<void>();
            },
            std::nullopt);
        QVERIFY2(set, qPrintable(set ? QString() : set.error().text()));
        const QString unsignedLoader = QStringLiteral("shimx64.efi is not signed.");
        QTRY_VERIFY2(stage.text("bootFinding").contains(unsignedLoader), qPrintable(stage.text("bootFinding")));
        QCOMPARE(stage.cell(0, BootModel::Remark), QStringLiteral("will not start"));
        stage.window().find<QTabWidget>("machineTabs")->setCurrentIndex(0);
        QTRY_VERIFY(isShown(stage, unsignedLoader));
    }

    void theConsoleSaysThatNothingWouldStart()
    {
        BootStage stage;
        const auto says = [&] { return isShown(stage, QStringLiteral("Its firmware will start nothing.")); };
        stage.window().find<QTabWidget>("machineTabs")->setCurrentIndex(0);
        stage.window().find<QTabWidget>("machineTabs")->setCurrentIndex(2);
        for (int row : {2, 1, 0}) { // but the DVD drive, with what is no ISO
            stage.select(row);
            QTest::keyClick(&stage.view(), Qt::Key_Space);
        }
        stage.click("bootApply");
        QTRY_COMPARE(stage.stored(), QStringList(QStringLiteral("0:1")));
        QVERIFY(!says());
        stage.window().find<QTabWidget>("machineTabs")->setCurrentIndex(0);
        QTRY_VERIFY(says());
    }

    void everythingHasANameAndIsReachedByTab()
    {
        BootStage stage;
        stage.select(0);
        stage.click("bootDown");
        QCOMPARE(controlsWithoutName(&stage.editor()), QStringList());
        stage.view().setFocus();
        QCOMPARE(controlsBeyondTab(&stage.editor()), QStringList());
    }
};

QTEST_MAIN(BootEditorTest)
#include "boot_editor_test.moc"
