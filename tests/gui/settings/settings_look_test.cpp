// SPDX-License-Identifier: GPL-3.0-or-later
// The pages in light and dark, small and at twice the pixels; a picture of each is left in the build folder.
#include "tests/gui/dark_palette.h"
#include "tests/gui/main_window/window_stage.h"
#include "ui/settings/settings_dialog.h"

#include <QApplication>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QListWidget>
#include <QPushButton>
#include <QScopeGuard>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyleFactory>

using namespace platter;

class SettingsLookTest : public QObject {
    Q_OBJECT

    QString m_pictures = QStringLiteral(PLATTER_BINARY_DIR "/pictures/settings");

    bool look(QWidget& window, const QString& name, qreal scale = 1) const
    {
        QCoreApplication::processEvents();
        QPixmap picture(window.size() * scale);
        picture.setDevicePixelRatio(scale);
        window.render(&picture);
        return picture.save(QStringLiteral("%1/%2.png").arg(m_pictures, name));
    }

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(QDir().mkpath(m_pictures));
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    }

    void thePages_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<qreal>("scale");
        QTest::newRow("light") << false << QSize(720, 520) << 1.0;
        QTest::newRow("dark") << true << QSize(720, 520) << 1.0;
        QTest::newRow("small") << false << QSize(600, 400) << 1.0;
        QTest::newRow("large-dark") << true << QSize(720, 520) << 2.0;
    }

    void thePages()
    {
        QFETCH(bool, isDark);
        QFETCH(QSize, size);
        QFETCH(qreal, scale);
        const QPalette before = QApplication::palette();
        if (isDark) {
            QApplication::setPalette(darkPalette());
        }
        const auto restore = qScopeGuard([&] { QApplication::setPalette(before); });
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
        const QString row = QString::fromLatin1(QTest::currentDataTag());
        auto* list = dialog->findChild<QListWidget*>();
        auto* stack = dialog->findChild<QStackedWidget*>();
        for (int page = 0; page < list->count(); ++page) {
            list->setCurrentRow(page);
            QVERIFY(look(*dialog, QStringLiteral("%1-%2").arg(row).arg(page), scale));
            auto* area = qobject_cast<QScrollArea*>(stack->currentWidget());
            // Nothing is cut off at the side.
            QVERIFY2(area->horizontalScrollBar()->maximum() == 0, qPrintable(QStringLiteral("page %1").arg(page)));
            area->verticalScrollBar()->setValue(area->verticalScrollBar()->maximum());
            if (area->verticalScrollBar()->maximum() > 0) {
                QVERIFY(look(*dialog, QStringLiteral("%1-%2-end").arg(row).arg(page), scale));
            }
        }
        for (const QAbstractButton* button : dialog->findChild<QDialogButtonBox*>()->buttons()) {
            QVERIFY(dialog->rect().contains(button->mapTo(dialog, button->rect().center())));
        }
    }
};

QTEST_MAIN(SettingsLookTest)
#include "settings_look_test.moc"
