// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a real QEMU with real firmware and nothing to boot: everything that needs a machine that is on.
#include "core/live/machine_monitor.h"
#include "core/qemu/block_graph.h"
#include "core/qemu/runtime_folder.h"
#include "ui/console/console_widget.h"
#include "ui/main_window/machine_list_model.h"
#include "ui/main_window/message_bar.h"
#include "ui/storage_pane/storage_view.h"
#include "window_stage.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>

#include <csignal>

using namespace platter;

namespace {

// It always comes to that here, and the window says so.
const QString startedNothing = QStringLiteral("has started nothing and waits in its menu");

} // namespace

class RunningMachineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_stage.addMachine(QStringLiteral("debian-13"));
        m_stage.addMachine(QStringLiteral("win11"));
        m_stage.addMachine(QStringLiteral("yet another"));
        m_stage.window();
        m_stage.clickRow(0);
    }

    void startsByTheToolbar()
    {
        m_stage.click(m_stage.button("start"));
        QTRY_COMPARE_WITH_TIMEOUT(state(), MachineState::Running, 30000);
        QVERIFY(!m_stage.action("start")->isEnabled());
        QVERIFY(m_stage.action("start")->toolTip().contains(QLatin1String("debian-13 is on already")));
        QVERIFY(m_stage.action("pause")->isEnabled());
        QVERIFY(m_stage.action("powerOff")->isEnabled());
    }

    void showsTheScreenInConsoleAndList()
    {
        auto* console = m_stage.find<ConsoleWidget>("console");
        QTRY_VERIFY_WITH_TIMEOUT(!console->screenshot().isNull(), 30000);
        const auto hasThumbnail = [this] {
            return !m_stage.find<QAbstractItemView>("machineList")
                        ->model()
                        ->index(0, 0)
                        .data(MachineListModel::ThumbnailRole)
                        .value<QImage>()
                        .isNull();
        };
        QTRY_VERIFY_WITH_TIMEOUT(hasThumbnail(), 10000);
        m_stage.picture(QStringLiteral("running"));
    }

    void saysWhyItIsEmulated()
    {
        auto* button = m_stage.find<QToolButton>("machineAccelerator");
        QVERIFY(button->isVisible());
        m_stage.click(button);
        auto* box = m_stage.find<QMessageBox>("acceleratorExplanation");
        QVERIFY(box->isVisible());
        QVERIFY(box->informativeText().contains(QLatin1String("This test has no KVM.")));
        QVERIFY(box->informativeText().contains(QLatin1String("Nothing helps.")));
        QTest::keyClick(box, Qt::Key_Escape);
        const auto facts = m_stage.find<QLabel>("machineFacts")->text();
        QVERIFY2(facts.contains(QLatin1String("Running")) && facts.contains(QLatin1String("256 MiB")),
            qPrintable(facts));
    }

    void pausesAndResumes()
    {
        m_stage.click(m_stage.button("pause"));
        QTRY_COMPARE(state(), MachineState::Paused);
        QCOMPARE(m_stage.action("pause")->text().remove(QLatin1Char('&')), QStringLiteral("Resume"));
        QVERIFY(!m_stage.action("shutDown")->isEnabled());
        QVERIFY(m_stage.action("shutDown")->toolTip().contains(QLatin1String("paused")));
        m_stage.picture(QStringLiteral("paused"));
        // What needs no guest is still there.
        bool offersPowerOff = false;
        QTimer::singleShot(0, this, [&] {
            QWidget* menu = QApplication::activePopupWidget();
            offersPowerOff = menu != nullptr && menu->actions().contains(m_stage.action("powerOff"))
                && m_stage.action("powerOff")->isEnabled();
            if (menu != nullptr) {
                menu->close();
            }
        });
        m_stage.click(m_stage.button("shutDown"));
        QVERIFY(offersPowerOff);
        m_stage.click(m_stage.button("pause"));
        QTRY_COMPARE(state(), MachineState::Running);
    }

    void detailsShowWhatIsGoingOn()
    {
        auto* tabs = m_stage.find<QTabWidget>("machineTabs");
        tabs->setCurrentIndex(3);
        auto* details = m_stage.find<QTabWidget>("detailsTab");
        const auto text = [details] {
            auto* view = details->currentWidget()->findChild<QPlainTextEdit*>();
            return view != nullptr ? view->toPlainText() : QString();
        };
        details->setCurrentIndex(1);
        QTRY_VERIFY(text().contains(QLatin1String("-accel tcg")));
        details->setCurrentIndex(2);
        QTRY_VERIFY(text().contains(QLatin1String("qmp_capabilities")));
        QVERIFY(text().contains(QLatin1String("\"cont\"")));
        m_stage.picture(QStringLiteral("details-qmp"));
        const QString before = text();
        m_stage.action("pause")->trigger();
        QTRY_VERIFY(text().contains(QLatin1String("\"STOP\"")));
        QVERIFY(text().startsWith(before));
        QTRY_COMPARE(state(), MachineState::Paused);
        m_stage.action("pause")->trigger();
        QTRY_COMPARE(state(), MachineState::Running);
        details->setCurrentIndex(3);
        QTRY_VERIFY_WITH_TIMEOUT(text().size() > 0, 90000);
        QVERIFY(!text().contains(QChar(0x1b)));
        m_stage.picture(QStringLiteral("details-serial"));
        tabs->setCurrentIndex(0);
    }

    void fillsTheScreenAndLeadsBack()
    {
        m_stage.click(m_stage.button("fullScreen"));
        QTRY_VERIFY(m_stage.window().isFullScreen());
        QVERIFY(!m_stage.find<QWidget>("toolBar")->isVisible());
        QVERIFY(!m_stage.find<QWidget>("machineList")->isVisible());
        QCOMPARE(m_stage.find<ConsoleWidget>("console")->presentation(), ConsoleWidget::Presentation::FullScreen);
        m_stage.picture(QStringLiteral("full-screen"));
        // The bar comes with the pointer at the top edge.
        auto* bar = m_stage.find<QWidget>("fullScreenBar");
        QVERIFY(!bar->isVisible());
        QTest::mouseMove(&m_stage.window(), QPoint(m_stage.window().width() / 2, 0));
        QTRY_VERIFY(bar->isVisible());
        m_stage.picture(QStringLiteral("full-screen-bar"));
        m_stage.click(m_stage.find<QToolButton>("leaveFullScreen"));
        QTRY_VERIFY(!m_stage.window().isFullScreen());
        QVERIFY(m_stage.find<QWidget>("toolBar")->isVisible());
        QVERIFY(m_stage.find<QWidget>("machineList")->isVisible());
        QVERIFY(!bar->isVisible());
        QCOMPARE(m_stage.find<ConsoleWidget>("console")->presentation(), ConsoleWidget::Presentation::Embedded);
    }

    void savesAScreenshot()
    {
        m_stage.action("screenshot")->trigger();
        auto* dialog = m_stage.find<QFileDialog>("saveScreenshot");
        QVERIFY(dialog->selectedFiles().first().contains(QLatin1String("debian-13")));
        const QString file = m_stage.file(QStringLiteral("shot.png"));
        dialog->selectFile(file);
        QMetaObject::invokeMethod(dialog, "accept");
        QTRY_VERIFY(QFile::exists(file));
        const QImage image(file);
        QCOMPARE(image, m_stage.find<ConsoleWidget>("console")->screenshot().convertToFormat(image.format()));
        QCOMPARE(m_stage.settings().value(QStringLiteral("folders/screenshot")).toString(),
            QFileInfo(file).absolutePath());
    }

    void ejectsAndInsertsAMedium()
    {
        m_stage.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
        auto* list = m_stage.find<StorageView>("driveList");
        const auto* model = static_cast<const StorageModel*>(list->model());
        list->setCurrentIndex(model->indexOfDrive({0, 1}));
        // What goes between it and the guest is counted.
        QTRY_VERIFY(model->cardAt(model->indexOfDrive({0, 1}))->reading.startsWith(QLatin1String("Read ")));
        QVERIFY(model->cardAt(model->indexOfDrive({0, 0}))->writing.endsWith(QLatin1String(" op/s")));
        m_stage.click(m_stage.find<QPushButton>("ejectFromDrive"));
        const auto medium = [this] {
            return std::get<DvdDrive>(session()->machine().definition.driveAt({0, 1})->what).medium;
        };
        QTRY_VERIFY(medium().isEmpty());
        QTRY_VERIFY(!m_stage.find<QPushButton>("ejectFromDrive")->isEnabled());
        m_stage.click(m_stage.find<QPushButton>("insertIntoDrive"));
        auto* dialog = m_stage.find<QFileDialog>("chooseMedium");
        dialog->selectFile(m_stage.file(QStringLiteral("debian.iso")));
        QMetaObject::invokeMethod(dialog, "accept");
        QTRY_COMPARE(medium(), m_stage.file(QStringLiteral("debian.iso")));
        QVERIFY(m_stage.find<QPushButton>("removeDrive")->isEnabled());
        m_stage.picture(QStringLiteral("storage-running"));
        m_stage.find<QTabWidget>("machineTabs")->setCurrentIndex(0);
    }

    void saysHowDrivesDifferAndTakesItBack()
    {
        const auto* bar = m_stage.find<MessageBar>("messageBar");
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 1, 60000);
        QVERIFY(m_stage.find<QLabel>("messageText")->text().contains(startedNothing));
        const auto ejectBehindItsBack = [this] {
            MachineMonitor monitor(RuntimeFolder::of(m_stage.places().runtime, session()->machine().definition.id),
                QmpSeat::CommandLine);
            return QCoro::waitFor(monitor.execute(QStringLiteral("eject"),
                {{QStringLiteral("id"), driveName({0, 1})}, {QStringLiteral("force"), true}}));
        };
        QVERIFY(ejectBehindItsBack());
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 2, 30000);
        QCOMPARE(m_stage.find<QLabel>("messageText")->text(),
            QStringLiteral("debian-13: Slot 0:1 holds an empty DVD drive now, and a DVD drive with debian.iso from "
                           "the next start on."));
        m_stage.picture(QStringLiteral("drives-differ"));
        QVERIFY(QCoro::waitFor(session()->setMedium({0, 1}, m_stage.file(QStringLiteral("debian.iso")))));
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 1, 30000);
        QVERIFY(session()->drives().differences().isEmpty());

        // Another program writes down what the machine has.
        QVERIFY(ejectBehindItsBack());
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 2, 30000);
        const auto setInStore = [this](const QString& medium) {
            return MachineStore(m_stage.places().machines)
                .update(QStringLiteral("debian-13"), [&medium](Definition& definition) -> Result<void> {
                    std::ranges::find(definition.drives, SlotId{0, 1}, &Drive::slot)->what = DvdDrive{medium};
                    return {};
                });
        };
        QVERIFY(setInStore({}));
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 1, 30000);
        QVERIFY(setInStore(m_stage.file(QStringLiteral("debian.iso"))));
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 2, 30000);

        // Or this window does.
        const auto buttons = bar->findChildren<QPushButton*>();
        const auto keep = std::ranges::find_if(buttons, [](const QPushButton* button) {
            return button->isVisible() && button->text() == QLatin1String("Keep what it has now");
        });
        QVERIFY(keep != buttons.end());
        m_stage.click(*keep);
        QTRY_VERIFY(std::get<DvdDrive>(session()->machine().definition.driveAt({0, 1})->what).medium.isEmpty());
        QCOMPARE(bar->count(), 1);
    }

    void asksBeforeItResets()
    {
        m_stage.action("reset")->trigger();
        QVERIFY(m_stage.question() != nullptr);
        QVERIFY(m_stage.question()->informativeText().contains(QLatin1String("lost")));
        m_stage.picture(QStringLiteral("reset-question"));
        // Return is Cancel.
        QTest::keyClick(m_stage.question(), Qt::Key_Return);
        QTRY_VERIFY(m_stage.question() == nullptr);
        QCOMPARE(state(), MachineState::Running);
        m_stage.action("reset")->trigger();
        m_stage.click(m_stage.question()->findChild<QPushButton*>(QStringLiteral("confirm")));
        QTRY_VERIFY(m_stage.question() == nullptr);
        QTRY_COMPARE(state(), MachineState::Running);
    }

    void isFoundAgainByTheNextWindow()
    {
        m_stage.closeWindow();
        m_stage.window();
        QCOMPARE(m_stage.selected(), QStringLiteral("debian-13")); // remembered
        QTRY_COMPARE(state(), MachineState::Running);
        QTRY_VERIFY(!m_stage.find<ConsoleWidget>("console")->screenshot().isNull());
        QVERIFY(m_stage.find<QLabel>("listFooter")->text().contains(QLatin1String("go on running")));
    }

    void takesBackWhatIsMended()
    {
        const auto* bar = m_stage.find<MessageBar>("messageBar");
        QVERIFY(QCoro::waitFor(session()->reset())); // a menu that was there before the window may be no news
        QTRY_COMPARE_WITH_TIMEOUT(bar->count(), 1, 60000);
        QVERIFY(m_stage.find<QLabel>("messageText")->text().contains(startedNothing));
        QFile definition(session()->machine().definitionFile());
        QVERIFY(definition.open(QIODevice::ReadWrite));
        const QByteArray whole = definition.readAll();
        QVERIFY(definition.resize(20));
        QTRY_COMPARE(bar->count(), 2);
        QVERIFY(m_stage.find<QLabel>("messageText")->text().contains(QLatin1String("machine.json")));
        QCOMPARE(state(), MachineState::Running);
        QVERIFY(definition.seek(0));
        QCOMPARE(definition.write(whole), whole.size());
        definition.close();
        QTRY_COMPARE(bar->count(), 1);
    }

    void saysThatItCrashed()
    {
        const auto pid =
            RuntimeFolder::of(m_stage.places().runtime, session()->machine().definition.id).runningQemu();
        QVERIFY(pid.has_value());
        QCOMPARE(::kill(*pid, SIGKILL), 0);
        QTRY_COMPARE(state(), MachineState::Crashed);
        QCOMPARE(m_stage.find<MessageBar>("messageBar")->count(), 2);
        QVERIFY(m_stage.find<MessageBar>("messageBar")->isVisible());
        QCOMPARE(m_stage.find<QLabel>("messageText")->text().count(QLatin1String("debian-13")), 1);
        m_stage.picture(QStringLiteral("crashed"));
        // The fix that the message offers; the message goes with it.
        QPushButton* fix = nullptr;
        for (QPushButton* button : m_stage.find<MessageBar>("messageBar")->findChildren<QPushButton*>()) {
            fix = button->isVisible() ? button : fix;
        }
        QVERIFY(fix != nullptr);
        QCOMPARE(fix->text(), QStringLiteral("Start again"));
        m_stage.click(fix);
        QTRY_COMPARE_WITH_TIMEOUT(state(), MachineState::Running, 30000);
        QCOMPARE(m_stage.find<MessageBar>("messageBar")->count(), 0);
    }

    void powersOffWhenAsked()
    {
        QTest::keyClick(&m_stage.window(), Qt::Key_F10);
        auto* menu = m_stage.find<QMenu>("menu");
        QTRY_VERIFY(menu->isVisible());
        QTest::keyClick(menu, Qt::Key_Escape);
        m_stage.action("powerOff")->trigger();
        QVERIFY(m_stage.question()->text().contains(QLatin1String("debian-13")));
        m_stage.click(m_stage.question()->findChild<QPushButton*>(QStringLiteral("confirm")));
        QTRY_COMPARE(state(), MachineState::Off);
        QVERIFY(m_stage.action("start")->isEnabled());
        QVERIFY(!m_stage.action("fullScreen")->isEnabled());
    }

private:
    MachineSession* session() { return m_stage.library().find(QStringLiteral("debian-13")); }

    MachineState state() { return session()->state(); }

    WindowStage m_stage;
};

QTEST_MAIN(RunningMachineTest)
#include "running_machine_test.moc"
