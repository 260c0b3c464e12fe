// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware's page on a machine of its own and the firmware that is installed; a picture of it in light and
// dark, small and at twice the pixels is left in the build folder.
#include "core/live/machine_firmware.h"
#include "core/machine/secure_boot_mode.h"
#include "tests/gui/accessible_names.h"
#include "tests/gui/appearance.h"
#include "ui/settings/firmware_page.h"
#include "ui/settings/own_keys_dialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class FirmwarePageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/platter-XXXXXX"));
        m_places = {.machines = m_folder->filePath(QStringLiteral("machines")),
            .runtime = m_folder->filePath(QStringLiteral("run")),
            .cache = m_folder->filePath(QStringLiteral("cache")),
            .firmwareDescriptors = {QStringLiteral("/usr/share/qemu/firmware")},
            .sampleGuest = {}};
        QVERIFY(QDir().mkpath(m_places.machines));
        MachineStore store(m_places.machines);
        QVERIFY(store.create(name, Definition{.id = MachineId::random()}, {},
            [](Definition&, const QString&) -> Result<void> { return {}; }));
        m_page = std::make_unique<FirmwarePage>(name, m_places);
        m_page->setDefinition(definition());
        m_page->resize(620, 560);
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    }

    void cleanup() { m_page.reset(); }

    void showsAndWritesTheSettings()
    {
        QSignalSpy edited(m_page.get(), &SettingsPage::edited);
        QVERIFY(find<QRadioButton>(buttonOf(SecureBoot::Off))->isChecked());
        QVERIFY(!find<QLabel>("secureBootKeys")->isVisible());
        find<QRadioButton>(buttonOf(SecureBoot::MicrosoftAndThirdParty))->click();
        find<QCheckBox>("tpm")->click();
        find<QCheckBox>("bootMenu")->click();
        QVERIFY(edited.count() >= 3);
        QTRY_VERIFY(find<QLabel>("secureBootKeys")
                ->text()
                .contains(QStringLiteral("Microsoft Corporation UEFI CA 2011, by ")));
        QVERIFY(!m_page->problem());
        Definition written = definition();
        written.notes = QStringLiteral("stays");
        m_page->writeTo(written);
        QCOMPARE(written.firmware.secureBoot, SecureBoot::MicrosoftAndThirdParty);
        QVERIFY(written.firmware.hasTpm && written.firmware.showsBootMenu);
        QCOMPARE(written.notes, QStringLiteral("stays"));
        // Nothing is written by itself.
        QCOMPARE(definition().firmware.secureBoot, SecureBoot::Off);
        find<QRadioButton>(buttonOf(SecureBoot::Microsoft))->click();
        QTRY_VERIFY(!find<QLabel>("secureBootKeys")->text().contains(QStringLiteral("UEFI CA 2011")));
    }

    void ownKeysAreEnrolledFromFiles()
    {
        find<QRadioButton>(buttonOf(SecureBoot::OwnKeys))->click();
        QTRY_VERIFY(m_page->problem());
        QVERIFY(find<QLabel>("firmwareNote")->text().contains(QStringLiteral("none are enrolled")));
        const QString file = m_folder->filePath(QStringLiteral("own.pem"));
        QCOMPARE(QProcess::execute(QStringLiteral("openssl"),
                     QStringLiteral(
                         "req -quiet -new -x509 -newkey rsa:2048 -nodes -subj /CN=Mine -keyout %1.key -out %1")
                         .arg(file)
                         .split(QLatin1Char(' '))),
            0);
        find<QPushButton>("chooseOwnKeys")->click();
        auto* dialog = find<OwnKeysDialog>("ownKeys");
        auto* enroll = dialog->findChild<QPushButton*>(QStringLiteral("enrollOwnKeys"));
        QVERIFY(!enroll->isEnabled());
        dialog->findChild<QLineEdit*>(QStringLiteral("ownPk"))->setText(file);
        dialog->findChild<QLineEdit*>(QStringLiteral("ownDb"))->setText(file + QStringLiteral(".key"));
        auto* note = dialog->findChild<QLabel*>(QStringLiteral("ownKeysNote"));
        QVERIFY2(note->text().contains(QStringLiteral("is not a certificate")), qPrintable(note->text()));
        QVERIFY(!enroll->isEnabled());
        dialog->findChild<QLineEdit*>(QStringLiteral("ownDb"))->setText(file);
        QVERIFY2(note->text().contains(QStringLiteral("db: Mine, by itself")), qPrintable(note->text()));
        QCOMPARE(controlsWithoutName(dialog), QStringList());
        enroll->click();
        QTRY_COMPARE(definition().firmware.secureBoot, SecureBoot::OwnKeys);
        QTRY_VERIFY(find<QLabel>("secureBootKeys")->text().contains(QStringLiteral("<td>PK</td><td>Mine")));
        QVERIFY(!m_page->problem());
    }

    void damagedVariablesAreResetAfterAQuestion()
    {
        const StoredMachine machine = MachineStore(m_places.machines).load(name).value();
        QFile nvram(machine.nvramFile());
        QVERIFY(nvram.open(QIODevice::WriteOnly) && nvram.write("x") == 1);
        nvram.close();
        m_page->setDefinition(definition());
        QTRY_VERIFY(find<QLabel>("firmwareNote")->text().contains(QStringLiteral("boot reset")));
        QVERIFY(!m_page->problem()); // it was so before
        find<QCheckBox>("bootMenu")->click();
        QVERIFY(m_page->problem());
        QVERIFY(find<QLabel>("firmwareNote")->text().contains(QStringLiteral("boot reset")));
        find<QPushButton>("resetVariables")->click();
        auto* question = m_page->findChild<QMessageBox*>();
        QVERIFY(question);
        for (QAbstractButton* button : question->buttons()) {
            if (question->buttonRole(button) != QMessageBox::RejectRole) {
                button->click();
                break;
            }
        }
        QTRY_VERIFY(!m_page->problem());
        QVERIFY(!QDir(machine.folder + QStringLiteral("/nvram-backups")).isEmpty());
    }

    void everybodyCanUseIt()
    {
        QCOMPARE(controlsWithoutName(m_page.get()), QStringList());
        find<QRadioButton>(buttonOf(SecureBoot::Off))->setFocus();
        // The modes are one stop of the Tab key, and arrows go through them.
        QStringList beyond = controlsBeyondTab(m_page.get());
        beyond.removeIf([](const QString& control) { return control.contains(QLatin1String("secureBoot-")); });
        QCOMPARE(beyond, QStringList());
        QTest::keyClick(find<QRadioButton>(buttonOf(SecureBoot::Off)), Qt::Key_Down);
        QVERIFY(find<QRadioButton>(buttonOf(SecureBoot::Microsoft))->isChecked());
    }

    void itsLook_data() { Appearance::addRows({620, 560}, {440, 560}); }

    void itsLook()
    {
        const Appearance appearance(QStringLiteral("settings"));
        const QSize size = appearance.size();
        find<QRadioButton>(buttonOf(SecureBoot::MicrosoftAndThirdParty))->click();
        QTRY_VERIFY(find<QLabel>("secureBootKeys")->text().contains(QLatin1String("<td>dbx</td>")));
        m_page->resize(size);
        m_page->resize(size.width(), std::max(size.height(), m_page->heightForWidth(size.width())));
        QCoreApplication::processEvents();
        for (QWidget* control : m_page->findChildren<QWidget*>()) {
            if (control->isVisible()
                && (qobject_cast<QAbstractButton*>(control) || qobject_cast<QLabel*>(control))) {
                const QRect place(control->mapTo(m_page.get(), QPoint()), control->size());
                QVERIFY2(m_page->rect().contains(place), qPrintable(control->objectName()));
            }
        }
        QVERIFY(appearance.save(*m_page, QStringLiteral("firmware")));
    }

private:
    static QString buttonOf(SecureBoot mode) { return QStringLiteral("secureBoot-%1").arg(int(mode)); }

    template <typename Widget>
    Widget* find(const QString& object) const
    {
        auto* widget = m_page->findChild<Widget*>(object);
        if (widget == nullptr) {
            qFatal("no %s", qPrintable(object));
        }
        return widget;
    }

    template <typename Widget>
    Widget* find(const char* object) const
    {
        return find<Widget>(QString::fromLatin1(object));
    }

    Definition definition() const { return MachineStore(m_places.machines).load(name).value().definition; }

    const QString name = QStringLiteral("box");
    std::unique_ptr<QTemporaryDir> m_folder;
    Places m_places;
    std::unique_ptr<FirmwarePage> m_page;
};

QTEST_MAIN(FirmwarePageTest)
#include "firmware_page_test.moc"
