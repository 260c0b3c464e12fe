// SPDX-License-Identifier: GPL-3.0-or-later
// The tab in light and dark, small and at twice the pixels; a picture of each is left in the build folder.
#include "boot_stage.h"
#include "tests/gui/dark_palette.h"

#include <QApplication>
#include <QDir>
#include <QListWidget>
#include <QPushButton>
#include <QScopeGuard>
#include <QStyleFactory>

using namespace platter;

class BootLookTest : public QObject {
    Q_OBJECT

    QString m_pictures = QStringLiteral(PLATTER_BINARY_DIR "/pictures/boot");

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

    void theList_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<qreal>("scale");
        QTest::newRow("light") << false << QSize(1120, 720) << 1.0;
        QTest::newRow("dark") << true << QSize(1120, 720) << 1.0;
        QTest::newRow("small") << false << QSize(900, 600) << 1.0;
        QTest::newRow("large-dark") << true << QSize(900, 600) << 2.0;
    }

    void theList()
    {
        QFETCH(bool, isDark);
        QFETCH(QSize, size);
        QFETCH(qreal, scale);
        const QPalette before = QApplication::palette();
        if (isDark) {
            QApplication::setPalette(darkPalette());
        }
        const auto restore = qScopeGuard([&] { QApplication::setPalette(before); });
        BootStage stage;
        QWidget& window = stage.window().window();
        window.resize(size);
        const QString row = QString::fromLatin1(QTest::currentDataTag());
        stage.select(1);
        QVERIFY(look(window, row, scale));
        stage.click("bootRemove");
        stage.select(0);
        stage.click("bootDown");
        stage.select(2);
        stage.click("bootOnce");
        QVERIFY(look(window, row + QStringLiteral("-changed"), scale));
        for (const char* button : {"bootUp", "bootDown", "bootOnce", "bootAdd", "bootRename", "bootRemove",
                 "bootReset", "bootRevert", "bootApply"}) {
            const auto* shown = stage.window().find<QPushButton>(button);
            QVERIFY2(shown->width() >= shown->minimumSizeHint().width()
                    && window.rect().contains(shown->mapTo(&window, shown->rect().center())),
                button);
        }
        stage.click("bootAdd");
        auto* list = stage.window().find<QListWidget>("loaderList");
        QTRY_COMPARE(list->count(), 2);
        QVERIFY(look(*list->window(), row + QStringLiteral("-add"), scale));
    }
};

QTEST_MAIN(BootLookTest)
#include "boot_look_test.moc"
