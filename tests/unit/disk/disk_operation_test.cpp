// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_operation.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <thread>
#include <vector>

using namespace platter;

class DiskOperationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void reportsTheEnd()
    {
        std::vector<Progress::State> reports;
        Progress progress([&](const Progress::State& state) { reports.push_back(state); });
        progress.setTotal(ByteCount(1000));
        for (int i = 0; i < 10; ++i) {
            progress.advance(ByteCount(100));
        }
        QVERIFY(!reports.empty());
        QCOMPARE(reports.back().done, ByteCount(1000));
        QCOMPARE(reports.back().total, ByteCount(1000));
        QVERIFY(std::ranges::is_sorted(reports, {}, &Progress::State::done));
        QCOMPARE(std::ranges::count(reports, ByteCount(1000), &Progress::State::done), 1);
    }

    void reportsAtMostTenTimesASecond_data()
    {
        QTest::addColumn<quint64>("total");
        QTest::newRow("known total") << quint64(1'000'000);
        QTest::newRow("unknown total") << quint64(0);
        QTest::newRow("more than the total") << quint64(10);
    }

    void reportsAtMostTenTimesASecond()
    {
        QFETCH(quint64, total);
        qint64 reports = 0;
        QElapsedTimer watch;
        watch.start();
        Progress progress([&](const Progress::State&) { ++reports; });
        progress.setTotal(ByteCount(total));
        for (int i = 0; i < 100'000; ++i) {
            progress.advance(ByteCount(1));
        }
        QVERIFY2(reports <= watch.elapsed() / 100 + 1, qPrintable(QString::number(reports))); // and the end
    }

    void saysARateAndTheTimeLeft()
    {
        Progress::State last;
        Progress progress([&](const Progress::State& state) { last = state; });
        progress.setTotal(ByteCount::tebibytes(1));
        while (!last.left) { // comes after some time of work
            progress.advance(ByteCount(1000));
        }
        QVERIFY(last.bytesPerSecond > 0);
        const double rest = static_cast<double>(last.total.bytes() - last.done.bytes());
        const double expected = rest / last.bytesPerSecond;
        QVERIFY(std::abs(static_cast<double>(last.left->count()) - expected) <= 1.0);
    }

    void countsWhatManyThreadsDo()
    {
        Progress::State last;
        Progress progress([&](const Progress::State& state) { last = state; });
        progress.setTotal(ByteCount(40'000));
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&] {
                    for (int i = 0; i < 10'000; ++i) {
                        progress.advance(ByteCount(1));
                    }
                });
            }
        }
        QCOMPARE(last.done, ByteCount(40'000));
    }

    void stopsWhenAsked()
    {
        std::stop_source stop;
        const Progress progress({}, stop.get_token());
        QVERIFY(progress.goOn());
        stop.request_stop();
        QCOMPARE(progress.goOn().error().kind, ErrorKind::Cancelled);
        QVERIFY(Progress().goOn()); // nobody can ask
    }
};

QTEST_GUILESS_MAIN(DiskOperationTest)
#include "disk_operation_test.moc"
