// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_layout.h"

#include <QTest>

using namespace platter;

class ScreenLayoutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void places_data();
    void places();
    void mapsToGuest_data();
    void mapsToGuest();
    void mapsChanges();
};

void ScreenLayoutTest::places_data()
{
    QTest::addColumn<QSize>("guest");
    QTest::addColumn<QSize>("view");
    QTest::addColumn<qreal>("ratio");
    QTest::addColumn<ScaleMode>("mode");
    QTest::addColumn<QPoint>("scroll");
    QTest::addColumn<QRect>("target");
    QTest::addColumn<bool>("exact");
    const auto fit = ScaleMode::Fit;
    const auto original = ScaleMode::Original;
    QTest::newRow("half size") << QSize(800, 600) << QSize(400, 300) << 1.0 << fit << QPoint()
                               << QRect(0, 0, 400, 300) << false;
    QTest::newRow("wide view") << QSize(800, 600) << QSize(600, 300) << 1.0 << fit << QPoint()
                               << QRect(100, 0, 400, 300) << false;
    QTest::newRow("high view") << QSize(800, 600) << QSize(400, 500) << 1.0 << fit << QPoint()
                               << QRect(0, 100, 400, 300) << false;
    QTest::newRow("same size") << QSize(800, 600) << QSize(800, 600) << 1.0 << fit << QPoint()
                               << QRect(0, 0, 800, 600) << true;
    QTest::newRow("a little room stays empty")
        << QSize(800, 600) << QSize(860, 640) << 1.0 << fit << QPoint() << QRect(30, 20, 800, 600) << true;
    QTest::newRow("much room is used") << QSize(800, 600) << QSize(1200, 900) << 1.0 << fit << QPoint()
                                       << QRect(0, 0, 1200, 900) << false;
    QTest::newRow("twice") << QSize(640, 400) << QSize(1300, 820) << 1.0 << fit << QPoint()
                           << QRect(10, 10, 1280, 800) << true;
    QTest::newRow("dense display, fit")
        << QSize(640, 400) << QSize(1280, 800) << 2.0 << fit << QPoint() << QRect(0, 0, 1280, 800) << true;
    QTest::newRow("original, smaller") << QSize(640, 400) << QSize(1000, 500) << 1.0 << original << QPoint()
                                       << QRect(180, 50, 640, 400) << true;
    QTest::newRow("original, larger") << QSize(640, 400) << QSize(600, 300) << 1.0 << original << QPoint()
                                      << QRect(0, 0, 640, 400) << true;
    QTest::newRow("original, scrolled") << QSize(640, 400) << QSize(600, 300) << 1.0 << original << QPoint(40, 70)
                                        << QRect(-40, -70, 640, 400) << true;
    QTest::newRow("original, scrolled too far") << QSize(640, 400) << QSize(600, 300) << 1.0 << original
                                                << QPoint(999, 999) << QRect(-40, -100, 640, 400) << true;
    QTest::newRow("original, 2x") << QSize(640, 400) << QSize(1280, 800) << 2.0 << original << QPoint()
                                  << QRect(0, 0, 1280, 800) << true;
    QTest::newRow("original, 1.5x") << QSize(640, 400) << QSize(640, 400) << 1.5 << original << QPoint()
                                    << QRect(0, 0, 640, 400) << true;
    QTest::newRow("no screen") << QSize() << QSize(640, 400) << 1.0 << fit << QPoint() << QRect() << false;
    QTest::newRow("no view") << QSize(640, 400) << QSize(0, 0) << 1.0 << fit << QPoint() << QRect() << false;
    QTest::newRow("tiny view") << QSize(1920, 16) << QSize(10, 10) << 1.0 << fit << QPoint() << QRect(0, 4, 10, 1)
                               << false;
}

void ScreenLayoutTest::places()
{
    QFETCH(QSize, guest);
    QFETCH(QSize, view);
    QFETCH(qreal, ratio);
    QFETCH(ScaleMode, mode);
    QFETCH(QPoint, scroll);
    QFETCH(bool, exact);
    const auto layout = ScreenLayout::of(guest, view, ratio, mode, scroll);
    QTEST(layout.target, "target");
    QCOMPARE(layout.isExact(), exact);
}

void ScreenLayoutTest::mapsToGuest_data()
{
    QTest::addColumn<QRect>("target");
    QTest::addColumn<QPointF>("device");
    QTest::addColumn<QPoint>("guest");
    const QRect half(10, 20, 320, 200);
    QTest::newRow("corner") << half << QPointF(10, 20) << QPoint(0, 0);
    QTest::newRow("inside") << half << QPointF(110, 70) << QPoint(200, 100);
    QTest::newRow("last") << half << QPointF(329.9, 219.9) << QPoint(639, 399);
    QTest::newRow("left of it") << half << QPointF(0, 70) << QPoint(0, 100);
    QTest::newRow("beyond it") << half << QPointF(1000, 1000) << QPoint(639, 399);
    const QRect twice(0, 0, 1280, 800);
    QTest::newRow("enlarged, first half") << twice << QPointF(2, 3) << QPoint(1, 1);
    QTest::newRow("enlarged, second half") << twice << QPointF(3.9, 3.9) << QPoint(1, 1);
}

void ScreenLayoutTest::mapsToGuest()
{
    QFETCH(QRect, target);
    QFETCH(QPointF, device);
    QTEST((ScreenLayout{{640, 400}, target}.toGuest(device)), "guest");
}

void ScreenLayoutTest::mapsChanges()
{
    const ScreenLayout exact{{640, 400}, {10, 0, 1280, 800}};
    QCOMPARE(exact.toDevice(QRect(1, 2, 3, 4)), QRegion(12, 4, 6, 8));
    // Blended pixels reach beyond their own place, and never beyond the screen.
    const ScreenLayout half{{640, 400}, {0, 0, 320, 200}};
    const QRegion changed = half.toDevice(QRect(101, 51, 3, 3));
    QVERIFY(changed.contains(QRect(50, 25, 2, 2)));
    QVERIFY(QRect(45, 20, 12, 12).contains(changed.boundingRect()));
    QCOMPARE(half.toDevice(QRect(0, 0, 640, 400)), QRegion(half.target));
    QVERIFY(ScreenLayout().toDevice(QRect(0, 0, 1, 1)).isEmpty());
}

QTEST_GUILESS_MAIN(ScreenLayoutTest)
#include "screen_layout_test.moc"
