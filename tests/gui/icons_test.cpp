// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/icon_style.h"
#include "ui/icons.h"

#include <QApplication>
#include <QPalette>
#include <QPixmap>
#include <QProxyStyle>
#include <QStyle>
#include <QTest>

using namespace platter;

class IconsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void drawAtEverySize_data()
    {
        QTest::addColumn<QString>("name");
        const QStringList names = symbolicIconNames();
        QVERIFY(names.size() >= 25);
        for (const QString& name : names) {
            QTest::newRow(qPrintable(name)) << name;
        }
    }

    void drawAtEverySize()
    {
        QFETCH(QString, name);
        const QIcon icon = symbolicIcon(name);
        QVERIFY(!icon.isNull());
        for (const int size : {16, 24, 32, 64}) {
            const QImage image = icon.pixmap(QSize(size, size), 1.0).toImage();
            QCOMPARE(image.size(), QSize(size, size));
            const int drawn = opaquePixels(image);
            QVERIFY2(drawn > size * size / 40 && drawn < size * size * 3 / 4, qPrintable(QString::number(drawn)));
        }
        QCOMPARE(icon.pixmap(QSize(16, 16), 2.0).toImage().size(), QSize(32, 32));
    }

    void followThePalette()
    {
        const QPalette before = QGuiApplication::palette();
        const QIcon icon = symbolicIcon(QStringLiteral("media-playback-start"));
        const auto middle = [&icon](QIcon::Mode mode) {
            return QColor(icon.pixmap(QSize(16, 16), 1.0, mode).toImage().pixelColor(8, 8));
        };
        for (const QColor& colour : {QColor(0x12, 0x34, 0x56), QColor(0xfe, 0xdc, 0xba)}) {
            QPalette palette = before;
            palette.setColor(QPalette::Active, QPalette::ButtonText, colour);
            palette.setColor(QPalette::Disabled, QPalette::ButtonText, QColor(0x77, 0x77, 0x77));
            palette.setColor(QPalette::Active, QPalette::HighlightedText, QColor(0x01, 0x02, 0x03));
            QGuiApplication::setPalette(palette);
            QCOMPARE(middle(QIcon::Normal), colour);
            QCOMPARE(middle(QIcon::Disabled), QColor(0x77, 0x77, 0x77));
            QCOMPARE(middle(QIcon::Selected), QColor(0x01, 0x02, 0x03));
        }
        QGuiApplication::setPalette(before);
    }

    void theStyleUsesThem()
    {
        const QString before = QApplication::style()->name();
        IconStyle::install();
        const auto* proxy = qobject_cast<const QProxyStyle*>(QApplication::style());
        QVERIFY(proxy != nullptr);
        QCOMPARE(proxy->baseStyle()->name(), before);
        const auto picture = [](const QIcon& icon) { return icon.pixmap(QSize(16, 16), 1.0).toImage(); };
        QCOMPARE(picture(QApplication::style()->standardIcon(QStyle::SP_LineEditClearButton)),
            picture(symbolicIcon(QStringLiteral("edit-clear"))));
        QCOMPARE(picture(QApplication::style()->standardIcon(QStyle::SP_ToolBarHorizontalExtensionButton)),
            picture(symbolicIcon(QStringLiteral("go-next"))));
        QVERIFY(!QApplication::style()->standardIcon(QStyle::SP_MessageBoxWarning).isNull());
        QApplication::setStyle(before);
    }

    void theApplicationHasItsOwn()
    {
        const QImage image = applicationIcon().pixmap(QSize(128, 128), 1.0).toImage();
        QVERIFY(opaquePixels(image) > 128 * 128 / 2);
        QVERIFY(image.pixelColor(64, 54) != image.pixelColor(64, 30)); // hub and platter
    }

private:
    static int opaquePixels(const QImage& image)
    {
        int count = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                count += image.pixelColor(x, y).alpha() > 127 ? 1 : 0;
            }
        }
        return count;
    }
};

QTEST_MAIN(IconsTest)
#include "icons_test.moc"
