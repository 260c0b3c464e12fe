// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/accessible_names.h"
#include "tests/gui/main_window/window_stage.h"
#include "ui/settings/settings_dialog.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

using namespace platter;

namespace {

// The window with the settings of the machine "box", opened as a person opens it.
class SettingsStage {
public:
    SettingsStage()
    {
        Definition definition = stage.definition();
        definition.adapters = {{QStringLiteral("52:54:00:00:00:01"), {{Protocol::Tcp, 42022, 22}}}};
        definition.bootOrder.emplace_back(AdapterId{0});
        stage.addMachine(QStringLiteral("box"), definition);
        stage.window();
        stage.clickRow(0);
        stage.action("changeSettings")->trigger();
        dialog = stage.find<SettingsDialog>("settings");
        dialog->setAttribute(Qt::WA_DeleteOnClose, false);
        dialog->activateWindow();
        if (!QTest::qWaitFor([this] { return QApplication::activeWindow() == dialog; })) {
            qFatal("The window with the settings does not become active.");
        }
    }

    template <typename T>
    T* find(const char* name) const
    {
        T* found = dialog->findChild<T*>(QLatin1String(name));
        if (found == nullptr) {
            qFatal("There is no %s in the window.", name);
        }
        return found;
    }

    void showPage(int row) const { find<QListWidget>("settingsPages")->setCurrentRow(row); }

    void press(QDialogButtonBox::StandardButton button) const
    {
        find<QDialogButtonBox>("settingsButtons")->button(button)->click();
    }

    QString message() const
    {
        const auto* message = find<QWidget>("settingsMessage");
        const auto* label = message->findChild<QLabel*>();
        return message->isVisible() ? label->text() : QString();
    }

    Definition stored() const
    {
        const Result<StoredMachine> machine = MachineStore(stage.places().machines).load(QStringLiteral("box"));
        return machine ? machine->definition : Definition{};
    }

    WindowStage stage;
    SettingsDialog* dialog = nullptr;
};

void type(QLineEdit* field, const QString& text)
{
    field->selectAll();
    QTest::keyClicks(field, text);
}

} // namespace

class SettingsDialogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void writesOnOkAlone()
    {
        const SettingsStage settings;
        const Definition before = settings.stored();
        QTest::keyClicks(settings.find<QPlainTextEdit>("notes"), QStringLiteral("the mail server"));
        settings.showPage(1);
        type(settings.find<QAbstractSpinBox>("memory")->findChild<QLineEdit*>(), QStringLiteral("512M"));
        settings.showPage(2);
        settings.find<QAbstractButton>("virtioVga")->click();
        settings.showPage(4);
        settings.find<QCheckBox>("guestAgent")->click();
        settings.showPage(5);
        settings.find<QCheckBox>("gdbStub")->click();
        QCOMPARE(settings.stored(), before);

        settings.press(QDialogButtonBox::Ok);
        QTRY_VERIFY(!settings.dialog->isVisible());
        Definition expected = before;
        expected.notes = QStringLiteral("the mail server");
        expected.memory = ByteCount::mebibytes(512);
        expected.video = VideoAdapter::VirtioVga;
        expected.hasGuestAgent = false;
        expected.debugging.hasGdbStub = true;
        QCOMPARE(settings.stored(), expected);
    }

    void cancelLeavesEverything()
    {
        const SettingsStage settings;
        const Definition before = settings.stored();
        settings.find<QCheckBox>("startsWithSession")->click();
        settings.press(QDialogButtonBox::Cancel);
        QVERIFY(!settings.dialog->isVisible());
        QCOMPARE(settings.stored(), before);
    }

    void goesToWhatIsWrong()
    {
        const SettingsStage settings;
        const Definition before = settings.stored();
        settings.showPage(1);
        type(settings.find<QAbstractSpinBox>("memory")->findChild<QLineEdit*>(), QStringLiteral("1M"));
        settings.showPage(0);
        settings.press(QDialogButtonBox::Ok);
        QVERIFY(settings.dialog->isVisible());
        QCOMPARE(settings.find<QListWidget>("settingsPages")->currentRow(), 1);
        QCOMPARE(settings.dialog->focusWidget()->objectName(), QStringLiteral("memory"));
        QVERIFY2(settings.message().contains(QStringLiteral("128 MiB")), qPrintable(settings.message()));
        QCOMPARE(settings.stored(), before);
    }

    void editsAdapters()
    {
        const SettingsStage settings;
        settings.showPage(3);
        settings.find<QPushButton>("addAdapter")->click();
        auto* second = settings.find<QWidget>("adapter1");
        QVERIFY(second->isVisible());
        second->findChild<QCheckBox*>(QStringLiteral("connected"))->click();
        // The same address as the first one's, which is refused.
        type(second->findChild<QLineEdit*>(QStringLiteral("mac")), QStringLiteral("52:54:00:00:00:01"));
        settings.press(QDialogButtonBox::Ok);
        QVERIFY(settings.dialog->isVisible());
        QVERIFY(settings.message().contains(QStringLiteral("52:54:00:00:00:01")));
        type(second->findChild<QLineEdit*>(QStringLiteral("mac")), QStringLiteral("52:54:00:00:00:02"));
        // The first goes, with its place in the boot order.
        settings.find<QWidget>("adapter0")->findChild<QPushButton*>(QStringLiteral("removeAdapter"))->click();
        settings.press(QDialogButtonBox::Ok);
        QTRY_VERIFY(!settings.dialog->isVisible());
        const Definition stored = settings.stored();
        QCOMPARE(stored.adapters.size(), std::size_t(1));
        QCOMPARE(stored.adapters[0].mac, QStringLiteral("52:54:00:00:00:02"));
        QVERIFY(!stored.adapters[0].isConnected);
        QVERIFY((stored.bootOrder == std::vector<BootDevice>{SlotId{0, 0}, SlotId{0, 1}}));
    }

    void putsAnAdapterOnABridge()
    {
        const SettingsStage settings;
        settings.showPage(3);
        auto* card = settings.find<QWidget>("adapter0");
        auto* network = card->findChild<QComboBox*>(QStringLiteral("network"));
        network->setFocus();
        QTest::keyClick(network, Qt::Key_Down);
        auto* bridge = card->findChild<QComboBox*>(QStringLiteral("bridge"));
        QVERIFY(bridge->isVisible());
        QVERIFY(!card->findChild<QPushButton*>(QStringLiteral("addSsh"))->isVisible());
        bridge->setEditText(QString());
        settings.press(QDialogButtonBox::Ok);
        QVERIFY(settings.dialog->isVisible());
        QVERIFY(settings.message().contains(QStringLiteral("no name")));
        bridge->setEditText(QStringLiteral("no-such-br"));
        settings.press(QDialogButtonBox::Ok);
        QTRY_VERIFY(!settings.dialog->isVisible());
        QCOMPARE(settings.stored().adapters[0].bridge, QStringLiteral("no-such-br"));
        QVERIFY(settings.stored().adapters[0].forwards.empty());
    }

    void overwritesNobodysChange()
    {
        const SettingsStage settings;
        QTest::keyClicks(settings.find<QPlainTextEdit>("notes"), QStringLiteral("mine"));
        QVERIFY(MachineStore(settings.stage.places().machines)
                .update(QStringLiteral("box"), [](Definition& definition) -> Result<void> {
                    definition.cpus = 2;
                    definition.notes = QStringLiteral("theirs");
                    return {};
                }));
        settings.press(QDialogButtonBox::Ok);
        QTRY_VERIFY2(settings.message().contains(QStringLiteral("meanwhile")), qPrintable(settings.message()));
        QVERIFY(settings.dialog->isVisible());
        QCOMPARE(settings.stored().notes, QStringLiteral("theirs"));
    }

    void copiesTheCommandsThatConnect()
    {
        const SettingsStage settings;
        settings.showPage(5);
        auto* command = settings.find<QWidget>("gdbCommand");
        QVERIFY(!command->isEnabled());
        settings.find<QCheckBox>("gdbStub")->click();
        QVERIFY(command->isEnabled());
        command->findChild<QToolButton*>(QStringLiteral("copyCommand"))->click();
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY2(copied.startsWith(QLatin1String("gdb -ex 'target remote /")), qPrintable(copied));
        QVERIFY2(copied.endsWith(QLatin1String("/gdb.sock'")), qPrintable(copied));
    }

    void everythingHasANameAndIsReached()
    {
        const SettingsStage settings;
        QCOMPARE(controlsWithoutName(settings.dialog), QStringList());
        // In the order in which they are seen.
        settings.showPage(3);
        settings.find<QListWidget>("settingsPages")->setFocus();
        for (const char* next : {"network", "mac", "newMac", "connected"}) {
            QTest::keyClick(settings.dialog->focusWidget(), Qt::Key_Tab);
            QCOMPARE(settings.dialog->focusWidget()->objectName(), QLatin1String(next));
        }
        for (int page = 0; page < 7; ++page) {
            settings.showPage(page);
            settings.find<QListWidget>("settingsPages")->setFocus();
            const QStringList beyond = controlsBeyondTab(settings.dialog);
            QVERIFY2(beyond.isEmpty(), qPrintable(beyond.join(QLatin1Char('\n'))));
        }
    }
};

QTEST_MAIN(SettingsDialogTest)
#include "settings_dialog_test.moc"
