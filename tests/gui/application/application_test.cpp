// SPDX-License-Identifier: GPL-3.0-or-later
// Where core, ui and wizards meet.
#include "app/platter/application.h"
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

    void selectsWhatTheWizardMade()
    {
        m_application->open({.newMachine = true});
        NewMachine choices;
        choices.name = QStringLiteral("made");
        choices.disk = NoDisk{};
        QVERIFY(create(choices, m_application->library().store()));
        m_application->library().reload();
        Q_EMIT wizard()->created(QStringLiteral("made"), false);
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
