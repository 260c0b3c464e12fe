// SPDX-License-Identifier: GPL-3.0-or-later
// Where core, ui and wizards meet.
#include "app/platter/application.h"
#include "core/disk/new_image.h"
#include "ui/jobs/job_list.h"
#include "wizards/edit_disk/edit_disk_wizard.h"
#include "wizards/new_vm/new_vm_wizard.h"

#include <QDir>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class ApplicationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(QStringLiteral("/tmp/platter-app-XXXXXX"));
        Places places;
        places.machines = m_folder->filePath(QStringLiteral("machines"));
        places.runtime = m_folder->filePath(QStringLiteral("run"));
        places.cache = m_folder->filePath(QStringLiteral("cache"));
        for (const QString& folder : {places.machines, places.runtime, places.cache}) {
            QVERIFY(QDir().mkpath(folder));
        }
        m_settings = std::make_unique<QSettings>(m_folder->filePath(QStringLiteral("s.ini")), QSettings::IniFormat);
        m_application = std::make_unique<Application>(places, *m_settings);
    }

    void cleanup() { m_application.reset(); }

    void remembersInOneFile()
    {
        // The wizard's recent media among them.
        Application::introduce();
        QVERIFY2(QSettings().fileName().endsWith(QLatin1String("/platter/platter.ini")),
            qUtf8Printable(QSettings().fileName()));
    }

    void opensTheWizardThatTheWindowAsksFor()
    {
        m_application->open({});
        QVERIFY(m_application->window().isVisible());
        QVERIFY(wizard() == nullptr);
        auto* button = m_application->window().findChild<QPushButton*>(QStringLiteral("startNewVm"));
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(wizard() != nullptr && wizard()->isVisible());
        // Only one: what was entered in it is kept.
        const NewVmWizard* first = wizard();
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(wizard(), first);
        QCOMPARE(m_application->window().findChildren<NewVmWizard*>().size(), 1);
        wizard()->close();
        QTRY_VERIFY(wizard() == nullptr);
        QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(wizard() != nullptr);
    }

    void opensWithAnIso()
    {
        QFile iso(m_folder->filePath(QStringLiteral("x.iso")));
        QVERIFY(iso.open(QIODevice::WriteOnly));
        m_application->open({.newMachine = true, .iso = iso.fileName()});
        QVERIFY(wizard() != nullptr);
        QTRY_COMPARE(wizard()->choices().media, QStringList{iso.fileName()});
    }

    void opensTheEditDiskWizardAndKeepsItWhileItsWorkIsToBeSeen()
    {
        const QString disk = m_folder->filePath(QStringLiteral("x.vhdx"));
        QVERIFY(createImage(disk, DiskFormat::Vhdx, ByteCount::gibibytes(1)));
        m_application->open({.editDisk = true, .disk = disk});
        MainWindow& window = m_application->window();
        auto* wizard = window.findChild<EditDiskWizard*>();
        QVERIFY(wizard != nullptr && wizard->isVisible());
        QCOMPARE(wizard->request().file, disk);
        // As from the menu or a drop: the same wizard, as long as it does nothing yet.
        Q_EMIT window.editDiskRequested({});
        QCOMPARE(window.findChildren<EditDiskWizard*>().size(), 1);
        const auto press = [wizard](const char* button) {
            auto* found = wizard->findChild<QPushButton*>(QLatin1String(button));
            QTest::keyClick(found, Qt::Key_Space);
        };
        for (int page = 1; page < 4; ++page) {
            press("next");
            QTRY_COMPARE_WITH_TIMEOUT(wizard->currentIndex(), page, 20000);
        }
        press("next");
        QTRY_VERIFY_WITH_TIMEOUT(wizard->job() != nullptr, 20000);
        DiskJobRunner* job = wizard->job();
        QCOMPARE(window.jobs().jobs(), QList<DiskJobRunner*>{job});
        if (!job->isFinished()) {
            wizard->close();
            QVERIFY(!wizard->isVisible());
        } else {
            wizard->hide();
        }
        QTRY_VERIFY_WITH_TIMEOUT(job->isFinished(), 20000);
        QVERIFY(job->outcome()->has_value());
        // The bar leads back to it.
        QTest::mouseClick(window.findChild<QPushButton*>(QStringLiteral("showJob")), Qt::LeftButton);
        QVERIFY(wizard->isVisible());
        // One that has work is no place for another disk.
        Q_EMIT window.editDiskRequested({});
        QCOMPARE(window.findChildren<EditDiskWizard*>().size(), 2);
        wizard->close();
        QTRY_COMPARE(window.findChildren<EditDiskWizard*>().size(), 1);
        QVERIFY(window.jobs().jobs().isEmpty());
    }

    void selectsWhatTheWizardMade()
    {
        m_application->open({.newMachine = true});
        NewMachine choices;
        choices.name = QStringLiteral("made");
        choices.disk = NoDisk{};
        QVERIFY(create(choices, m_application->library().store()));
        m_application->library().reload();
        Q_EMIT wizard()->created(QStringLiteral("made"), FirstStart::Later);
        QVERIFY(m_application->window().windowTitle().startsWith(QLatin1String("made")));
        QCOMPARE(m_application->library().find(QStringLiteral("made"))->state(), MachineState::Off);
    }

private:
    NewVmWizard* wizard() { return m_application->window().findChild<NewVmWizard*>(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<Application> m_application;
};

QTEST_MAIN(ApplicationTest)
#include "application_test.moc"
