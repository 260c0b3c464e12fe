// SPDX-License-Identifier: GPL-3.0-or-later
// A new disk for a machine that is there, by typing and clicking.
#include "tests/gui/main_window/window_stage.h"
#include "wizards/new_disk/new_disk_dialog.h"

#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>

using namespace platter;

class NewDiskDialogTest : public QObject {
    Q_OBJECT

    std::unique_ptr<WindowStage> m_stage;
    QPointer<NewDiskDialog> m_dialog;

    MachineSession& session() { return *m_stage->library().find(QStringLiteral("box")); }

    template <typename T>
    T* find(const char* name)
    {
        return m_dialog->findChild<T*>(QLatin1String(name));
    }

    void type(const char* field, const QString& text)
    {
        auto* edit = qobject_cast<QLineEdit*>(find<QWidget>(field));
        if (edit == nullptr) {
            edit = find<QWidget>(field)->findChild<QLineEdit*>();
        }
        edit->selectAll();
        QTest::keyClicks(edit, text);
    }

    void create() { QTest::mouseClick(find<QPushButton>("createDisk"), Qt::LeftButton); }

private Q_SLOTS:

    void init()
    {
        m_stage = std::make_unique<WindowStage>();
        Definition definition = m_stage->definition();
        definition.controllers = 2;
        m_stage->addMachine(QStringLiteral("box"), definition);
        m_stage->window();
        m_dialog = new NewDiskDialog(&session(), 1, &m_stage->window());
        m_dialog->open();
    }

    void cleanup()
    {
        delete m_dialog;
        m_stage.reset();
    }

    void makesADiskOfAFormatAndASize()
    {
        auto* format = find<QComboBox>("newDiskFormat");
        auto* file = find<QLineEdit>("newDiskFile");
        QVERIFY2(file->text().endsWith(QLatin1String("/box/box-2.vhdx")), qPrintable(file->text()));
        format->setFocus();
        QTest::keyClicks(format, QStringLiteral("Raw"));
        Q_EMIT format->activated(format->currentIndex());
        QVERIFY2(file->text().endsWith(QLatin1String("/box/box-2.raw")), qPrintable(file->text()));
        type("newDiskSize", QStringLiteral("64 MiB"));
        const QString made = file->text();
        create();
        QTRY_VERIFY(m_dialog == nullptr || !m_dialog->isVisible());
        const Drive* drive = session().machine().definition.driveAt({1, 0});
        QVERIFY(drive != nullptr);
        QCOMPARE(drive->what, (std::variant<DiskDrive, DvdDrive>(DiskDrive{made, DiskFormat::Raw})));
        QCOMPARE(QFile(made).size(), qint64(64) << 20);
    }

    void staysWithTheReasonWhereItCannot()
    {
        const std::vector<Drive> before = session().machine().definition.drives;
        type("newDiskSize", QStringLiteral("much"));
        create();
        QVERIFY(find<QWidget>("newDiskMessage")->isVisible());
        type("newDiskSize", QStringLiteral("64 MiB"));
        type("newDiskFile", QStringLiteral("/nowhere/at/all.vhdx"));
        create();
        QTRY_VERIFY(find<QPushButton>("createDisk")->isEnabled());
        QVERIFY(m_dialog->isVisible() && find<QWidget>("newDiskMessage")->isVisible());
        QCOMPARE(session().machine().definition.drives, before);
    }
};

QTEST_MAIN(NewDiskDialogTest)
#include "new_disk_dialog_test.moc"
