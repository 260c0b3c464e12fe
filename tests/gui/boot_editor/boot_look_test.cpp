// SPDX-License-Identifier: GPL-3.0-or-later
// The tab in light and dark, small and at twice the pixels; a picture of each is left in the build folder.
#include "boot_stage.h"
#include "tests/gui/appearance.h"

#include <QListWidget>
#include <QPushButton>

using namespace platter;

class BootLookTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void theList_data() { Appearance::addRows({1120, 720}, {900, 600}); }

    void theList()
    {
        const Appearance appearance(QStringLiteral("boot"));
        BootStage stage;
        QWidget& window = stage.window().window();
        window.resize(appearance.size());
        stage.select(1);
        QVERIFY(appearance.save(window, QStringLiteral("list")));
        stage.click("bootRemove");
        stage.select(0);
        stage.click("bootDown");
        stage.select(2);
        stage.click("bootOnce");
        QVERIFY(appearance.save(window, QStringLiteral("changed")));
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
        QVERIFY(appearance.save(*list->window(), QStringLiteral("add")));
    }
};

QTEST_MAIN(BootLookTest)
#include "boot_look_test.moc"
