// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/frame_canvas.h"

#include <QTest>

#include <algorithm>
#include <vector>

using namespace platter;

class FrameCanvasTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesSizes_data();
    void refusesSizes();
    void drawsAndTellsWhere();
    void handedOutFrameNeverChanges();
    void keepsBuffersAlike();
    void copiesOverItself_data();
    void copiesOverItself();
    void leavesOutWhatIsOutside();
};

void FrameCanvasTest::refusesSizes_data()
{
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("usual") << QSize(1920, 1080) << true;
    QTest::newRow("largest") << QSize(7680, 4320) << true;
    QTest::newRow("nothing") << QSize(0, 0) << true;
    QTest::newRow("too many pixels") << QSize(8192, 8192) << false;
    QTest::newRow("too wide") << QSize(65535, 1) << false;
    QTest::newRow("too high") << QSize(1, 65535) << false;
    QTest::newRow("negative") << QSize(-1, 10) << false;
}

void FrameCanvasTest::refusesSizes()
{
    QFETCH(QSize, size);
    QFETCH(bool, accepted);
    FrameCanvas canvas;
    QCOMPARE(canvas.resize(size.width(), size.height()), accepted);
    const bool drawable = accepted && !size.isEmpty();
    QCOMPARE(canvas.prepare() != nullptr, drawable);
}

void FrameCanvasTest::drawsAndTellsWhere()
{
    FrameCanvas canvas;
    QVERIFY(canvas.resize(8, 8));
    canvas.prepare();
    QVERIFY(!canvas.isChanged());
    const std::vector<quint32> pixels(6, 0x00112233);
    canvas.draw({2, 3, 3, 2}, pixels.data());
    canvas.fill({0, 0, 1, 1}, 0x445566);
    QCOMPARE(canvas.takeChanges(), QRegion(2, 3, 3, 2) + QRegion(0, 0, 1, 1));
    QVERIFY(!canvas.isChanged());
    const QImage frame = canvas.frame();
    QCOMPARE(frame.pixel(2, 3), 0xff112233); // opaque, whatever the fourth byte said
    QCOMPARE(frame.pixel(4, 4), 0xff112233);
    QCOMPARE(frame.pixel(5, 4), 0xff000000);
    QCOMPARE(frame.pixel(0, 0), 0xff445566);
}

void FrameCanvasTest::handedOutFrameNeverChanges()
{
    FrameCanvas canvas;
    QVERIFY(canvas.resize(4, 4));
    std::vector<QImage> frames;
    for (quint32 shade = 1; shade <= 5; ++shade) {
        canvas.prepare();
        canvas.fill({0, 0, 4, 4}, shade);
        frames.push_back(canvas.frame());
    }
    for (quint32 shade = 1; shade <= 5; ++shade)
        QCOMPARE(frames.at(shade - 1).pixel(3, 3), 0xff000000 | shade);
}

void FrameCanvasTest::keepsBuffersAlike()
{
    // One pixel per frame, each frame let go when the next one comes: both buffers are in use and see every change.
    FrameCanvas canvas;
    QVERIFY(canvas.resize(16, 1));
    QImage shown;
    std::vector<const uchar*> buffers;
    for (int x = 0; x < 16; ++x) {
        buffers.push_back(canvas.prepare());
        canvas.fill({x, 0, 1, 1}, 0x010101);
        shown = {};
        shown = canvas.frame();
        for (int past = 0; past < 16; ++past)
            QCOMPARE(shown.pixel(past, 0), past <= x ? 0xff010101 : 0xff000000);
    }
    std::ranges::sort(buffers);
    buffers.erase(std::ranges::unique(buffers).begin(), buffers.end());
    QCOMPARE(buffers.size(), 2U);
}

void FrameCanvasTest::copiesOverItself_data()
{
    QTest::addColumn<QPoint>("by");
    QTest::newRow("down") << QPoint(0, 2);
    QTest::newRow("up") << QPoint(0, -2);
    QTest::newRow("right") << QPoint(2, 0);
    QTest::newRow("left") << QPoint(-2, 0);
    QTest::newRow("down right") << QPoint(1, 1);
    QTest::newRow("up left") << QPoint(-1, -1);
}

void FrameCanvasTest::copiesOverItself()
{
    QFETCH(QPoint, by);
    constexpr int Size = 12;
    const QRect source(3, 3, 6, 6);
    FrameCanvas canvas;
    QVERIFY(canvas.resize(Size, Size));
    canvas.prepare();
    std::vector<quint32> pixels;
    for (quint32 i = 0; i < Size * Size; ++i)
        pixels.push_back(0xff000000 | i);
    canvas.draw({0, 0, Size, Size}, pixels.data());
    canvas.takeChanges();
    const QImage before = canvas.frame().copy();
    canvas.copy(source.topLeft(), source.translated(by));
    QCOMPARE(canvas.takeChanges(), QRegion(source.translated(by)));
    for (int y = 0; y < Size; ++y) {
        for (int x = 0; x < Size; ++x) {
            const bool copied = source.translated(by).contains(x, y);
            QCOMPARE(canvas.frame().pixel(x, y), before.pixel(copied ? QPoint(x, y) - by : QPoint(x, y)));
        }
    }
}

void FrameCanvasTest::leavesOutWhatIsOutside()
{
    FrameCanvas canvas;
    QVERIFY(canvas.resize(4, 4));
    canvas.prepare();
    const std::vector<quint32> pixels(9, 0x070707);
    canvas.draw({2, 2, 3, 3}, pixels.data());
    QCOMPARE(canvas.takeChanges(), QRegion(2, 2, 2, 2));
    canvas.fill({-2, -2, 3, 3}, 0x090909);
    QCOMPARE(canvas.takeChanges(), QRegion(0, 0, 1, 1));
    canvas.copy({3, 3}, {0, 0, 4, 4});
    QCOMPARE(canvas.takeChanges(), QRegion(0, 0, 1, 1));
    QCOMPARE(canvas.frame().pixel(0, 0), 0xff070707);
    canvas.fill({100, 100, 3, 3}, 1);
    QVERIFY(!canvas.isChanged());
}

QTEST_GUILESS_MAIN(FrameCanvasTest)
#include "frame_canvas_test.moc"
