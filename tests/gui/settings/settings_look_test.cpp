// SPDX-License-Identifier: GPL-3.0-or-later
// The pages in light and dark, small and at twice the pixels; a picture of each is left in the build folder.
#include "tests/gui/appearance.h"
#include "tests/gui/main_window/window_stage.h"
#include "ui/settings/settings_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>

using namespace platter;

class SettingsLookTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void thePages_data() { Appearance::addRows({720, 520}, {600, 400}); }

    void thePages()
    {
        const Appearance appearance(QStringLiteral("settings"));
        const QSize size = appearance.size();
        WindowStage stage;
        Definition definition = stage.definition();
        definition.notes =
            QStringLiteral("The old mail server, until everybody has moved.\nAsk Ann before upgrades.");
        definition.debugging = {true, true};
        definition.adapters = {{QStringLiteral("52:54:00:12:34:01"), {{Protocol::Tcp, 42022, 22}}},
            {.mac = QStringLiteral("52:54:00:12:34:02"),
                .bridge = QStringLiteral("br-laboratory"),
                .isConnected = false}};
        stage.addMachine(
            QStringLiteral("a machine whose name is so long that no title bar in the world has room for it"),
            definition);
        stage.window();
        stage.clickRow(0);
        stage.action("changeSettings")->trigger();
        auto* dialog = stage.find<SettingsDialog>("settings");
        dialog->resize(size);
        QVERIFY2(dialog->width() <= size.width() && dialog->height() <= size.height(),
            qPrintable(QStringLiteral("%1 x %2").arg(dialog->width()).arg(dialog->height())));
        auto* list = dialog->findChild<QListWidget*>();
        auto* stack = dialog->findChild<QStackedWidget*>();
        for (int page = 0; page < list->count(); ++page) {
            list->setCurrentRow(page);
            QVERIFY(appearance.save(*dialog, QString::number(page)));
            auto* area = qobject_cast<QScrollArea*>(stack->currentWidget());
            // Nothing is cut off at the side.
            QVERIFY2(area->horizontalScrollBar()->maximum() == 0, qPrintable(QStringLiteral("page %1").arg(page)));
            area->verticalScrollBar()->setValue(area->verticalScrollBar()->maximum());
            if (area->verticalScrollBar()->maximum() > 0) {
                QVERIFY(appearance.save(*dialog, QStringLiteral("%1-end").arg(page)));
            }
        }
        for (const QAbstractButton* button : dialog->findChild<QDialogButtonBox*>()->buttons()) {
            QVERIFY(dialog->rect().contains(button->mapTo(dialog, button->rect().center())));
        }
    }
};

QTEST_MAIN(SettingsLookTest)
#include "settings_look_test.moc"
