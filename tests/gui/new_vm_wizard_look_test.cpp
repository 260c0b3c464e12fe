// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizard_stage.h"
#include "wizards/wizard_page.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QScrollArea>
#include <QStyleFactory>
#include <QStyleHints>
#include <QTranslator>

using namespace platter;

namespace {

// Every text 40 % longer, as German is where English is terse.
class LongTexts : public QTranslator {
public:
    QString translate(const char*, const char* source, const char*, int) const override
    {
        QString text = QString::fromUtf8(source);
        for (qsizetype added = 0; added < qsizetype(qstrlen(source)) * 2 / 5 && added < 60; added += 8) {
            text += QStringLiteral(" überaus").first(std::min<qsizetype>(8, text.size()));
        }
        return text;
    }

    bool isEmpty() const override { return false; }
};

QPalette dark()
{
    QPalette colours;
    colours.setColor(QPalette::Window, QColor(0x2a, 0x2e, 0x32));
    colours.setColor(QPalette::WindowText, QColor(0xfc, 0xfc, 0xfc));
    colours.setColor(QPalette::Base, QColor(0x1b, 0x1e, 0x20));
    colours.setColor(QPalette::AlternateBase, QColor(0x23, 0x26, 0x29));
    colours.setColor(QPalette::Text, QColor(0xfc, 0xfc, 0xfc));
    colours.setColor(QPalette::PlaceholderText, QColor(0xa1, 0xa9, 0xb1));
    colours.setColor(QPalette::Button, QColor(0x31, 0x36, 0x3b));
    colours.setColor(QPalette::ButtonText, QColor(0xfc, 0xfc, 0xfc));
    colours.setColor(QPalette::Light, QColor(0x40, 0x46, 0x4c));
    colours.setColor(QPalette::Midlight, QColor(0x36, 0x3b, 0x40));
    colours.setColor(QPalette::Mid, QColor(0x4a, 0x50, 0x56));
    colours.setColor(QPalette::Dark, QColor(0x19, 0x1b, 0x1d));
    colours.setColor(QPalette::Shadow, QColor(0x12, 0x14, 0x15));
    colours.setColor(QPalette::Highlight, QColor(0x3d, 0xae, 0xe9));
    colours.setColor(QPalette::HighlightedText, QColor(0xfc, 0xfc, 0xfc));
    colours.setColor(QPalette::Disabled, QPalette::WindowText, QColor(0x80, 0x86, 0x8c));
    colours.setColor(QPalette::Disabled, QPalette::Text, QColor(0x80, 0x86, 0x8c));
    colours.setColor(QPalette::Disabled, QPalette::ButtonText, QColor(0x80, 0x86, 0x8c));
    return colours;
}

} // namespace

// Nothing is cut off, in any size, theme and language; a picture of each page is left in the build folder.
class NewVmWizardLookTest : public QObject {
    Q_OBJECT

    TestMedia m_media;
    LongTexts m_longTexts;
    QString m_pictures = QStringLiteral(PLATTER_BINARY_DIR "/pictures/new_vm_wizard");
    QString m_row;

    // What is cut off; empty when nothing is.
    static QString cutOff(const NewVmWizard& wizard)
    {
        // Pages scroll down, never sideways.
        const WizardPage* page = wizard.page(wizard.currentIndex());
        if (page->width() > page->parentWidget()->width()) {
            return QStringLiteral("the page, %1 of %2").arg(page->parentWidget()->width()).arg(page->width());
        }
        const auto labels = wizard.findChildren<QLabel*>();
        for (const QLabel* label : labels) {
            const bool wraps = label->wordWrap();
            const int height = wraps ? label->heightForWidth(label->width()) : label->sizeHint().height();
            // A shortened path has the whole in the tool tip.
            const int width = label->toolTip().isEmpty() ? label->sizeHint().width()
                                                         : label->fontMetrics().horizontalAdvance(label->text());
            if (label->isVisible() && !label->text().isEmpty()
                && (label->height() < height || (!wraps && label->width() < width))) {
                return label->text();
            }
        }
        const auto buttons = wizard.findChildren<QAbstractButton*>();
        for (const QAbstractButton* button : buttons) {
            const QString text = button->text().remove(QLatin1Char('&'));
            // The steps shorten their names, with the whole in the tool tip.
            if (button->isVisible() && button->toolTip().isEmpty()
                && (button->width() < button->minimumSizeHint().width()
                    || button->width() < button->fontMetrics().horizontalAdvance(text))) {
                return text;
            }
        }
        return {};
    }

    static QString mnemonicUsedTwice(const NewVmWizard& wizard)
    {
        QSet<QKeySequence> used;
        const auto take = [&](const QString& text) {
            const QKeySequence mnemonic = QKeySequence::mnemonic(text);
            const bool twice = !mnemonic.isEmpty() && used.contains(mnemonic);
            used.insert(mnemonic);
            return twice;
        };
        const auto buttons = wizard.findChildren<QAbstractButton*>();
        for (const QAbstractButton* button : buttons) {
            if (button->isVisible() && take(button->text())) {
                return button->text();
            }
        }
        const auto labels = wizard.findChildren<QLabel*>();
        for (const QLabel* label : labels) {
            if (label->isVisible() && label->buddy() && take(label->text())) {
                return label->text();
            }
        }
        return {};
    }

    bool look(WizardStage& stage, const QString& what) const
    {
        // A sentence that needs another line moves what is around it, layout by layout.
        const bool isWhole = QTest::qWaitFor([&] { return cutOff(stage.wizard()).isEmpty(); }, 5000);
        const QString picture =
            QStringLiteral("%1/%2-%3-%4.png").arg(m_pictures, m_row).arg(stage.page()).arg(what);
        if (!stage.wizard().grab().save(picture)) {
            qWarning("%s cannot be written.", qPrintable(picture));
            return false;
        }
        if (!isWhole) {
            qWarning("%s cuts off: %s", qPrintable(picture), qPrintable(cutOff(stage.wizard())));
        }
        const QString twice = mnemonicUsedTwice(stage.wizard());
        if (!twice.isEmpty()) {
            qWarning("%s has a mnemonic twice: %s", qPrintable(picture), qPrintable(twice));
        }
        return isWhole && twice.isEmpty();
    }

private Q_SLOTS:

    void initTestCase()
    {
        const QString fault = m_media.make();
        QVERIFY2(fault.isEmpty(), qPrintable(fault));
        QVERIFY(QDir().mkpath(m_pictures));
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    }

    void everyPage_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::addColumn<bool>("isLong");
        QTest::addColumn<QSize>("size");
        QTest::newRow("light") << false << false << QSize(840, 560);
        QTest::newRow("dark") << true << false << QSize(840, 560);
        QTest::newRow("small") << false << false << QSize(620, 420);
        QTest::newRow("long") << false << true << QSize(840, 560);
    }

    void everyPage()
    {
        QFETCH(bool, isDark);
        QFETCH(bool, isLong);
        QFETCH(QSize, size);
        m_row = QString::fromLatin1(QTest::currentDataTag());
        const QPalette before = QApplication::palette();
        if (isDark) {
            QApplication::setPalette(dark());
        }
        if (isLong) {
            QCoreApplication::installTranslator(&m_longTexts);
        }
        const auto restore = qScopeGuard([&] {
            QApplication::setPalette(before);
            QCoreApplication::removeTranslator(&m_longTexts);
        });

        WizardStage stage(m_media.sample());
        stage.open().resize(size);
        QVERIFY(look(stage, QStringLiteral("sample")));
        stage.click("networkBoot");
        stage.type("netbootFolder", QStringLiteral("/usr/lib/debian-installer/images/13/amd64/text"));
        QVERIFY(look(stage, QStringLiteral("netboot")));
        stage.click("isoImage");
        stage.click("next");
        QVERIFY(look(stage, QStringLiteral("missing")));
        stage.type("isoFile", m_media.bios());
        stage.click("next");
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("useAnyway")->isVisible(), 20000);
        QVERIFY(look(stage, QStringLiteral("bios")));
        stage.type("isoFile", m_media.windows());
        QVERIFY(look(stage, QStringLiteral("busy")));
        QTRY_VERIFY_WITH_TIMEOUT(stage.find<QWidget>("addDrivers")->isVisible(), 20000);
        QVERIFY(look(stage, QStringLiteral("windows")));
        stage.type("isoFile", m_media.debian());
        QVERIFY(stage.next());
        QVERIFY(look(stage, QStringLiteral("name")));
        stage.type("machineName", QStringLiteral("a/b"));
        stage.type("machinePlace",
            stage.file(QStringLiteral("a folder/with a very long name/that is not there/at all/"
                                      "and that nobody would ever want to type/again")));
        stage.click("next");
        QTRY_VERIFY_WITH_TIMEOUT(
            !stage.message("placeMessage").isEmpty() && !stage.message("nameMessage").isEmpty(), 20000);
        QVERIFY(look(stage, QStringLiteral("errors")));
        stage.type(
            "machineName", QStringLiteral("a machine with a name that is much longer than what fits, but allowed"));
        stage.type("machinePlace", QString());
        QVERIFY(stage.next());
        QVERIFY(look(stage, QStringLiteral("resources")));
        stage.type("memory", QStringLiteral("4X"));
        stage.type("processors", QStringLiteral("99"));
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("processorsMessage").contains(QLatin1String("99")), 20000);
        QVERIFY(look(stage, QStringLiteral("errors")));
        stage.type("memory", QStringLiteral("15G"));
        stage.type("processors", QStringLiteral("4"));
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("memoryMessage").contains(QLatin1String("15 GiB")) || isLong
                || stage.message("memoryMessage").contains(QLatin1String("1 GiB")),
            20000);
        QVERIFY(look(stage, QStringLiteral("warning")));
        QVERIFY(stage.next());
        QVERIFY(look(stage, QStringLiteral("disk")));
        stage.type("diskSize", QStringLiteral("65T"));
        stage.type("diskFile", stage.file(QStringLiteral("nowhere/disk.vhdx")));
        QTRY_VERIFY_WITH_TIMEOUT(!stage.message("diskFileMessage").isEmpty(), 20000);
        QVERIFY(look(stage, QStringLiteral("errors")));
        stage.click("existingDisk");
        const QString old = stage.file(QStringLiteral("old.vhd"));
        QFile vhd(old);
        QVERIFY(vhd.open(QIODevice::WriteOnly));
        vhd.write(QByteArray(4096, '\0') + QByteArray("conectix").append(504, '\0'));
        vhd.close();
        stage.type("existingFile", old);
        QTRY_VERIFY_WITH_TIMEOUT(stage.message("existingMessage").contains(QLatin1String("VHD")), 20000);
        QVERIFY(look(stage, QStringLiteral("vhd")));
        stage.click("newDisk");
        stage.type("diskSize", QStringLiteral("100T"));
        stage.type("diskSize", QStringLiteral("40"));
        stage.type("diskFile", QString());
        QVERIFY(stage.next());
        QVERIFY(look(stage, QStringLiteral("network")));
        stage.click("addSsh");
        stage.click("addWeb");
        stage.type("hostPort2", QStringLiteral("80"));
        QTRY_VERIFY_WITH_TIMEOUT(!stage.message("networkMessage").isEmpty(), 20000);
        QVERIFY(look(stage, QStringLiteral("errors")));
        stage.type("hostPort2", QStringLiteral("8080"));
        QVERIFY(stage.next());
        QTRY_VERIFY_WITH_TIMEOUT(!stage.find<QWidget>("plan")->property("plainText").toString().isEmpty(), 20000);
        QVERIFY(look(stage, QStringLiteral("summary")));
        QVERIFY(QDir(stage.file(QStringLiteral("machines"))).mkdir(stage.wizard().choices().name));
        stage.click("next");
        QTRY_VERIFY_WITH_TIMEOUT(
            stage.find<QWidget>("summaryMessage")->findChild<QAbstractButton*>()->isVisible(), 20000);
        QVERIFY(look(stage, QStringLiteral("errors")));

        stage.open().resize(size);
        stage.type("isoFile", m_media.windows());
        QVERIFY(stage.goTo(SummaryPageNumber));
        QVERIFY(look(stage, QStringLiteral("summary-windows")));
    }
};

QTEST_MAIN(NewVmWizardLookTest)
#include "new_vm_wizard_look_test.moc"
