// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a real library without a machine that runs.
#include "core/disk/operations/create_disk.h"
#include "core/disk/trim_reach.h"
#include "tests/gui/accessible_names.h"
#include "ui/jobs/job_list.h"
#include "ui/main_window/machine_list_model.h"
#include "ui/main_window/message_bar.h"
#include "ui/storage_pane/storage_view.h"
#include "window_stage.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QDir>
#include <QElapsedTimer>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScopeGuard>
#include <QScreen>
#include <QSemaphore>
#include <QSignalSpy>
#include <QSplitter>
#include <QTabWidget>
#include <QTextEdit>
#include <QToolButton>

#include <algorithm>
#include <cmath>

using namespace platter;

namespace {

// Works until the gate opens, and sees then that it is to stop.
class GatedOperation final : public DiskOperation {
public:
    explicit GatedOperation(std::shared_ptr<QSemaphore> gate)
        : m_gate(std::move(gate))
    {
    }

    QString title() const override { return QStringLiteral("Convert old.vhd to old.vhdx"); }

    Result<void> check() const override { return {}; }

    Result<OperationPlan> plan() const override { return OperationPlan{}; }

    Result<OperationOutcome> run(Progress& progress) override
    {
        m_gate->acquire();
        if (const Result<void> goOn = progress.goOn(); !goOn) {
            return std::unexpected(goOn.error());
        }
        return OperationOutcome{};
    }

private:
    std::shared_ptr<QSemaphore> m_gate;
};

} // namespace

class MainWindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void invitesToMakeAMachine()
    {
        WindowStage stage;
        QSignalSpy requests(&stage.window(), &MainWindow::newMachineRequested);
        QVERIFY(stage.find<QLabel>("startSentence")->isVisible());
        QVERIFY(stage.find<QLabel>("startSentence")->text().contains(QLatin1String("sample guest")));
        QVERIFY(!stage.find<QWidget>("machineList")->isVisible());
        stage.picture(QStringLiteral("empty"));
        // By keyboard: the button has the focus.
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QCOMPARE(requests.count(), 1);
        stage.click(stage.find<QPushButton>("startNewVm"));
        stage.click(stage.button("newVm"));
        QTest::keyClick(&stage.window(), Qt::Key_N, Qt::ControlModifier);
        QCOMPARE(requests.count(), 4);
        QCOMPARE(requests.last().first().toString(), QString());
        for (const char* action : {"start", "pause", "shutDown", "insertMedium", "fullScreen"}) {
            QVERIFY2(!stage.action(action)->isEnabled(), action);
            QVERIFY2(stage.action(action)->toolTip().contains(QLatin1String("No machine is selected.")), action);
        }
    }

    void showsMachinesAsTheyComeAndGo()
    {
        WindowStage stage;
        stage.window();
        stage.addMachine(QStringLiteral("beta"));
        QVERIFY(stage.find<QListView>("machineList")->isVisible());
        QCOMPARE(stage.selected(), QStringLiteral("beta"));
        stage.addMachine(QStringLiteral("alpha"));
        stage.addMachine(QStringLiteral("gamma"));
        QCOMPARE(
            names(stage), QStringList({QStringLiteral("alpha"), QStringLiteral("beta"), QStringLiteral("gamma")}));
        QCOMPARE(stage.selected(), QStringLiteral("beta"));
        QVERIFY(stage.window().windowTitle().startsWith(QLatin1String("beta")));
        // Another program deletes the selected one: it stays, and says so, until it is taken off the list.
        QVERIFY(QDir(stage.places().machines + QStringLiteral("/beta")).removeRecursively());
        QTRY_VERIFY(stage.shows("brokenPage"));
        QVERIFY(stage.find<QLabel>("brokenReason")->text().contains(QLatin1String("moved or deleted")));
        QCOMPARE(names(stage).size(), 3);
        const QModelIndex gone = stage.find<QListView>("machineList")->model()->index(1, 0);
        QCOMPARE(gone.data(Qt::AccessibleTextRole).toString(), QStringLiteral("beta, Gone"));
        // Nothing is offered that needs the folder.
        QVERIFY(!stage.find<QPushButton>("brokenShowFolder")->isVisible());
        QVERIFY(!stage.find<QPushButton>("brokenTrash")->isVisible());
        QVERIFY(!stage.action("moveToTrash")->isEnabled());
        QVERIFY(stage.action("start")->toolTip().contains(QLatin1String("moved or deleted")));
        stage.picture(QStringLiteral("gone"));
        // It alone leaves the list, although another has gone as well.
        QVERIFY(QDir(stage.places().machines + QStringLiteral("/gamma")).removeRecursively());
        const QModelIndex other = stage.find<QListView>("machineList")->model()->index(2, 0);
        QTRY_COMPARE(other.data(Qt::AccessibleTextRole).toString(), QStringLiteral("gamma, Gone"));
        stage.click(stage.find<QPushButton>("brokenForget"));
        QTRY_COMPARE(names(stage), QStringList({QStringLiteral("alpha"), QStringLiteral("gamma")}));
        // And the others, one after the other.
        QVERIFY(QDir(stage.places().machines + QStringLiteral("/alpha")).removeRecursively());
        for (qsizetype left = 2; left > 0; --left) {
            QCOMPARE(names(stage).size(), left);
            QTRY_VERIFY(stage.shows("brokenPage"));
            stage.click(stage.find<QPushButton>("brokenForget"));
        }
        QTRY_VERIFY(stage.shows("startPage"));
    }

    void saysWhyAMachineCannotBeRead()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("good"));
        stage.addBrokenMachine(QStringLiteral("bad"));
        stage.window();
        stage.clickRow(0);
        QVERIFY(stage.shows("brokenPage"));
        QVERIFY(stage.find<QLabel>("brokenReason")->text().contains(QLatin1String("machine.json")));
        QVERIFY(!stage.action("start")->isEnabled());
        QVERIFY(stage.action("start")->toolTip().contains(QLatin1String("cannot be read")));
        const QModelIndex index = stage.find<QListView>("machineList")->model()->index(0, 0);
        QCOMPARE(index.data(Qt::AccessibleTextRole).toString(), QStringLiteral("bad, Cannot be read"));
        QVERIFY(index.data(Qt::ToolTipRole).toString().contains(QLatin1String("machine.json")));
        QVERIFY(!stage.find<QPushButton>("brokenForget")->isVisible());
        QVERIFY(stage.find<QPushButton>("brokenShowFolder")->isVisible());
        stage.picture(QStringLiteral("broken"));
        // Somebody mends it.
        QFile source(stage.places().machines + QStringLiteral("/good/machine.json"));
        QVERIFY(source.open(QIODevice::ReadOnly));
        QByteArray json = source.readAll();
        json.replace(stage.library().find(QStringLiteral("good"))->machine().definition.id.toString().toLatin1(),
            MachineId::random().toString().toLatin1());
        QFile target(stage.places().machines + QStringLiteral("/bad/machine.json"));
        QVERIFY(target.open(QIODevice::WriteOnly | QIODevice::Truncate));
        target.write(json);
        target.close();
        stage.click(stage.find<QPushButton>("brokenReadAgain"));
        QVERIFY(!stage.shows("brokenPage"));
        QVERIFY(stage.action("start")->isEnabled());
    }

    void filters()
    {
        WindowStage stage;
        for (const char* name : {"debian-13", "Debian sid", "win11"}) {
            stage.addMachine(QLatin1String(name));
        }
        stage.window();
        stage.clickRow(2);
        QCOMPARE(stage.selected(), QStringLiteral("win11"));
        QTest::keyClick(&stage.window(), Qt::Key_F, Qt::ControlModifier);
        auto* field = stage.find<QLineEdit>("filter");
        QVERIFY(field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("DEB"));
        QCOMPARE(names(stage).size(), 2);
        // What is shown on the right stays, though the filter hides it.
        QCOMPARE(stage.find<QLabel>("machineName")->text(), QStringLiteral("win11"));
        QTest::keyClicks(field, QStringLiteral("x"));
        QVERIFY(stage.find<QLabel>("noMatch")->isVisible());
        QTest::keyClick(field, Qt::Key_Backspace);
        QVERIFY(!stage.find<QLabel>("noMatch")->isVisible());
        QTest::keyClick(field, Qt::Key_Down);
        QVERIFY(stage.find<QListView>("machineList")->hasFocus());
        QVERIFY(stage.selected().startsWith(QLatin1String("deb"), Qt::CaseInsensitive));
        field->setFocus();
        QTest::keyClick(field, Qt::Key_Escape);
        QCOMPARE(names(stage).size(), 3);
        // What somebody asks for is shown, filter or not.
        QTest::keyClicks(field, QStringLiteral("debian"));
        stage.window().select(QStringLiteral("win11"));
        QCOMPARE(stage.selected(), QStringLiteral("win11"));
    }

    void movesWithKeys()
    {
        WindowStage stage;
        stage.addMachines(3);
        stage.window();
        auto* list = stage.find<QListView>("machineList");
        QVERIFY(list->hasFocus());
        QCOMPARE(stage.selected(), QStringLiteral("machine 1"));
        QTest::keyClick(list, Qt::Key_Down);
        QCOMPARE(stage.find<QLabel>("machineName")->text(), QStringLiteral("machine 2"));
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(stage.find<QTabWidget>("machineTabs")->currentIndex(), 0);
        QVERIFY(stage.find<QWidget>("console")->isAncestorOf(QApplication::focusWidget()));
        list->setFocus();
        QContextMenuEvent event(QContextMenuEvent::Keyboard, QPoint(), QPoint());
        QCoreApplication::sendEvent(list->viewport(), &event);
        QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu->actions().contains(stage.action("start")));
        QVERIFY(menu->actions().contains(stage.action("moveToTrash")));
        stage.picture(QStringLiteral("context-menu"));
        QTest::keyClick(menu, Qt::Key_Escape);
    }

    void aFailedStartIsSaidTwice()
    {
        WindowStage stage;
        Definition definition = stage.definition();
        std::get<DvdDrive>(definition.drives[1].what).medium = stage.file(QStringLiteral("gone.iso"));
        stage.addMachine(QStringLiteral("debian-13"), definition);
        stage.window();
        stage.click(stage.button("start"));
        auto* bar = stage.find<MessageBar>("messageBar");
        QTRY_VERIFY(bar->isVisible());
        QTRY_COMPARE(stage.library().find(QStringLiteral("debian-13"))->state(), MachineState::Off);
        QCOMPARE(bar->count(), 1);
        QVERIFY(stage.find<QLabel>("messageText")->text().contains(QLatin1String("gone.iso")));
        QVERIFY(!stage.find<QLabel>("messageAdvice")->text().isEmpty());
        // The console says the same.
        bool said = false;
        for (const QLabel* label : stage.find<QWidget>("console")->findChildren<QLabel*>()) {
            said = said || (label->isVisible() && label->text().contains(QLatin1String("gone.iso")));
        }
        QVERIFY(said);
        stage.picture(QStringLiteral("start-failed"));
        QTest::keyClick(bar, Qt::Key_Escape);
        QVERIFY(!bar->isVisible());
    }

    void asksBeforeItThrowsAway()
    {
        WindowStage stage;
        const Definition definition = stage.definition();
        stage.addMachine(QStringLiteral("old one"), definition);
        stage.window();
        const QString folder = stage.library().entries().front().folder;
        stage.action("moveToTrash")->trigger();
        QVERIFY(stage.question() != nullptr);
        QVERIFY(stage.question()->text().contains(QLatin1String("old one")));
        QVERIFY(stage.question()->informativeText().contains(folder));
        QVERIFY(stage.question()->informativeText().contains(QLatin1String("disk-0.raw")));
        stage.picture(QStringLiteral("trash-question"));
        QTest::keyClick(stage.question(), Qt::Key_Escape);
        QTRY_VERIFY(stage.question() == nullptr);
        QVERIFY(QFile::exists(folder));
        stage.action("moveToTrash")->trigger();
        stage.click(stage.question()->findChild<QPushButton*>(QStringLiteral("confirm")));
        QTRY_VERIFY(!QFile::exists(folder));
        QVERIFY(QFile::exists(stage.file(QStringLiteral("Trash/files/old one/machine.json"))));
        QTRY_VERIFY(stage.shows("startPage"));
    }

    void namesWhatItThrowsAwayWhateverItIsCalled()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("R&D"));
        const QString longName =
            QStringLiteral("A machine with a very long name that nobody would ever read in full");
        stage.addMachine(longName);
        stage.window().resize(900, 600);
        stage.window().select(QStringLiteral("R&D"));
        stage.action("moveToTrash")->trigger();
        const auto verb = [&] { return stage.question()->findChild<QPushButton*>(QStringLiteral("confirm")); };
        QCOMPARE(verb()->text(), QStringLiteral("Move R&&D to trash"));
        QTest::keyClick(stage.question(), Qt::Key_Escape);
        QTRY_VERIFY(stage.question() == nullptr);
        stage.window().select(longName);
        stage.action("moveToTrash")->trigger();
        QVERIFY(stage.question()->width() < stage.window().width());
        QVERIFY(verb()->accessibleName().contains(longName));
        stage.picture(QStringLiteral("trash-question-long"));
    }

    void saysWhyThereIsNoDriveForAMedium()
    {
        WindowStage stage;
        Definition definition = stage.definition();
        std::erase_if(
            definition.drives, [](const Drive& drive) { return std::holds_alternative<DvdDrive>(drive.what); });
        stage.addMachine(QStringLiteral("debian-13"), definition);
        stage.window();
        const QAction* drives = nullptr;
        for (const QMenu* menu : stage.window().findChildren<QMenu*>()) {
            for (const QAction* action : menu->actions()) {
                if (action->text() == QLatin1String("&DVD drives")) {
                    drives = action;
                }
            }
        }
        QVERIFY(drives != nullptr);
        QVERIFY(!drives->isEnabled());
        QVERIFY(drives->toolTip().contains(QLatin1String("debian-13 has no DVD drive.")));
        definition.drives.clear();
        definition.id = MachineId::random();
        stage.addMachine(QStringLiteral("empty"), definition);
        stage.window().select(QStringLiteral("empty"));
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
        const QString reason = stage.find<QLabel>("driveReason")->text();
        QVERIFY2(reason.startsWith(QLatin1String("empty has no drive.")), qUtf8Printable(reason));
        QVERIFY2(reason.contains(QLatin1String("Drop an ISO or a disk image here")), qUtf8Printable(reason));
    }

    void hintsAreLegible()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        stage.window();
        const auto* footer = stage.find<QLabel>("listFooter");
        const auto luminance = [](const QColor& colour) {
            const auto linear = [](float part) {
                return part <= 0.04045F ? part / 12.92F : std::pow((part + 0.055F) / 1.055F, 2.4F);
            };
            return 0.2126F * linear(colour.redF()) + 0.7152F * linear(colour.greenF())
                + 0.0722F * linear(colour.blueF());
        };
        const QColor text = footer->palette().color(footer->foregroundRole());
        const QColor ground = footer->palette().color(footer->backgroundRole());
        QCOMPARE(text.alpha(), 255);
        const auto [dark, light] = std::minmax({luminance(text), luminance(ground)});
        QVERIFY((light + 0.05F) / (dark + 0.05F) >= 4.5F); // WCAG's least for text
    }

    void offersWhatCanBeDoneWithAFormerDisk()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        const QString old = stage.file(QStringLiteral("old.qcow2"));
        QFile image(old);
        QVERIFY(image.open(QIODevice::WriteOnly) && image.write(QByteArray(3 << 20, 'x')) == 3 << 20);
        image.close();
        const auto setFormer = [&](bool isReplaced) {
            const auto updated = stage.library().store().update(
                QStringLiteral("debian-13"), [&](Definition& definition) -> Result<void> {
                    std::get<DiskDrive>(definition.drives.front().what).former =
                        FormerDisk{old, DiskFormat::Qcow2, isReplaced};
                    return {};
                });
            stage.library().reload();
            return updated.has_value();
        };
        stage.window();
        QVERIFY(setFormer(false));
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
        QVERIFY(stage.find<QLabel>("formerDiskText")->text().contains(QLatin1String("can go back to it")));
        auto* remove = stage.find<QPushButton>("deleteFormerDisk");
        QTRY_COMPARE(remove->text(), QStringLiteral("Delete old.qcow2 (3 MiB)"));
        QVERIFY(!remove->isEnabled() && remove->toolTip().contains(QLatin1String("may still be needed")));
        stage.picture(QStringLiteral("former-disk-needed"));

        QVERIFY(setFormer(true));
        QTRY_VERIFY(stage.find<QLabel>("formerDiskText")->text().contains(QLatin1String("is not needed any more")));
        remove = stage.find<QPushButton>("deleteFormerDisk");
        QTRY_COMPARE(remove->text(), QStringLiteral("Delete old.qcow2 (3 MiB)"));
        stage.picture(QStringLiteral("former-disk-replaced"));
        const QPalette light = QApplication::palette();
        QPalette dark(QColor(0x31, 0x36, 0x3b), QColor(0x2a, 0x2e, 0x32));
        dark.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x20));
        QApplication::setPalette(dark);
        stage.picture(QStringLiteral("former-disk-dark"));
        QApplication::setPalette(light);
        stage.click(remove);
        QTRY_VERIFY(!QFile::exists(old));
        QVERIFY(QFile::exists(stage.file(QStringLiteral("Trash/files/old.qcow2"))));
        QTRY_VERIFY(stage.window().findChild<QWidget*>(QStringLiteral("formerDisk")) == nullptr);

        QVERIFY(QFile::rename(stage.file(QStringLiteral("Trash/files/old.qcow2")), old));
        QVERIFY(setFormer(true));
        QTRY_VERIFY(stage.window().findChild<QWidget*>(QStringLiteral("formerDisk")) != nullptr);
        stage.click(stage.find<QPushButton>("goBackToFormerDisk"));
        QVERIFY(stage.question()->informativeText().contains(QLatin1String("is not on it")));
        stage.click(stage.question()->findChild<QPushButton*>(QStringLiteral("confirm")));
        const auto disk = [&] {
            const Drive& drive =
                stage.library().find(QStringLiteral("debian-13"))->machine().definition.drives.front();
            return std::get<DiskDrive>(drive.what);
        };
        QTRY_COMPARE(disk(), (DiskDrive{old, DiskFormat::Qcow2}));

        QVERIFY(setFormer(true));
        QTRY_VERIFY(stage.window().findChild<QWidget*>(QStringLiteral("formerDisk")) != nullptr);
        stage.click(stage.find<QPushButton>("keepFormerDisk"));
        QTRY_VERIFY(!disk().former);
        QVERIFY(QFile::exists(old));
    }

    void saysWhetherTrimReachesTheHost()
    {
        WindowStage stage;
        Definition definition = stage.definition();
        stage.addMachine(QStringLiteral("debian-13"), definition);
        const QString image = stage.file(QStringLiteral("new.vhdx"));
        QVERIFY(createDisk({.file = image, .size = ByteCount::gibibytes(40)}));
        stage.window();
        QVERIFY(
            stage.library().store().update(QStringLiteral("debian-13"), [&](Definition& edited) -> Result<void> {
                edited.drives.push_back({{0, 2}, DiskDrive{image, DiskFormat::Vhdx}});
                return {};
            }));
        stage.library().reload();
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
        auto* list = stage.find<StorageView>("driveList");
        const auto* model = static_cast<const StorageModel*>(list->model());
        const auto* details = stage.find<QTextEdit>("storageDetails");
        const auto says = [&](const QString& sentence) { return details->toPlainText().contains(sentence); };
        auto* compact = stage.find<QPushButton>("compactDisk");
        list->setCurrentIndex(model->indexOfDrive({0, 0})); // raw
        QTRY_COMPARE(model->cardAt(model->indexOfDrive({0, 2}))->trimMark, QStringLiteral("TRIM frees nothing"));
        const TrimReach raw = trimReach(DiskFormat::Raw, holesIn(image));
        QTRY_VERIFY2(says(raw.sentence()), qPrintable(details->toPlainText()));
        QVERIFY(!compact->isEnabled() && !compact->toolTip().isEmpty());
        list->setCurrentIndex(model->indexOfDrive({0, 2}));
        QTRY_VERIFY2(says(QStringLiteral("does not reach the host")), qPrintable(details->toPlainText()));
        stage.picture(QStringLiteral("trim"));
        QSignalSpy wanted(&stage.window(), &MainWindow::compactDiskRequested);
        stage.click(compact);
        QCOMPARE(wanted, QList<QVariantList>{{image}});
    }

    void listsDrives()
    {
        WindowStage stage;
        Definition definition = stage.definition();
        definition.controllers = 2;
        definition.drives.push_back({{1, 5}, DvdDrive{}});
        definition.drives.push_back({{1, 7}, DvdDrive{stage.file(QStringLiteral("gone.iso"))}});
        stage.addMachine(QStringLiteral("debian-13"), definition);
        stage.window();
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(1);
        auto* list = stage.find<StorageView>("driveList");
        const auto* model = static_cast<const StorageModel*>(list->model());
        const auto at = [&](SlotId slot) { return model->indexOfDrive(slot); };
        QCOMPARE(model->index(0).data().toString(), QStringLiteral("SCSI controller 0: 2 of 64 slots"));
        QCOMPARE(model->index(1), at({0, 0}));
        QTRY_VERIFY2(model->cardAt(at({0, 0}))->facts.startsWith(QStringLiteral("raw · 4 MiB")),
            qPrintable(model->cardAt(at({0, 0}))->facts));
        QCOMPARE(model->cardAt(at({1, 5}))->title, QStringLiteral("No medium"));
        QTRY_COMPARE(model->cardAt(at({1, 7}))->facts, QStringLiteral("DVD drive · missing"));
        QVERIFY(at({1, 7}).data(Qt::ToolTipRole).toString().contains(QLatin1String("gone.iso")));
        stage.picture(QStringLiteral("storage"));

        auto* insert = stage.find<QPushButton>("insertIntoDrive");
        auto* eject = stage.find<QPushButton>("ejectFromDrive");
        auto* remove = stage.find<QPushButton>("removeDrive");
        list->setCurrentIndex(at({0, 0}));
        QVERIFY(!insert->isEnabled() && !eject->isEnabled() && remove->isEnabled());
        QVERIFY(!insert->toolTip().isEmpty());
        // The context menu keeps to the buttons, and says why as they do.
        const QPoint middle = list->visualRect(at({0, 0})).center();
        QContextMenuEvent press(QContextMenuEvent::Mouse, middle, list->viewport()->mapToGlobal(middle));
        QCoreApplication::sendEvent(list->viewport(), &press);
        auto* menu = stage.find<QMenu>("driveMenu");
        QVERIFY(menu->isVisible() && menu->toolTipsVisible());
        QCOMPARE(menu->actions().size(), 5);
        QVERIFY(menu->actions().at(0)->isEnabled());
        QVERIFY(!menu->actions().at(1)->isEnabled() && !menu->actions().at(2)->isEnabled());
        QCOMPARE(menu->actions().at(2)->toolTip(), insert->toolTip());
        menu->close();
        const MachineSession* session = stage.library().find(QStringLiteral("debian-13"));
        auto* edit = stage.find<QPushButton>("editDisk");
        QSignalSpy wanted(&stage.window(), &MainWindow::editDiskRequested);
        stage.click(edit);
        QCOMPARE(wanted,
            QList<QVariantList>{{std::get<DiskDrive>(session->machine().definition.drives.front().what).file()}});
        list->setCurrentIndex(at({1, 5}));
        QVERIFY(!edit->isEnabled() && !edit->toolTip().isEmpty());
        QVERIFY(insert->isEnabled() && !eject->isEnabled() && remove->isEnabled());
        list->setCurrentIndex(at({1, 7}));
        QVERIFY(insert->isEnabled() && eject->isEnabled() && remove->isEnabled());
        stage.click(eject);
        QTRY_COMPARE(model->cardAt(at({1, 7}))->title, QStringLiteral("No medium"));
        QCOMPARE(list->currentIndex(), at({1, 7})); // where it was
        stage.click(remove);
        QVERIFY(stage.question()->text().contains(QLatin1String("1:7")));
        stage.click(stage.question()->findChild<QPushButton*>(QStringLiteral("confirm")));
        QTRY_VERIFY(!at({1, 7}).isValid());
        list->setCurrentIndex(at({1, 5}));
        stage.click(insert);
        auto* dialog = stage.find<QFileDialog>("chooseMedium");
        dialog->selectFile(stage.file(QStringLiteral("debian.iso")));
        QMetaObject::invokeMethod(dialog, "accept");
        QTRY_COMPARE(model->cardAt(at({1, 5}))->title, QStringLiteral("debian.iso"));
    }

    void anIsoDroppedBelowTheMachinesAsksForANewOne()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        QSignalSpy requests(&stage.window(), &MainWindow::newMachineRequested);
        auto* list = stage.find<QListView>("machineList");
        const QPoint empty(list->viewport()->width() / 2, list->viewport()->height() - 20);
        QVERIFY(!drop(list->viewport(), empty, stage.file(QStringLiteral("settings.ini"))));
        QCOMPARE(requests.count(), 0);
        QVERIFY(drop(list->viewport(), empty, stage.file(QStringLiteral("debian.iso"))));
        QCOMPARE(requests.count(), 1);
        QCOMPARE(requests.first().first().toString(), stage.file(QStringLiteral("debian.iso")));
    }

    void filesDroppedOnAMachinesRowGoToIt()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        stage.addMachine(QStringLiteral("win11"));
        stage.addBrokenMachine(QStringLiteral("zz"));
        stage.window();
        stage.clickRow(0);
        QSignalSpy requests(&stage.window(), &MainWindow::newMachineRequested);
        auto* list = stage.find<QListView>("machineList");
        const auto row = [&](int number) { return list->visualRect(list->model()->index(number, 0)).center(); };
        const auto drives = [&](const char* name) {
            return stage.library().find(QString::fromLatin1(name))->machine().definition.drives;
        };
        const std::vector<Drive> before = drives("debian-13");
        std::vector<Drive> expected = drives("win11");
        const QString iso = stage.file(QStringLiteral("debian.iso"));
        QVERIFY(!drop(list->viewport(), row(1), stage.file(QStringLiteral("settings.ini"))));
        QVERIFY(!drop(list->viewport(), row(2), iso));
        QVERIFY(drop(list->viewport(), row(1), iso));
        expected.push_back({{0, 2}, DvdDrive{iso}});
        QTRY_COMPARE(drives("win11"), expected);
        QCOMPARE(drives("debian-13"), before);
        QCOMPARE(stage.selected(), QStringLiteral("debian-13"));
        QCOMPARE(requests.count(), 0);
    }

    void remembersHowItWasLeft()
    {
        WindowStage stage;
        stage.addMachines(3);
        stage.window().resize(761, 613);
        stage.find<QSplitter>("splitter")->setSizes({301, 460});
        stage.clickRow(1);
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(3);
        const QList<int> sizes = stage.find<QSplitter>("splitter")->sizes();
        stage.closeWindow();
        QCOMPARE(stage.window().size(), QSize(761, 613));
        QCOMPARE(stage.selected(), QStringLiteral("machine 2"));
        QCOMPARE(stage.find<QTabWidget>("machineTabs")->currentIndex(), 3);
        QCOMPARE(stage.find<QSplitter>("splitter")->sizes(), sizes);
    }

    void opensWithinTheScreen()
    {
        WindowStage stage;
        stage.window();
        const MainWindow window(stage.library(), stage.settings());
        QVERIFY(window.height() > 0);
        QCOMPARE(window.size().boundedTo(window.screen()->availableSize()), window.size());
    }

    void fitsIntoASmallWindow()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("A machine with a very long name that nobody would ever read in full"));
        stage.window().resize(900, 600);
        QCOMPARE(stage.window().size(), QSize(900, 600));
        // Nothing of the toolbar is hidden behind its extension button.
        QVERIFY(stage.find<QToolButton>("menuButton")->isVisible());
        QVERIFY(stage.window().rect().contains(
            QRect(stage.find<QToolButton>("menuButton")->mapTo(&stage.window(), QPoint()), QSize(8, 8))));
        stage.picture(QStringLiteral("small"));
    }

    // Black on black but for the text: what the list draws itself can still be seen.
    void framesSurviveHighContrast()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("a"));
        stage.addMachine(QStringLiteral("b"));
        auto* list = stage.find<QListView>("machineList");
        QPalette contrast(Qt::white, Qt::black, Qt::black, Qt::black, Qt::black, Qt::white, Qt::black);
        contrast.setColor(QPalette::Disabled, QPalette::WindowText, Qt::black);
        contrast.setColor(QPalette::AlternateBase, Qt::black);
        // The icons take the application's colours.
        const QPalette before = QApplication::palette();
        QApplication::setPalette(contrast);
        const auto restore = qScopeGuard([&before] { QApplication::setPalette(before); });
        stage.clickRow(0);
        const QRect row = list->visualRect(list->model()->index(1, 0));
        const QImage image =
            list->viewport()->grab(QRect(row.topLeft(), QSize(row.height(), row.height()))).toImage();
        const auto isSeen = [&image](const QPoint& at) { return qGray(image.pixel(at)) > 40; };
        QVERIFY(isSeen(QPoint(8, 20) * image.devicePixelRatio()));
        bool hasIcon = false;
        for (int x = 20; x < image.width() - 4; ++x) {
            hasIcon = hasIcon || isSeen({x, image.height() / 2 - 6});
        }
        QVERIFY(hasIcon);
    }

    void nothingMovesUnderTheMouse()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        stage.window();
        auto* pause = stage.button("pause");
        const int left = stage.button("shutDown")->x();
        stage.action("pause")->setText(QStringLiteral("Res&ume"));
        QCoreApplication::sendPostedEvents();
        QCOMPARE(stage.button("shutDown")->x(), left);
        QVERIFY(pause->width() >= pause->sizeHint().width());
        // The accelerator's button comes and goes with the machine.
        auto* accelerator = stage.find<QToolButton>("machineAccelerator");
        QVERIFY(!accelerator->isVisible());
        const int top = stage.find<QTabWidget>("machineTabs")->y();
        accelerator->show();
        QCoreApplication::sendPostedEvents();
        QCOMPARE(stage.find<QTabWidget>("machineTabs")->y(), top);
    }

    void saysThatTheGuestSaidNothingYet()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        stage.window();
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(3);
        auto* details = stage.find<QTabWidget>("detailsTab");
        details->setCurrentIndex(3);
        const auto* note = details->currentWidget()->findChild<QLabel*>();
        QTRY_VERIFY(note->text().contains(QLatin1String("said nothing")));
        const QString log = stage.library().entries().front().folder + QStringLiteral("/log/serial.log");
        QVERIFY(QDir().mkpath(QFileInfo(log).path()));
        QFile file(log);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.write("hello\n") > 0);
        file.close();
        QTRY_COMPARE(note->text(), log);
        QVERIFY(
            details->currentWidget()->findChild<QPlainTextEdit*>()->toPlainText().contains(QLatin1String("hello")));
    }

    void hasNamesAndKeysForEverything()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        stage.addBrokenMachine(QStringLiteral("zz"));
        stage.window();
        stage.window().report(QStringLiteral("debian-13"),
            Error{.summary = QStringLiteral("Nothing works."),
                .advice = QStringLiteral("Wait."),
                .detail = QStringLiteral("raw")});
        auto* tabs = stage.find<QTabWidget>("machineTabs");
        for (int i = 0; i < tabs->count(); ++i) {
            tabs->setCurrentIndex(i);
            QCOMPARE(controlsBeyondTab(&stage.window()).join(u'\n'), QString());
        }
        auto* details = stage.find<QTabWidget>("detailsTab");
        for (int i = 0; i < details->count(); ++i) {
            details->setCurrentIndex(i);
            QCOMPARE(controlsBeyondTab(&stage.window()).join(u'\n'), QString());
        }
        stage.find<QListView>("machineList")->setFocus();
        stage.clickRow(1);
        QVERIFY(stage.shows("brokenPage"));
        QCOMPARE(controlsBeyondTab(&stage.window()).join(u'\n'), QString());
        QCOMPARE(controlsWithoutName(&stage.window()).join(u'\n'), QString());
        stage.action("moveToTrash")->trigger();
        QCOMPARE(controlsWithoutName(stage.question()).join(u'\n'), QString());
    }

    void followsThePalette()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        stage.window();
        stage.find<QTabWidget>("machineTabs")->setCurrentIndex(3);
        auto* view = stage.find<QTabWidget>("detailsTab")->currentWidget()->findChild<QPlainTextEdit*>();
        const auto brightest = [](const QWidget* widget) {
            const QImage image = const_cast<QWidget*>(widget)->grab().toImage();
            int found = 0;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    found = qMax(found, qGray(image.pixel(x, y)));
                }
            }
            return found;
        };
        const QPalette light = QApplication::palette();
        QPalette dark = light;
        for (const auto role :
            {QPalette::Window, QPalette::Base, QPalette::Button, QPalette::Light, QPalette::Midlight}) {
            dark.setColor(role, QColor(0x20, 0x20, 0x20));
        }
        // Only the text can be bright, and only where it follows.
        dark.setColor(QPalette::Text, Qt::black);
        QApplication::setPalette(dark);
        QTRY_VERIFY(brightest(view->viewport()) > 0x60); // the dark theme's own colours
        for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText}) {
            dark.setColor(role, QColor(0xf0, 0xf0, 0xf0));
        }
        QApplication::setPalette(dark);
        QVERIFY(brightest(stage.find<QToolButton>("menuButton")) > 0xc0);
        stage.picture(QStringLiteral("dark"));
        QApplication::setPalette(light);
    }

    void carriesAHundredMachines()
    {
        WindowStage stage;
        stage.addMachines(100);
        QElapsedTimer timer;
        timer.start();
        stage.window();
        qInfo("The window with 100 machines took %lld ms.", timer.elapsed());
        QCOMPARE(names(stage).size(), 100);
        auto* list = stage.find<QListView>("machineList");
        QTest::keyClick(list, Qt::Key_End);
        QVERIFY(list->visualRect(list->currentIndex()).intersects(list->viewport()->rect()));
        stage.picture(QStringLiteral("hundred"));
    }

    void withoutAMachineADroppedImageIsEdited()
    {
        WindowStage stage;
        QSignalSpy wanted(&stage.window(), &MainWindow::editDiskRequested);
        const QString image = stage.file(QStringLiteral("Old Disk.VHD"));
        QVERIFY(QFile::copy(stage.file(QStringLiteral("debian.iso")), image));
        QVERIFY(drop(&stage.window(), {300, 300}, image));
        QCOMPARE(wanted, QList<QVariantList>{{image}});
        QVERIFY(!drop(&stage.window(), {300, 300}, stage.file(QStringLiteral("nothing.vhdx"))));
        stage.action("editAnyDisk")->trigger();
        QCOMPARE(wanted.size(), 2);
        QVERIFY(wanted.last().constFirst().toString().isEmpty());
    }

    void attachesWhatIsDropped()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        QSignalSpy conversions(&stage.window(), &MainWindow::convertDiskRequested);
        const auto now = [&] {
            return stage.library().find(QStringLiteral("debian-13"))->machine().definition.drives;
        };
        const std::vector<Drive> before = now();
        const auto drives = [&] { return now().size(); };
        const auto undo = [&] {
            const QList<QAbstractButton*> buttons = stage.window().findChildren<QAbstractButton*>();
            for (QAbstractButton* button : buttons) {
                if (button->text() == QLatin1String("Undo") && button->isVisible()) {
                    button->click();
                    return true;
                }
            }
            return false;
        };
        const QString iso = stage.file(QStringLiteral("debian.iso"));
        const QString disk = stage.file(QStringLiteral("more.vhdx"));
        QVERIFY(createDisk({.file = disk, .size = ByteCount::gibibytes(1)}));
        const QString old = stage.file(QStringLiteral("old.vhd"));
        QVERIFY(QFile::copy(iso, old));

        // An ISO goes into the first DVD drive that is empty, and then into a new one.
        const auto mediaIn = [&] {
            return std::ranges::count_if(now(), [&](const Drive& drive) {
                const auto* dvd = std::get_if<DvdDrive>(&drive.what);
                return dvd != nullptr && dvd->medium == iso;
            });
        };
        const auto media = mediaIn();
        QVERIFY(drop(&stage.window(), {600, 300}, iso));
        QTRY_COMPARE(mediaIn(), media + 1);
        QVERIFY(undo());
        QTRY_COMPARE(now(), before);

        QVERIFY(drop(&stage.window(), {600, 300}, disk));
        QTRY_COMPARE(drives(), before.size() + 1);
        stage.picture(QStringLiteral("dropped"));
        QVERIFY(undo());
        QTRY_COMPARE(now(), before);
        QVERIFY(QFile::exists(disk));

        // A VHD is not attached, and what is neither is refused before the drop, in words.
        QVERIFY(drop(&stage.window(), {600, 300}, old));
        QTRY_COMPARE(conversions, QList<QVariantList>{{old}});
        QCOMPARE(now(), before);
        QVERIFY(!drop(&stage.window(), {600, 300}, stage.file(QStringLiteral("settings.ini"))));
        const QList<QLabel*> labels = stage.window().findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) {
            return label->text().contains(QLatin1String("settings.ini is neither an ISO nor a disk image"));
        }));
        QCOMPARE(now(), before);
    }

    void doesNotQuitUnaskedWhileWorkGoesOn()
    {
        WindowStage stage;
        stage.addMachine(QStringLiteral("debian-13"));
        MainWindow& window = stage.window();
        auto gate = std::make_shared<QSemaphore>();
        const auto open = qScopeGuard([&] { gate->release(); });
        DiskJobRunner* job = window.jobs().run(jobOnFile(std::make_unique<GatedOperation>(gate)));
        QVERIFY(stage.find<QWidget>("jobsBar")->isVisible());
        stage.picture(QStringLiteral("job"));
        window.close();
        QVERIFY(window.isVisible());
        QVERIFY(stage.question() != nullptr);
        QTest::keyClick(stage.question(), Qt::Key_Escape);
        QVERIFY(window.isVisible() && !job->isCancelling());
        window.close();
        QPushButton* quit = nullptr;
        for (QAbstractButton* button : stage.question()->buttons()) {
            if (stage.question()->buttonRole(button) == QMessageBox::DestructiveRole) {
                quit = qobject_cast<QPushButton*>(button);
            }
        }
        QTest::mouseClick(quit, Qt::LeftButton);
        QTRY_VERIFY(job->isCancelling());
        QVERIFY(window.isVisible());
        gate->release();
        QTRY_VERIFY(!window.isVisible());
        QCOMPARE(job->outcome()->error().kind, ErrorKind::Cancelled);
    }

private:
    static QStringList names(WindowStage& stage)
    {
        const QAbstractItemModel* model = stage.find<QListView>("machineList")->model();
        QStringList found;
        for (int row = 0; row < model->rowCount(); ++row) {
            found << model->index(row, 0).data().toString();
        }
        return found;
    }

    // Whether it was taken.
    static bool drop(QWidget* widget, QPoint at, const QString& file)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(widget, &enter);
        QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        move.ignore();
        QCoreApplication::sendEvent(widget, &move);
        if (!enter.isAccepted() || !move.isAccepted()) {
            return false;
        }
        QDropEvent event(QPointF(at), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(widget, &event);
        return event.isAccepted();
    }
};

QTEST_MAIN(MainWindowTest)
#include "main_window_test.moc"
