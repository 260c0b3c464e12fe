// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing is cut off, in any size, theme and with long names; a picture of each page is left in the build folder.
#include "edit_disk_stage.h"
#include "tests/gui/dark_palette.h"
#include "wizards/wizard_page.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCoroTask>
#include <QDir>
#include <QLabel>
#include <QStyleFactory>

using namespace platter;

class EditDiskLookTest : public QObject {
    Q_OBJECT

    QString m_pictures = QStringLiteral(PLATTER_BINARY_DIR "/pictures/edit_disk");
    QString m_row;

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

    bool look(EditDiskStage& stage, const QString& what) const
    {
        QCoreApplication::processEvents(); // what was hidden gives its room back
        const bool isWhole = QTest::qWaitFor([&] { return cutOff(stage.wizard()).isEmpty(); }, 5000);
        const QString picture = QStringLiteral("%1/%2-%3.png").arg(m_pictures, m_row, what);
        if (!isWhole) {
            qWarning("%s cuts off: %s", qPrintable(picture), qPrintable(cutOff(stage.wizard())));
        }
        return stage.wizard().grab().save(picture) && isWhole;
    }

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(QDir().mkpath(m_pictures));
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    }

    void everyPage_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QSize>("size");
        QTest::newRow("light") << false << QStringLiteral("system.vhdx") << QSize(840, 560);
        QTest::newRow("dark") << true << QStringLiteral("system.vhdx") << QSize(840, 560);
        QTest::newRow("small") << false << QStringLiteral("system.vhdx") << QSize(620, 420);
        QTest::newRow("long") << false
                              << QString(QStringLiteral("windows-server-2019-datacenter-").repeated(4))
                + QStringLiteral(".vhdx")
                              << QSize(840, 560);
    }

    void everyPage()
    {
        QFETCH(bool, isDark);
        QFETCH(QString, name);
        QFETCH(QSize, size);
        m_row = QString::fromLatin1(QTest::currentDataTag());
        const QPalette before = QApplication::palette();
        if (isDark) {
            QApplication::setPalette(darkPalette());
        }
        const auto restore = qScopeGuard([&] { QApplication::setPalette(before); });
        EditDiskStage stage;
        const QString image = stage.makeDisk(name);
        stage.addMachine(QStringLiteral("debian-13"), image, DiskFormat::Vhdx);
        stage.open().resize(size);
        QVERIFY(look(stage, QStringLiteral("0-empty")));
        stage.wizard().setFile(image);
        QTRY_VERIFY_WITH_TIMEOUT(!stage.message("diskUse").isEmpty(), 20000);
        QVERIFY(look(stage, QStringLiteral("1-file")));
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY(look(stage, QStringLiteral("2-action")));
        for (const auto& [key, what] : {std::pair(Qt::Key_S, "shrink"), std::pair(Qt::Key_O, "compact"),
                 std::pair(Qt::Key_V, "convert"), std::pair(Qt::Key_H, "check"), std::pair(Qt::Key_E, "expand")}) {
            stage.press(key, Qt::AltModifier);
            QVERIFY(stage.enterTo(OptionsPageNumber));
            QVERIFY(look(stage, QStringLiteral("3-") + QLatin1String(what)));
            QVERIFY(stage.enterTo(PlanPageNumber));
            QVERIFY(stage.isPlanned());
            QVERIFY(look(stage, QStringLiteral("4-plan-") + QLatin1String(what)));
            if (key != Qt::Key_E) {
                stage.press(Qt::Key_B, Qt::AltModifier);
                stage.press(Qt::Key_B, Qt::AltModifier);
            }
        }
        QVERIFY(stage.finish());
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("resultPicture")->isVisible(), 20000);
        QVERIFY(look(stage, QStringLiteral("5-result")));

        // A machine that runs, whose guest cannot be asked.
        MachineSession* session = stage.library().find(QStringLiteral("debian-13"));
        QVERIFY(QCoro::waitFor(session->start(AcceleratorChoice::SoftwareEmulation)));
        EditDiskWizard& wizard = stage.open(image);
        wizard.resize(size);
        QVERIFY(stage.choose(Qt::Key_E, OptionsPageNumber));
        QVERIFY(look(stage, QStringLiteral("6-asking")));
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.message("growInGuestMessage").contains(QLatin1String("agent answers")), 30000);
        QVERIFY(look(stage, QStringLiteral("6-no-agent")));
        QVERIFY(QCoro::waitFor(session->powerOff()));
    }

    void inspectionAndAnOldDisk()
    {
        m_row = QStringLiteral("old");
        EditDiskStage stage;
        const QString image = stage.makeMbrVhd(QStringLiteral("old.vhd"));
        stage.addMachine(QStringLiteral("old machine"), image, DiskFormat::Raw);
        stage.open(image);
        QVERIFY(stage.enterTo(ActionPageNumber));
        QVERIFY(look(stage, QStringLiteral("1-action")));
        stage.press(Qt::Key_I, Qt::AltModifier);
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(look(stage, QStringLiteral("2-inspect")));
        stage.press(Qt::Key_B, Qt::AltModifier);
        stage.press(Qt::Key_V, Qt::AltModifier);
        QVERIFY(stage.enterTo(OptionsPageNumber));
        QVERIFY(look(stage, QStringLiteral("3-convert")));
        QVERIFY(stage.enterTo(PlanPageNumber));
        QVERIFY(stage.isPlanned());
        QVERIFY(look(stage, QStringLiteral("4-plan")));
        QVERIFY(stage.finish());
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("resultPicture")->isVisible(), 20000);
        QVERIFY(look(stage, QStringLiteral("5-result")));
    }
};

QTEST_MAIN(EditDiskLookTest)
#include "edit_disk_look_test.moc"
