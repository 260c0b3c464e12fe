// SPDX-License-Identifier: GPL-3.0-or-later
// The wizard and a real machine that is started, paused and powered off while it stands open.
#include "core/disk/inspect_file.h"
#include "edit_disk_stage.h"

#include <QCheckBox>
#include <QCoroTask>
#include <QRadioButton>

using namespace platter;

class EditDiskMachineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void noticesWhatTheMachineDoes()
    {
        EditDiskStage stage;
        const QString image = stage.makeDisk(QStringLiteral("system.raw"));
        stage.addMachine(QStringLiteral("lab"), image, DiskFormat::Raw);
        // By another name of the same file.
        QVERIFY(QFile::link(image, stage.file(QStringLiteral("alias.raw"))));
        stage.open(stage.file(QStringLiteral("alias.raw")));
        QTRY_VERIFY(stage.message("diskUse").contains(QStringLiteral("machine “lab”, which is off")));
        QVERIFY(stage.choose(Qt::Key_V, OptionsPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(stage.plan().contains(QStringLiteral("“lab” is off")));

        MachineSession* session = stage.library().find(QStringLiteral("lab"));
        QVERIFY(QCoro::waitFor(session->start(AcceleratorChoice::SoftwareEmulation)));
        QTRY_VERIFY(stage.message("planNotice").contains(QLatin1String("has been started")));
        QTRY_VERIFY2(stage.message("planMessage").contains(QLatin1String("shut it down first")),
            qPrintable(stage.message("planMessage")));
        QCOMPARE(stage.plan(), QStringLiteral("Nothing will happen."));

        QVERIFY(QCoro::waitFor(session->pause()));
        QTRY_VERIFY(stage.message("planNotice").contains(QLatin1String("is paused now")));
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.press(Qt::Key_B, Qt::AltModifier);
        QVERIFY(stage.find<QRadioButton>("expand")->isEnabled());
        for (const char* action : {"shrink", "convert"}) {
            QVERIFY2(!stage.find<QRadioButton>(action)->isEnabled(), action);
        }

        // It is not said to run.
        stage.press(Qt::Key_E, Qt::AltModifier);
        QVERIFY(stage.enterTo(OptionsPageNumber));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY2(stage.plan().contains(QStringLiteral("“lab” stays as it is")), qPrintable(stage.plan()));
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.press(Qt::Key_B, Qt::AltModifier);

        QVERIFY(QCoro::waitFor(session->powerOff()));
        QTRY_VERIFY(stage.find<QRadioButton>("convert")->isEnabled());
        QTRY_VERIFY(stage.find<QRadioButton>("shrink")->isEnabled());
    }

    void expandsTheDiskOfARunningMachine_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("format");
        QTest::newRow("raw") << QStringLiteral("system.raw") << int(DiskFormat::Raw);
        QTest::newRow("VHDX") << QStringLiteral("system.vhdx") << int(DiskFormat::Vhdx);
    }

    void expandsTheDiskOfARunningMachine()
    {
        QFETCH(QString, name);
        QFETCH(int, format);
        EditDiskStage stage;
        const QString image = stage.makeDisk(name);
        stage.addMachine(QStringLiteral("lab"), image, DiskFormat(format));
        MachineSession* session = stage.library().find(QStringLiteral("lab"));
        QVERIFY(QCoro::waitFor(session->start(AcceleratorChoice::SoftwareEmulation)));
        stage.open(image);
        QVERIFY(stage.choose(Qt::Key_E, OptionsPageNumber));
        stage.type(QStringLiteral("3G"));
        // The firmware alone has no agent; nothing is promised.
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.message("growInGuestMessage").contains(QLatin1String("No guest agent answers")), 30000);
        QVERIFY(!stage.find<QCheckBox>("growInGuest")->isEnabled());
        QVERIFY(!stage.find<QCheckBox>("growInGuest")->isChecked());
        QVERIFY(!stage.wizard().request().growsInGuest);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY2(
            stage.plan().contains(QStringLiteral("The machine “lab” keeps running")), qPrintable(stage.plan()));
        QVERIFY(stage.finish());
        QVERIFY(stage.wizard().job()->outcome()->has_value());
        QCOMPARE(session->state(), MachineState::Running);
        QVERIFY(QCoro::waitFor(session->powerOff()));
        const Result<DiskInspection> disk = inspectFile(image, {}, InspectAccess::Locked);
        QVERIFY(disk);
        QCOMPARE(disk->virtualSize, ByteCount::gibibytes(3));
    }
};

QTEST_MAIN(EditDiskMachineTest)
#include "edit_disk_machine_test.moc"
