// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/vhdx_file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace platter;

class ParentDiskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    // Not what the disk could hold: that is no measure of what there is to do.
    void mergingCountsWhatTheChildHolds()
    {
        const QTemporaryDir folder;
        const QString parent = folder.filePath(QStringLiteral("parent.vhdx"));
        const QString child = folder.filePath(QStringLiteral("child.vhdx"));
        QVERIFY(createDisk({.file = parent, .size = ByteCount::gibibytes(64)}));
        QVERIFY(createDisk({.file = child, .parent = parent}));
        std::uint64_t blockSize = 0;
        {
            const auto editor = editVhdx(child, {}, WithParent::Yes);
            QVERIFY(editor);
            blockSize = (*editor)->metadata().blockSize;
            const std::vector<std::byte> data(4096, std::byte(7));
            QVERIFY((*editor)->write(0, data)); // a part of a block counts as one
            QVERIFY((*editor)->write(5 * blockSize, data));
            QVERIFY((*editor)->writeZeroes(9 * blockSize, blockSize)); // nothing to copy
            QVERIFY((*editor)->finish());
        }
        MergeDisk merge({child, {}});
        const Result<OperationPlan> plan = merge.plan();
        QVERIFY2(plan, qPrintable(plan ? QString() : plan.error().text()));
        QCOMPARE(plan->bytesToCopy, ByteCount(2 * blockSize));
        QCOMPARE(plan->spaceNeeded, ByteCount(2 * blockSize));
        Progress::State last;
        Progress progress([&](const Progress::State& state) { last = state; });
        const Result<OperationOutcome> outcome = merge.run(progress);
        QVERIFY2(outcome, qPrintable(outcome ? QString() : outcome.error().text()));
        QCOMPARE(last.total, plan->bytesToCopy);
        QCOMPARE(last.done, last.total);
    }
};

QTEST_GUILESS_MAIN(ParentDiskTest)
#include "parent_disk_test.moc"
