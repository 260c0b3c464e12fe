// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing is cut off, in any size, theme and with long names; a picture of each page is left in the build folder.
#include "edit_disk_stage.h"
#include "tests/gui/appearance.h"
#include "wizards/wizard_page.h"

#include <QAbstractButton>
#include <QCoroTask>
#include <QLabel>

#include <functional>

using namespace platter;

class EditDiskLookTest : public QObject {
    Q_OBJECT

    static QString cutOff(const EditDiskWizard& wizard)
    {
        const auto labels = wizard.findChildren<QLabel*>();
        for (const QLabel* label : labels) {
            const bool wraps = label->wordWrap();
            const int height = wraps ? label->heightForWidth(label->width()) : label->sizeHint().height();
            if (label->isVisible() && !label->text().isEmpty() && label->toolTip().isEmpty()
                && (label->height() < height || (!wraps && label->width() < label->sizeHint().width()))) {
                return label->text();
            }
        }
        const auto buttons = wizard.findChildren<QAbstractButton*>();
        for (const QAbstractButton* button : buttons) {
            if (button->isVisible() && button->toolTip().isEmpty()
                && button->width() < button->minimumSizeHint().width()) {
                return button->text();
            }
        }
        const WizardPage* page = wizard.page(wizard.currentIndex());
        return page != nullptr && page->width() > page->parentWidget()->width() ? QStringLiteral("the page")
                                                                                : QString();
    }

    // Takes a picture of what the wizard shows, and looks whether it is whole.
    using Look = std::function<bool(const QString& what)>;

    static Look lookAt(const EditDiskStage& stage, const Appearance& appearance)
    {
        return [&stage, &appearance](const QString& what) {
            QCoreApplication::processEvents(); // what was hidden gives its room back
            const bool isWhole = QTest::qWaitFor([&] { return cutOff(stage.wizard()).isEmpty(); }, 5000);
            if (!isWhole) {
                qWarning("%s cuts off: %s", qPrintable(what), qPrintable(cutOff(stage.wizard())));
            }
            return appearance.save(stage.wizard(), what) && isWhole;
        };
    }

private Q_SLOTS:

    void everyPage_data()
    {
        Appearance::addColumns();
        QTest::addColumn<QString>("name");
        const QString usual = QStringLiteral("system.vhdx");
        const QString longName = QStringLiteral("windows-server-2019-datacenter-").repeated(4) + usual;
        QTest::newRow("light") << false << QSize(840, 560) << 1.0 << usual;
        QTest::newRow("dark") << true << QSize(840, 560) << 2.0 << usual;
        QTest::newRow("small") << false << QSize(620, 420) << 1.0 << usual;
        QTest::newRow("long") << false << QSize(840, 560) << 1.0 << longName;
    }

    void everyPage()
    {
        QFETCH(QString, name);
        const Appearance appearance(QStringLiteral("edit_disk"));
        EditDiskStage stage;
        const Look look = lookAt(stage, appearance);
        const QString image = stage.makeDisk(name);
        stage.addMachine(QStringLiteral("debian-13"), image, DiskFormat::Vhdx);
        stage.open().resize(appearance.size());
        QVERIFY(look(QStringLiteral("0-empty")));
        stage.wizard().setFile(image);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.message("diskUse").isEmpty(), 20000);
        QVERIFY(look(QStringLiteral("1-file")));
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY(look(QStringLiteral("2-action")));
        for (const auto& [key, what] : {std::pair(Qt::Key_S, "shrink"), std::pair(Qt::Key_O, "compact"),
                 std::pair(Qt::Key_V, "convert"), std::pair(Qt::Key_H, "check"), std::pair(Qt::Key_E, "expand")}) {
            stage.press(key, Qt::AltModifier);
            QVERIFY(stage.enterTo(OptionsPageNumber));
            QVERIFY(look(QStringLiteral("3-") + QLatin1String(what)));
            QVERIFY(stage.enterTo(PlanPageNumber));
            QVERIFY(stage.isPlanned());
            QVERIFY(look(QStringLiteral("4-plan-") + QLatin1String(what)));
            if (key != Qt::Key_E) {
                stage.press(Qt::Key_B, Qt::AltModifier);
                stage.press(Qt::Key_B, Qt::AltModifier);
            }
        }
        QVERIFY(stage.finish());
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("resultPicture")->isVisible(), 20000);
        QVERIFY(look(QStringLiteral("5-result")));

        // A machine that runs, whose guest cannot be asked.
        MachineSession* session = stage.library().find(QStringLiteral("debian-13"));
        QVERIFY(QCoro::waitFor(session->start(AcceleratorChoice::SoftwareEmulation)));
        EditDiskWizard& wizard = stage.open(image);
        wizard.resize(appearance.size());
        QVERIFY(stage.choose(Qt::Key_E, OptionsPageNumber));
        QVERIFY(look(QStringLiteral("6-asking")));
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.message("growInGuestMessage").contains(QLatin1String("agent answers")), 30000);
        QVERIFY(look(QStringLiteral("6-no-agent")));
        QVERIFY(QCoro::waitFor(session->powerOff()));
    }

    void inspectionAndAnOldDisk_data() { Appearance::addRows({840, 560}, {620, 420}); }

    void inspectionAndAnOldDisk()
    {
        const Appearance appearance(QStringLiteral("edit_disk/old"));
        EditDiskStage stage;
        const Look look = lookAt(stage, appearance);
        const QString image = stage.makeMbrVhd(QStringLiteral("old.vhd"));
        stage.addMachine(QStringLiteral("old machine"), image, DiskFormat::Raw);
        stage.open(image).resize(appearance.size());
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY(look(QStringLiteral("1-action")));
        stage.press(Qt::Key_I, Qt::AltModifier);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(look(QStringLiteral("2-inspect")));
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.press(Qt::Key_V, Qt::AltModifier);
        QVERIFY(stage.enterTo(OptionsPageNumber));
        QVERIFY(look(QStringLiteral("3-convert")));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(look(QStringLiteral("4-plan")));
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.press(Qt::Key_M, Qt::AltModifier);
        QVERIFY(stage.enterTo(OptionsPageNumber));
        QVERIFY(look(QStringLiteral("5-migrate")));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(look(QStringLiteral("6-plan-migrate")));
        QVERIFY(stage.finish());
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("resultPicture")->isVisible(), 20000);
        QVERIFY(look(QStringLiteral("7-result")));
    }
};

QTEST_MAIN(EditDiskLookTest)
#include "edit_disk_look_test.moc"
