// SPDX-License-Identifier: GPL-3.0-or-later
// Work in the bar: progress, cancel, how it ended.
#include "ui/elided_label.h"
#include "ui/jobs/jobs_bar.h"
#include "ui/jobs/progress_text.h"

#include <QProgressBar>
#include <QPushButton>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>
#include <QToolButton>

using namespace platter;

namespace {

// Does a block whenever it is told to.
class SteppedOperation final : public DiskOperation {
public:
    SteppedOperation(std::shared_ptr<QSemaphore> steps, int blocks)
        : m_steps(std::move(steps))
        , m_blocks(blocks)
    {
    }

    QString title() const override { return QStringLiteral("Convert a to b"); }

    Result<void> check() const override { return {}; }

    Result<OperationPlan> plan() const override { return OperationPlan{}; }

    Result<OperationOutcome> run(Progress& progress) override
    {
        progress.setTotal(ByteCount(static_cast<std::uint64_t>(m_blocks)));
        for (int i = 0; i < m_blocks; ++i) {
            m_steps->acquire();
            if (const Result<void> goOn = progress.goOn(); !goOn) {
                return std::unexpected(goOn.error());
            }
            progress.advance(ByteCount(1));
        }
        return OperationOutcome{{QStringLiteral("b is there.")}, {}, {}};
    }

private:
    std::shared_ptr<QSemaphore> m_steps;
    int m_blocks;
};

} // namespace

class JobsBarTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void showsAJobFromBeginToEnd()
    {
        JobList jobs;
        JobsBar bar(jobs);
        QVERIFY(!bar.isVisibleTo(nullptr));
        auto steps = std::make_shared<QSemaphore>();
        DiskJobRunner* job = jobs.run(jobOnFile(std::make_unique<SteppedOperation>(steps, 2)));
        QVERIFY(bar.isVisible() && jobs.isRunning());
        QCOMPARE(bar.findChild<ElidedLabel*>(QStringLiteral("jobText"))->fullText(), job->title());
        jobs.dismiss(job); // not while it runs
        QCOMPARE(jobs.jobs().size(), 1);
        QSignalSpy ended(&jobs, &JobList::allFinished);
        steps->release(2);
        QTRY_VERIFY(job->isFinished());
        QCOMPARE(ended.count(), 1);
        QVERIFY(bar.findChild<ElidedLabel*>(QStringLiteral("jobText"))
                ->fullText()
                .contains(QLatin1String("b is there.")));
        QVERIFY(!bar.findChild<QPushButton*>(QStringLiteral("cancelJob"))->isVisible());
        QSignalSpy shown(&bar, &JobsBar::showRequested);
        bar.findChild<QPushButton*>(QStringLiteral("showJob"))->click();
        QCOMPARE(shown.count(), 1);
        bar.findChild<QToolButton*>(QStringLiteral("dismissJob"))->click();
        QVERIFY(jobs.jobs().isEmpty() && !bar.isVisible());
    }

    void cancels()
    {
        JobList jobs;
        JobsBar bar(jobs);
        auto steps = std::make_shared<QSemaphore>();
        DiskJobRunner* job = jobs.run(jobOnFile(std::make_unique<SteppedOperation>(steps, 1000)));
        auto* cancel = bar.findChild<QPushButton*>(QStringLiteral("cancelJob"));
        cancel->click();
        QVERIFY(job->isCancelling() && !cancel->isEnabled());
        steps->release();
        QTRY_VERIFY(job->isFinished());
        QCOMPARE(job->outcome()->error().kind, ErrorKind::Cancelled);
        QVERIFY(!jobs.isRunning());
    }

    void goesWhileItsJobRuns()
    {
        auto steps = std::make_shared<QSemaphore>();
        {
            JobList jobs;
            jobs.run(jobOnFile(std::make_unique<SteppedOperation>(steps, 10)));
        }
        steps->release(10); // it sees that it is to stop; nobody listens any more
        QVERIFY(QThreadPool::globalInstance()->waitForDone(10000));
        QCoreApplication::processEvents();
    }

    void saysPaceAndTime_data()
    {
        QTest::addColumn<double>("rate");
        QTest::addColumn<int>("left");
        QTest::addColumn<QString>("words");
        QTest::newRow("unknown") << 0.0 << -1 << QString();
        QTest::newRow("seconds") << 410.0 * 1048576 << 12 << QStringLiteral("410 MiB/s · 12 s left");
        QTest::newRow("minutes") << 1048576.0 << 90 << QStringLiteral("1 MiB/s · 1 min 30 s left");
        QTest::newRow("hours") << 1048576.0 << 7500 << QStringLiteral("1 MiB/s · 2 h 5 min left");
    }

    void saysPaceAndTime()
    {
        QFETCH(double, rate);
        QFETCH(int, left);
        Progress::State state;
        state.done = ByteCount(1);
        state.total = ByteCount(2);
        state.bytesPerSecond = rate;
        if (left >= 0) {
            state.left = std::chrono::seconds(left);
        }
        QTEST(paceOf(state), "words");
    }
};

QTEST_MAIN(JobsBarTest)
#include "jobs_bar_test.moc"
