// SPDX-License-Identifier: GPL-3.0-or-later
// Disks that are no image files of this computer, chosen as people do: by typing and clicking, in the dialogs alone
// and in the real window.
#include "tests/disk/fake_devices.h"
#include "tests/gui/accessible_names.h"
#include "tests/gui/appearance.h"
#include "tests/gui/storage_pane/storage_stage.h"
#include "ui/disk_choice/host_disk_dialog.h"
#include "ui/disk_choice/network_disk_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTreeWidget>

using namespace platter;

namespace {

template <typename T>
T* part(const QWidget& of, const char* name)
{
    T* found = of.findChild<T*>(QLatin1String(name));
    if (found == nullptr) {
        qFatal("There is no %s.", name);
    }
    return found;
}

} // namespace

class DiskChoiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void saysWhatIsWrongWithALocation()
    {
        NetworkDiskDialog dialog(QStringLiteral("box"));
        QSignalSpy chosen(&dialog, &NetworkDiskDialog::chosen);
        dialog.show();
        QCOMPARE(controlsWithoutName(&dialog), QStringList());
        auto* location = part<QLineEdit>(dialog, "location");
        auto* add = part<QPushButton>(dialog, "addLocation");
        auto* note = part<QLabel>(dialog, "locationNote");
        auto* readOnly = part<QCheckBox>(dialog, "locationReadOnly");
        auto* format = part<QComboBox>(dialog, "locationFormat");
        QVERIFY(!add->isEnabled());
        QVERIFY(note->text().contains(QLatin1String("nbd://")));
        QVERIFY(savePicture(dialog, QStringLiteral("storage"), QStringLiteral("network-location")));

        QTest::keyClicks(location, QStringLiteral("ssh://me:secret@server/d.qcow2"));
        QVERIFY(!add->isEnabled());
        QVERIFY2(note->text().contains(QLatin1String("password")), qPrintable(note->text()));
        QVERIFY(savePicture(dialog, QStringLiteral("storage"), QStringLiteral("network-location-wrong")));

        location->clear();
        QTest::keyClicks(location, QStringLiteral("https://server/d.qcow2"));
        QVERIFY(add->isEnabled());
        QVERIFY(readOnly->isChecked() && !readOnly->isEnabled());
        QCOMPARE(format->currentText(), QStringLiteral("qcow2"));

        location->clear();
        QTest::keyClicks(location, QStringLiteral("nbd://server/data"));
        QVERIFY(!readOnly->isChecked() && readOnly->isEnabled());
        QCOMPARE(format->currentText(), QStringLiteral("raw"));
        QTest::mouseClick(add, Qt::LeftButton);
        QCOMPARE(chosen.size(), 1);
        QVERIFY(chosen.front().front().value<DiskDrive>()
            == (DiskDrive{
                NbdExport{.host = QStringLiteral("server"), .name = QStringLiteral("data")}, DiskFormat::Raw}));
        QVERIFY(!dialog.isVisible());
    }

    void aFormatThatWasChosenStays()
    {
        NetworkDiskDialog dialog(QStringLiteral("box"));
        dialog.show();
        auto* format = part<QComboBox>(dialog, "locationFormat");
        format->setFocus();
        QTest::keyClick(format, Qt::Key_Down);
        QCOMPARE(format->currentText(), QStringLiteral("qcow2"));
        QTest::keyClicks(part<QLineEdit>(dialog, "location"), QStringLiteral("nbd://server/data.raw"));
        QCOMPARE(format->currentText(), QStringLiteral("qcow2"));
    }

    void showsWhyADiskCannotBeUsed()
    {
        FakeDevices host;
        host.mount("/dev/sdb1", "8:17", "/media/stick");
        HostDiskDialog dialog(QStringLiteral("box"), nullptr, host.roots());
        QSignalSpy chosen(&dialog, &HostDiskDialog::chosen);
        dialog.show();
        QCOMPARE(controlsWithoutName(&dialog), QStringList());
        auto* list = part<QTreeWidget>(dialog, "hostDisks");
        auto* add = part<QPushButton>(dialog, "addHostDisk");
        auto* note = part<QLabel>(dialog, "hostDiskNote");
        QTRY_COMPARE(list->topLevelItemCount(), 7);
        // The first that can be used.
        QCOMPARE(list->currentItem()->text(0), QStringLiteral("ata-SYSTEM_1-part2"));
        QVERIFY(add->isEnabled());
        QVERIFY(savePicture(dialog, QStringLiteral("storage"), QStringLiteral("host-disks")));

        QTest::keyClick(list, Qt::Key_Up);
        QVERIFY(!add->isEnabled());
        QVERIFY2(note->text().contains(QLatin1String("runs from")), qPrintable(note->text()));
        QTest::keyClick(list, Qt::Key_Down);
        QTest::keyClick(list, Qt::Key_Down);
        QCOMPARE(list->currentItem()->text(1), QStringLiteral("sdb"));
        QVERIFY2(note->text().contains(QLatin1String("/media/stick")), qPrintable(note->text()));
        QVERIFY(!add->isEnabled());

        list->setCurrentItem(list->topLevelItem(5));
        part<QCheckBox>(dialog, "hostDiskReadOnly")->click();
        QTest::mouseClick(add, Qt::LeftButton);
        QCOMPARE(chosen.size(), 1);
        QVERIFY(chosen.front().front().value<DiskDrive>()
            == (DiskDrive{
                .source = HostDevice{host.id("ata-RAID_4")}, .format = DiskFormat::Raw, .isReadOnly = true}));
    }

    void saysThatThereIsNone()
    {
        const QTemporaryDir empty;
        HostDiskDialog dialog(QStringLiteral("box"), nullptr, {empty.path(), empty.path(), empty.path()});
        dialog.show();
        auto* note = part<QLabel>(dialog, "hostDiskNote");
        QTRY_VERIFY2(note->text().contains(QLatin1String("none")), qPrintable(note->text()));
        QVERIFY(!part<QPushButton>(dialog, "addHostDisk")->isEnabled());
    }

    // From the button in the pane to the card of the disk.
    void addsADiskOnTheNetwork()
    {
        StorageStage stage;
        stage.show({{{0, 0}, DvdDrive{}}});
        WindowStage& window = stage.window();
        window.click(window.find<QPushButton>("addDisk"));
        auto* menu = window.find<QMenu>("addDiskMenu");
        QTRY_VERIFY(menu->isVisible());
        window.picture(QStringLiteral("add-disk-menu"));
        menu->setActiveAction(menu->findChild<QAction*>(QStringLiteral("addNetworkDisk")));
        QTest::keyClick(menu, Qt::Key_Return);
        auto* dialog = window.find<NetworkDiskDialog>("networkDisk");
        QTest::keyClicks(part<QLineEdit>(*dialog, "location"), QStringLiteral("nbd://server/export/data.qcow2"));
        QTest::mouseClick(part<QPushButton>(*dialog, "addLocation"), Qt::LeftButton);
        QTRY_VERIFY(stage.card({0, 1}) != nullptr);
        const DriveCard* card = stage.card({0, 1});
        QCOMPARE(card->title, QStringLiteral("export/data.qcow2"));
        QVERIFY2(card->facts.contains(QLatin1String("qcow2")) && card->facts.contains(QLatin1String("network")),
            qPrintable(card->facts));
        QCOMPARE(card->note, QStringLiteral("nbd://server/export/data.qcow2"));
        QVERIFY(!card->isFaulty);
        stage.select({0, 1});
        QVERIFY2(
            stage.details().contains(QLatin1String("nbd://server/export/data.qcow2")), qPrintable(stage.details()));
        const auto* edit = window.find<QPushButton>("editDisk");
        QVERIFY(!edit->isEnabled());
        QVERIFY2(edit->toolTip().contains(QLatin1String("network")), qPrintable(edit->toolTip()));
        QVERIFY(savePicture(window.window(), QStringLiteral("storage"), QStringLiteral("network-disk")));
    }
};

QTEST_MAIN(DiskChoiceTest)
#include "disk_choice_test.moc"
