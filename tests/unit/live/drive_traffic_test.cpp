// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/drive_traffic.h"

#include <QTest>

using namespace platter;
using namespace std::chrono_literals;

class DriveTrafficTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void reckonsPerSecond()
    {
        QCOMPARE(rateBetween({100, 50, 4, 2}, {4100, 1050, 14, 2}, 2s), (DriveRate{2000, 500, 5, 0}));
        QCOMPARE(rateBetween({}, {1000, 0, 1, 0}, 500ms), (DriveRate{2000, 0, 2, 0}));
    }

    void countersThatRunBackwardsAreNothing()
    {
        QCOMPARE(rateBetween({4100, 50, 14, 2}, {100, 1050, 4, 12}, 1s), (DriveRate{0, 1000, 0, 10}));
        QCOMPARE(rateBetween({}, {1000, 1000, 1, 1}, 0s), DriveRate{});
    }
};

QTEST_GUILESS_MAIN(DriveTrafficTest)
#include "drive_traffic_test.moc"
