// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/accessible_names.h"
#include "wizard_stage.h"
#include "wizards/wizard_page.h"

#include <QAbstractButton>
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QDir>
#include <QDropEvent>
#include <QLineEdit>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProcess>
#include <QScopeGuard>
#include <QUrl>

#include <algorithm>

using namespace platter;

// The ways through the wizard, each to a machine on disk.
class NewVmWizardTest : public QObject {
    Q_OBJECT

    TestMedia m_media;

    static Definition made(WizardStage& stage, const QString& name)
    {
        const Result<StoredMachine> machine = stage.library().store().load(name);
        if (!machine) {
            qFatal("%s", qPrintable(machine.error().text()));
        }
        return machine->definition;
    }

    static QString diskFile(const Definition& definition)
    {
        const Drive* drive = definition.driveAt({0, 0});
        const DiskDrive* disk = drive ? std::get_if<DiskDrive>(&drive->what) : nullptr;
        return disk ? disk->file() : QString();
    }

    static QString mediumIn(const Definition& definition, SlotId slot)
    {
        const Drive* drive = definition.driveAt(slot);
        const DvdDrive* dvd = drive ? std::get_if<DvdDrive>(&drive->what) : nullptr;
        return dvd ? dvd->medium : QString();
    }

    static void drop(QWidget* target, const QString& file)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter({20, 20}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent event(QPointF(20, 20), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(target, &event);
        QVERIFY(event.isAccepted());
    }

private Q_SLOTS:

    void initTestCase()
    {
        const QString fault = m_media.make();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
    }

    // Somebody who only ever presses Next gets a machine that boots.
    void nextNextNextMakesTheSampleGuest()
    {
        const QString built = QStringLiteral(PLATTER_BINARY_DIR "/share/platter/sample-guest.iso");
        const QString sample = QFile::exists(built) ? built : m_media.sample();
        WizardStage stage(sample);
        stage.open();
        for (int page = NamePageNumber; page <= SummaryPageNumber; ++page) {
            QVERIFY(stage.next());
        }
        QCOMPARE(stage.find<QAbstractButton>("next")->text(), QStringLiteral("&Create and start"));
        QTRY_VERIFY(stage.find<QPlainTextEdit>("plan")->toPlainText().contains(sample));
        QVERIFY(stage.finish());
        QCOMPARE(stage.createdName, QStringLiteral("sample-guest"));
        QCOMPARE(stage.createdStart, FirstStart::Now);
        QVERIFY(stage.library().find(stage.createdName));

        const Definition machine = made(stage, stage.createdName);
        QCOMPARE(machine.memory, ByteCount::mebibytes(512));
        QVERIFY(diskFile(machine).endsWith(QLatin1String("/machines/sample-guest/sample-guest.vhdx")));
        QCOMPARE(imageKindOf(diskFile(machine)).value(), ImageKind::Vhdx);
        QCOMPARE(mediumIn(machine, {0, 1}), sample);
        QCOMPARE(machine.drives.size(), 2U);
        QCOMPARE(machine.adapters.size(), 1U);
        const std::vector<BootDevice> order{SlotId{0, 0}, SlotId{0, 1}};
        QVERIFY(machine.bootOrder == order);
    }

    void saysWhyThereIsNoSampleGuest()
    {
        WizardStage stage;
        stage.open();
        const auto* radio = stage.find<QAbstractButton>("sampleGuest");
        QVERIFY(!radio->isEnabled());
        QVERIFY(radio->accessibleDescription().contains(QLatin1String("no-sample.iso does not exist")));
        QVERIFY(stage.find<QAbstractButton>("isoImage")->isChecked());
    }

    void recognisesAnIso()
    {
        WizardStage stage;
        stage.open();
        stage.type("isoFile", m_media.debian());
        QTRY_COMPARE_WITH_TIMEOUT(
            stage.message("isoMessage"), QStringLiteral("Debian 13; boots with UEFI."), 20000);
        QVERIFY(stage.next());
        QCOMPARE(stage.find<QLineEdit>("machineName")->text(), QStringLiteral("debian13"));
        QVERIFY(stage.goTo(SummaryPageNumber));
        stage.click("startNow");
        QCOMPARE(stage.find<QAbstractButton>("next")->text(), QStringLiteral("&Create"));
        QVERIFY(!stage.find<QWidget>("answerKeyPrompt")->isVisible());
        QVERIFY(stage.finish());
        QCOMPARE(stage.createdStart, FirstStart::Later);
        const Definition machine = made(stage, QStringLiteral("debian13"));
        QCOMPARE(machine.osId, QStringLiteral("debian13"));
        QCOMPARE(mediumIn(machine, {0, 1}), m_media.debian());

        // The next one of the same system has a name of its own, and the ISO is offered again.
        stage.open().setMedium(m_media.debian());
        QVERIFY(stage.next());
        QCOMPARE(stage.find<QLineEdit>("machineName")->text(), QStringLiteral("debian13-2"));
        const auto offered = stage.wizard().findChildren<QAction*>();
        QVERIFY(std::ranges::any_of(
            offered, [this](const QAction* action) { return action->toolTip() == m_media.debian(); }));
    }

    void keepsWhatTheUserChose()
    {
        WizardStage stage;
        stage.open();
        stage.click("later");
        QVERIFY(stage.next());
        stage.type("machineName", QStringLiteral("Bücher und mehr"));
        QVERIFY(stage.next());
        stage.type("memory", QStringLiteral("3G"));
        QVERIFY(stage.next());
        stage.type("diskSize", QStringLiteral("70G"));
        stage.click("step1");
        QCOMPARE(stage.page(), int(SystemPageNumber));
        stage.type("isoFile", m_media.windows());
        QVERIFY(stage.goTo(SummaryPageNumber));
        const NewMachine& choices = stage.wizard().choices();
        QCOMPARE(choices.name, QStringLiteral("Bücher und mehr"));
        QCOMPARE(choices.memory, ByteCount::gibibytes(3));
        QCOMPARE(std::get<NewDisk>(choices.disk).size, ByteCount::gibibytes(70));
        QCOMPARE(choices.osId, QStringLiteral("win11"));
    }

    void refusesAnIsoWithoutUefi()
    {
        WizardStage stage;
        stage.open();
        stage.type("isoFile", m_media.bios());
        QVERIFY(stage.isRefused("isoFile", "isoMessage", QStringLiteral("has no UEFI boot image")));
        QVERIFY(stage.find<QCheckBox>("useAnyway")->isVisible());
        stage.click("useAnyway");
        QVERIFY(stage.next());

        // Another ISO of that kind must be let pass anew.
        stage.click("back");
        stage.type("isoFile", m_media.dataOnly());
        QVERIFY(stage.isRefused("isoFile", "isoMessage", QStringLiteral("holds nothing to boot from")));
        QVERIFY(!stage.find<QCheckBox>("useAnyway")->isChecked());
        stage.type("isoFile", m_media.debian());
        QVERIFY(stage.next());
        QVERIFY(!stage.find<QCheckBox>("useAnyway")->isVisible());
    }

    // What was chosen last counts, however long the look at the first takes.
    void supersedesAnOlderLook()
    {
        WizardStage stage;
        NewVmWizard& wizard = stage.open();
        wizard.setMedium(m_media.windows());
        wizard.setMedium(m_media.bios());
        wizard.setMedium(m_media.debian());
        QVERIFY(stage.next());
        QCOMPARE(wizard.choices().osId, QStringLiteral("debian13"));
        QCOMPARE(wizard.choices().media, QStringList{m_media.debian()});
        stage.click("back");
        QVERIFY(stage.message("isoMessage").startsWith(QLatin1String("Debian 13")));
    }

    void takesADroppedIso()
    {
        WizardStage stage(m_media.sample());
        NewVmWizard& wizard = stage.open();
        drop(wizard.page(0), m_media.debian());
        QVERIFY(stage.find<QAbstractButton>("isoImage")->isChecked());
        QCOMPARE(stage.find<QLineEdit>("isoFile")->text(), m_media.debian());
        QVERIFY(stage.next());
        QCOMPARE(wizard.choices().osId, QStringLiteral("debian13"));
    }

    void offersDriversForWindows()
    {
        WizardStage stage;
        stage.open();
        stage.type("isoFile", m_media.windows());
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("addDrivers")->isVisible(), 20000);
        QVERIFY(!stage.find<QCheckBox>("addDrivers")->isChecked());
        stage.click("addDrivers");
        QVERIFY(
            stage.isRefused("driversFile", "driversMessage", QStringLiteral("No virtio driver ISO is chosen.")));
        stage.type("driversFile", stage.file(QStringLiteral("nowhere.iso")));
        QVERIFY(stage.isRefused("driversFile", "driversMessage", QStringLiteral("does not exist")));
        stage.type("driversFile", m_media.drivers());
        QVERIFY(stage.goTo(SummaryPageNumber));
        auto* key = stage.find<QCheckBox>("answerKeyPrompt");
        QVERIFY(key->isVisible() && key->isChecked());
        stage.click("startNow");
        QVERIFY(!key->isEnabled());
        stage.click("startNow");
        QVERIFY(stage.finish());
        QCOMPARE(stage.createdStart, FirstStart::NowWithKey);
        const Definition machine = made(stage, QStringLiteral("win11"));
        QCOMPARE(mediumIn(machine, {0, 1}), m_media.windows());
        QCOMPARE(mediumIn(machine, {0, 2}), m_media.drivers());
        QCOMPARE(machine.firmware.secureBoot, SecureBoot::Microsoft);
        QVERIFY(machine.firmware.hasTpm);
    }

    void saysWhenWindowsCannotHaveItsTpm()
    {
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", "/nowhere");
        const auto restore = qScopeGuard([&path] { qputenv("PATH", path); });
        WizardStage stage;
        stage.open();
        stage.type("isoFile", m_media.windows());
        QVERIFY(stage.isRefused("isoFile", "isoMessage", QStringLiteral("Install the package swtpm")));
    }

    void bootsFromAFolder()
    {
        WizardStage stage;
        stage.open();
        stage.click("networkBoot");
        stage.type("netbootFolder", stage.file(QStringLiteral("nowhere")));
        QVERIFY(stage.isRefused("netbootFolder", "networkBootMessage", QStringLiteral("does not exist")));
        stage.type("netbootFolder", QStringLiteral("/usr/lib/debian-installer/images/13/amd64/text"));
        QVERIFY(stage.message("networkBootMessage").contains(QLatin1String("bootnetx64.efi")));
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(stage.finish());
        const Definition machine = made(stage, stage.createdName);
        QCOMPARE(machine.adapters.at(0).boot.file, QStringLiteral("debian-installer/amd64/bootnetx64.efi"));
        const std::vector<BootDevice> order{SlotId{0, 0}, AdapterId{0}};
        QVERIFY(machine.bootOrder == order);
    }

    void bootsFromTheNetwork()
    {
        WizardStage stage;
        stage.open();
        stage.click("networkBoot");
        QVERIFY(stage.goTo(NetworkPageNumber));
        QVERIFY(!stage.find<QAbstractButton>("noNetwork")->isEnabled());
        stage.click("addSsh");
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(stage.finish());
        const Definition machine = made(stage, stage.createdName);
        QCOMPARE(machine.drives.size(), 1U);
        const std::vector<BootDevice> order{SlotId{0, 0}, AdapterId{0}};
        QVERIFY(machine.bootOrder == order);
        const std::vector<PortForward> forwards{{Protocol::Tcp, 2222, 22}};
        QVERIFY(machine.adapters.at(0).forwards == forwards);

        QVERIFY(machine.adapters.at(0).boot == NetworkBoot{});

        // The next machine gets another port for the same purpose.
        stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(NetworkPageNumber));
        stage.click("addSsh");
        stage.click("addSsh");
        QCOMPARE(stage.find<QLineEdit>("hostPort1")->text(), QStringLiteral("2223"));
        QCOMPARE(stage.find<QLineEdit>("hostPort2")->text(), QStringLiteral("2224"));
        stage.click("removeForward1");
        QCOMPARE(stage.wizard().choices().forwards.size(), 1U);
        QCOMPARE(stage.wizard().choices().forwards.at(0).hostPort, quint16(2224));
    }

    void decidesLater()
    {
        WizardStage stage;
        stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(DiskPageNumber));
        stage.click("noDisk");
        QVERIFY(stage.next());
        stage.click("noNetwork");
        QVERIFY(stage.next());
        QVERIFY(stage.finish());
        const Definition machine = made(stage, QStringLiteral("machine"));
        QVERIFY(machine.drives.empty());
        QVERIFY(machine.adapters.empty());
        QVERIFY(machine.bootOrder.empty());
    }

    void usesAnExistingDisk()
    {
        WizardStage stage;
        const QString file = stage.file(QStringLiteral("old system.qcow2"));
        QVERIFY(createImage(file, DiskFormat::Qcow2, ByteCount::gibibytes(5)));
        NewVmWizard& wizard = stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(DiskPageNumber));
        drop(wizard.page(3), file);
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.message("existingMessage").startsWith(QLatin1String("A qcow2 image")), 20000);
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(stage.finish());
        const Definition machine = made(stage, QStringLiteral("machine"));
        QCOMPARE(diskFile(machine), file);
        QCOMPARE(std::get<DiskDrive>(machine.drives.at(0).what).format, DiskFormat::Qcow2);
    }

    // A raw image has no mark: only what is on it tells it from a letter to the bank.
    void doubtsARawFileWithNothingOnIt()
    {
        WizardStage stage;
        const QString letter = stage.file(QStringLiteral("letter.txt"));
        QFile text(letter);
        QVERIFY(text.open(QIODevice::WriteOnly));
        QCOMPARE(text.write(QByteArray(12288, 'x')), 12288);
        text.close();
        const QString disk = stage.file(QStringLiteral("disk.img"));
        QVERIFY(QFile::copy(letter, disk));
        QFile image(disk);
        QVERIFY(image.open(QIODevice::ReadWrite));
        QVERIFY(image.resize(4 << 20));
        // An MBR with one Linux partition, from 1 MiB to the end.
        QVERIFY(image.seek(446));
        QCOMPARE(image.write(QByteArray::fromHex("00000000830000000008000000180000")), 16);
        QVERIFY(image.write(QByteArray(48, '\0') + QByteArray::fromHex("55aa")) == 50);
        image.close();

        stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(DiskPageNumber));
        stage.click("existingDisk");
        stage.type("existingFile", disk);
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("existingMessage").startsWith(QLatin1String("A raw image")), 20000);
        stage.type("existingFile", letter);
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.message("existingMessage").contains(QLatin1String("is this a disk?")), 20000);
        QVERIFY(stage.message("existingMessage").contains(QLatin1String("12 KiB")));
        // Whoever knows better goes on.
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(stage.finish());
        QCOMPARE(diskFile(made(stage, QStringLiteral("machine"))), letter);
    }

    void makesTheDiskWhereItIsWanted()
    {
        WizardStage stage;
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("big"))));
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("elsewhere"))));
        stage.open();
        stage.click("later");
        QVERIFY(stage.next());
        stage.type("machineName", QStringLiteral("m"));
        stage.type("machinePlace", stage.file(QStringLiteral("elsewhere")));
        QCOMPARE(stage.find<QWidget>("machineFolder")->accessibleName(),
            QStringLiteral("The machine's folder: ") + stage.file(QStringLiteral("elsewhere/m")));
        QVERIFY(stage.goTo(DiskPageNumber));
        stage.type("diskSize", QStringLiteral("64T"));
        // A folder will do: the file is named after the machine and the format.
        stage.type("diskFile", stage.file(QStringLiteral("big")));
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.message("diskSizeMessage").contains(QLatin1String("no room for a full disk")), 20000);
        QVERIFY(stage.goTo(SummaryPageNumber));
        stage.click("copyPlan");
        QVERIFY(QGuiApplication::clipboard()->text().contains(stage.file(QStringLiteral("big/m.vhdx"))));
        QVERIFY(stage.finish());
        QCOMPARE(diskFile(made(stage, QStringLiteral("m"))), stage.file(QStringLiteral("big/m.vhdx")));
        QVERIFY(QFile::exists(stage.file(QStringLiteral("elsewhere/m/machine.json"))));
    }

    // Both saw a free name; only one can have it. The other one's user is told, and loses nothing.
    void twoWizardsWantTheSameName()
    {
        WizardStage stage;
        NewVmWizard& first = stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(SummaryPageNumber));
        NewVmWizard& second = stage.open();
        stage.click("later");
        QVERIFY(stage.goTo(SummaryPageNumber));
        QCOMPARE(first.choices().name, second.choices().name);

        for (NewVmWizard* wizard : {&first, &second}) {
            stage.use(*wizard);
            stage.click("next");
            QVERIFY(wizard->isVisible());
        }
        QTRY_VERIFY_WITH_TIMEOUT(first.isVisible() != second.isVisible(), 20000);
        stage.use(first.isVisible() ? first : second);
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("summaryMessage").contains(QLatin1String("machine")), 20000);
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.find<QWidget>("summaryMessage")->findChild<QAbstractButton*>()->isVisible(), 20000);
        QVERIFY(stage.find<QWidget>("next")->isEnabled());
        QTest::mouseClick(stage.find<QWidget>("summaryMessage")->findChild<QAbstractButton*>(), Qt::LeftButton);
        QCOMPARE(stage.page(), int(NamePageNumber));
        QTRY_VERIFY(stage.message("nameMessage").contains(QLatin1String("already")));
        // The fix is one click.
        QTest::mouseClick(stage.find<QWidget>("nameMessage")->findChild<QAbstractButton*>(), Qt::LeftButton);
        QCOMPARE(stage.find<QLineEdit>("machineName")->text(), QStringLiteral("machine-2"));
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(stage.finish());
        QCOMPARE(stage.library().entries().size(), 2U);
    }

    void failureComesBackIntoTheWizard()
    {
        WizardStage stage;
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("place"))));
        stage.open();
        stage.click("later");
        QVERIFY(stage.next());
        stage.type("machinePlace", stage.file(QStringLiteral("place")));
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(QDir().rmdir(stage.file(QStringLiteral("place"))));
        stage.click("next");
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("summaryMessage").contains(QLatin1String("does not exist")), 20000);
        QVERIFY(stage.wizard().isVisible());
        QVERIFY(stage.find<QWidget>("next")->isEnabled());
        QVERIFY(QDir().mkdir(stage.file(QStringLiteral("place"))));
        QVERIFY(stage.finish());
        QVERIFY(QFile::exists(stage.file(QStringLiteral("place/machine/machine.json"))));
    }

    void keyboardAlone()
    {
        WizardStage stage;
        NewVmWizard& wizard = stage.open();
        const auto press = [&](Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
            QTest::keyClick(wizard.focusWidget(), key, modifiers);
        };
        const auto go = [&](int page) {
            press(Qt::Key_Return);
            return QTest::qWaitFor([&] { return stage.page() == page; }, 20000);
        };
        // The focus is at the field for the ISO; a path, and Enter is Next.
        QTest::keyClicks(wizard.focusWidget(), m_media.debian());
        QVERIFY(go(NamePageNumber));
        QTest::keyClicks(wizard.focusWidget(), QStringLiteral("by hand"));
        QVERIFY(go(ResourcesPageNumber));
        QTest::keyClicks(wizard.focusWidget(), QStringLiteral("1G"));
        press(Qt::Key_Up); // 1.5 GiB
        press(Qt::Key_P, Qt::AltModifier);
        QCOMPARE(wizard.focusWidget()->objectName(), QStringLiteral("processors"));
        press(Qt::Key_Down); // 1: what every host has
        QVERIFY(go(DiskPageNumber));
        QTest::keyClicks(wizard.focusWidget(), QStringLiteral("9"));
        press(Qt::Key_F, Qt::AltModifier);
        press(Qt::Key_Down); // qcow2
        QVERIFY(go(NetworkPageNumber));
        press(Qt::Key_S, Qt::AltModifier);
        QTRY_COMPARE(
            wizard.focusWidget()->objectName(), QStringLiteral("hostPort1")); // the button shows its press first
        QTest::keyClicks(wizard.focusWidget(), QStringLiteral("2022"));
        QVERIFY(go(SummaryPageNumber));
        press(Qt::Key_Space); // do not start
        press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!wizard.isVisible(), 20000);

        const Definition machine = made(stage, QStringLiteral("by hand"));
        QCOMPARE(machine.memory, ByteCount::mebibytes(1536));
        QCOMPARE(machine.cpus, 1);
        QVERIFY(diskFile(machine).endsWith(QLatin1String("by hand.qcow2")));
        QCOMPARE(machine.adapters.at(0).forwards.at(0).hostPort, quint16(2022));
        QCOMPARE(stage.createdStart, FirstStart::Later);
    }

    // On every page, Tab reaches every control, and every control has a name for screen readers.
    void everyControlIsReachedAndNamed()
    {
        WizardStage stage;
        NewVmWizard& wizard = stage.open();
        stage.click("networkBoot");
        for (int page = SystemPageNumber; page <= SummaryPageNumber; ++page) {
            QVERIFY(stage.goTo(page));
            if (page == NetworkPageNumber) {
                stage.click("addSsh");
            }
            QCOMPARE(controlsBeyondTab(&wizard).join(QLatin1Char('\n')), QString());
            QCOMPARE(controlsWithoutName(&wizard).join(QLatin1Char('\n')), QString());
        }
    }

    void escapeAsksOnlyAfterAnEntry()
    {
        WizardStage stage;
        NewVmWizard& untouched = stage.open();
        QTest::keyClick(&untouched, Qt::Key_Escape);
        QVERIFY(!untouched.isVisible());

        NewVmWizard& wizard = stage.open();
        stage.type("isoFile", QStringLiteral("/x"));
        QTest::keyClick(&wizard, Qt::Key_Escape);
        auto* question = wizard.findChild<QMessageBox*>();
        QVERIFY(question);
        QVERIFY(wizard.isVisible());
        QTest::keyClick(question, Qt::Key_Escape);
        QTRY_VERIFY(!wizard.findChild<QMessageBox*>());
        QVERIFY(wizard.isVisible());
        QCOMPARE(stage.find<QLineEdit>("isoFile")->text(), QStringLiteral("/x"));

        wizard.close();
        question = wizard.findChild<QMessageBox*>();
        QVERIFY(question);
        QVERIFY(wizard.isVisible());
        for (QAbstractButton* button : question->buttons()) {
            if (question->buttonRole(button) == QMessageBox::DestructiveRole) {
                button->click();
                break;
            }
        }
        QTRY_VERIFY(!wizard.isVisible());
        QVERIFY(stage.library().entries().empty());
    }
};

QTEST_MAIN(NewVmWizardTest)
#include "new_vm_wizard_test.moc"
