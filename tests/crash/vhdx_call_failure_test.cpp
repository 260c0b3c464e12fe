// SPDX-License-Identifier: GPL-3.0-or-later
// Every system call of an operation on real files fails once. What a signal interrupted or what was done by half
// goes on; the rest is a clear error, the images read as before, and nothing lies around.
#include "core/disk/convert.h"
#include "core/disk/open_disk.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/repair_disk.h"
#include "core/disk/operations/vhdx_file.h"
#include "tests/crash/vhdx_states.h"
#include "tests/disk/failing_calls.h"

#include <QDir>
#include <QTest>

using namespace platter;
using namespace platter::vhdx;

namespace {

constexpr std::uint64_t mebi = std::uint64_t(1) << 20;
constexpr std::uint64_t diskSize = 6 * mebi + 300 * 1024;
const QString parentName = QStringLiteral("parent.vhdx");
const QString childName = QStringLiteral("child.vhdx");
const QString newName = QStringLiteral("new");

// What is done to files in a folder, and what is wrong there afterwards.
struct Trial {
    std::function<Result<void>(const QDir&)> run;
    std::function<QString(const QDir&, bool hasSucceeded)> check;
};

Result<void> withoutValue(const auto& result)
{
    return result ? Result<void>() : std::unexpected(result.error());
}

QStringList filesIn(const QDir& folder)
{
    return folder.entryList(QDir::Files | QDir::Hidden, QDir::Name);
}

QString isNot(const QStringList& found, const QStringList& expected)
{
    return found == expected ? QString() : QStringLiteral("There is now: ") + found.join(u' ');
}

// The image, its parent included, reads as HISTORY says.
QString compare(const QString& file, const History& history)
{
    const auto disk = openDisk(file);
    return disk ? history.compare(**disk) : textOf(disk.error());
}

Result<CheckReport> repairAgain(const QString& file)
{
    return checkDisk(file)
        .and_then([&](const CheckReport& report) { return repairDisk(file, report); })
        .and_then([&](const QString&) { return checkDisk(file); });
}

} // namespace

Q_DECLARE_METATYPE(Trial)

class VhdxCallFailureTest : public QObject {
    Q_OBJECT

    // Images that every run has a copy of.
    QTemporaryDir m_start;
    History m_parent{diskSize};
    History m_child{diskSize};

    QString start(const QString& name) const { return m_start.filePath(name); }

    // NEW is as HISTORY says, or not there at all.
    static Trial making(std::function<Result<void>(const QDir&)> run, const History& history)
    {
        return {std::move(run), [=](const QDir& folder, bool hasSucceeded) {
                    const QStringList names{childName, newName, parentName};
                    if (!hasSucceeded) {
                        return isNot(filesIn(folder), {childName, parentName});
                    }
                    const QString wrong = isNot(filesIn(folder), names);
                    return wrong.isEmpty() ? compare(folder.filePath(newName), history) : wrong;
                }};
    }

    static Trial creating(const NewDiskRequest& request, const History& history)
    {
        return making(
            [=](const QDir& folder) {
                NewDiskRequest here = request;
                here.file = folder.filePath(newName);
                here.parent = request.parent.isEmpty() ? QString() : folder.filePath(request.parent);
                return withoutValue(createDisk(here));
            },
            history);
    }

    Trial converting(ImageTarget format, Durability durability = Durability::Stable) const
    {
        return making(
            [=](const QDir& folder) {
                Progress progress;
                return withoutValue(Convert({.source = folder.filePath(childName),
                                                .parents = {},
                                                .target = folder.filePath(newName),
                                                .format = format,
                                                .verify = ConvertRequest::Verify::Yes,
                                                .durability = durability})
                        .run(progress));
            },
            m_child);
    }

    // The child reads the same until it is gone; then its parent does. What failed can be done again.
    Trial merging() const
    {
        const auto merge = [](const QDir& folder) {
            Progress progress;
            return withoutValue(MergeDisk({folder.filePath(childName), {}}).run(progress));
        };
        return {merge, [=, this](const QDir& folder, bool hasSucceeded) {
                    if (!hasSucceeded && folder.exists(childName)) {
                        QString wrong = isNot(filesIn(folder), {childName, parentName});
                        wrong += compare(folder.filePath(childName), m_child);
                        const Result<void> again = merge(folder);
                        if (!wrong.isEmpty() || !again) {
                            return again ? wrong : wrong + textOf(again.error());
                        }
                    }
                    const QString wrong = isNot(filesIn(folder), {parentName});
                    return wrong.isEmpty() ? compare(folder.filePath(parentName), m_child) : wrong;
                }};
    }

    // Mended, or to be mended by the next try. What the image lost is beside it, and only if it lost something.
    Trial repairing() const
    {
        const auto run = [](const QDir& folder) {
            const QString file = folder.filePath(parentName);
            const Result<CheckReport> report = checkDisk(file);
            return report ? withoutValue(repairDisk(file, *report)) : std::unexpected(report.error());
        };
        return {run, [=, this](const QDir& folder, bool hasSucceeded) {
                    const QString file = folder.filePath(parentName);
                    const QStringList kept = folder.entryList({parentName + QStringLiteral(".before-repair-*")});
                    if (kept.size() > 1 || filesIn(folder).size() != kept.size() + 2) {
                        return QStringLiteral("There is now: ") + filesIn(folder).join(u' ');
                    }
                    if (kept.isEmpty() ? contentOf(file) != contentOf(start(parentName))
                                       : QFileInfo(folder.filePath(kept.first())).size() < 4096) {
                        return QStringLiteral("What was changed is not kept, or nothing is.");
                    }
                    const Result<CheckReport> report = hasSucceeded ? checkDisk(file) : repairAgain(file);
                    if (!report || !report->isSound()) {
                        return report ? report->findings.front().sentence : textOf(report.error());
                    }
                    return compare(file, m_parent);
                }};
    }

    static QByteArray contentOf(const QString& file)
    {
        QFile source(file);
        return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
    }

    // Runs TRIAL with the fault in call number CALL; empty if all is well. VICTIM: the call.
    QString tryWith(const Trial& trial, CallFault fault, std::size_t call, QString& victim) const
    {
        const QTemporaryDir place(QStringLiteral("/dev/shm/vhdx-XXXXXX")); // in memory: thousands of flushes
        const QDir folder(place.path());
        for (const QString& name : filesIn(QDir(m_start.path()))) {
            QFile::copy(start(name), folder.filePath(name));
        }
        Result<void> result;
        {
            const FailingCalls failing(fault, call);
            result = trial.run(folder);
            victim = failing.victim();
        }
        if (!result) {
            const Error& error = result.error();
            const ErrorKind kind = fault == CallFault::NoSpace ? ErrorKind::NoSpace : ErrorKind::InputOutput;
            if (victim.isEmpty() || fault == CallFault::Interrupted || fault == CallFault::Short) {
                return QStringLiteral("It fails and need not: ") + textOf(error);
            }
            if (error.kind != kind || !error.summary.contains(place.path())
                || error.summary.contains(QLatin1String(".partial"))) {
                return QStringLiteral("The error says the wrong thing: ") + textOf(error);
            }
        }
        return trial.check(folder, result.has_value());
    }

private Q_SLOTS:

    void initTestCase()
    {
        const auto fill = [](const QString& file, History& history, std::uint32_t number) {
            const auto editor = editVhdx(file, {}, WithParent::Yes);
            QVERIFY2(editor, editor ? "" : qPrintable(textOf(editor.error())));
            for (std::uint64_t block = number % 2; block < 6; block += 2) {
                QVERIFY(history.write(**editor, block * mebi / History::unit + number, number));
            }
            QVERIFY((*editor)->finish());
            history.settle();
        };
        const std::optional<ByteCount> block = ByteCount(mebi);
        QVERIFY(createDisk({.file = start(parentName), .size = ByteCount(diskSize), .blockSize = block}));
        fill(start(parentName), m_parent, 2);
        m_child = m_parent;
        QVERIFY(createDisk({.file = start(childName), .blockSize = block, .parent = start(parentName)}));
        fill(start(childName), m_child, 3);
    }

    void everyCallFailsOnce_data()
    {
        QTest::addColumn<Trial>("trial");
        const std::optional<ByteCount> size = ByteCount(diskSize);
        const History empty(diskSize);
        QTest::newRow("create dynamic") << creating({.file = newName, .size = size}, empty);
        QTest::newRow("create fixed") << creating({.file = newName, .size = size, .isFixed = true}, empty);
        QTest::newRow("create child") << creating({.file = newName, .parent = childName}, m_child);
        QTest::newRow("convert to dynamic VHDX") << converting(ImageTarget::DynamicVhdx);
        QTest::newRow("convert to fixed VHDX") << converting(ImageTarget::FixedVhdx);
        QTest::newRow("convert to dynamic VHD") << converting(ImageTarget::DynamicVhd);
        QTest::newRow("convert to fixed VHD") << converting(ImageTarget::FixedVhd);
        QTest::newRow("convert to raw") << converting(ImageTarget::Raw);
        QTest::newRow("convert to raw, left to the kernel")
            << converting(ImageTarget::Raw, Durability::LeftToKernel);
        QTest::newRow("merge") << merging();
        QTest::newRow("repair") << repairing();
    }

    void everyCallFailsOnce()
    {
        QFETCH(Trial, trial);
        // Damage that can be mended, for who mends it.
        const bool isRepair = QLatin1String(QTest::currentDataTag()) == QLatin1String("repair");
        if (isRepair) {
            const auto file = HostFile::open(start(parentName), HostFile::Access::ReadWrite);
            const std::array<std::byte, 1> rubbish{std::byte(3)};
            QVERIFY((*file)->write(layout::headerOffsets[0] + 100, rubbish));
            QVERIFY((*file)->write(layout::regionTableOffsets[1] + 100, rubbish));
            QVERIFY((*file)->resize((*file)->size() + 512));
        }
        std::size_t failures = 0;
        QStringList wrong;
        for (const CallFault fault : everyCallFault) {
            QString victim = QStringLiteral("none");
            for (std::size_t call = 1; !victim.isEmpty() && wrong.size() < 5; ++call) {
                const QString what = tryWith(trial, fault, call, victim);
                failures += victim.isEmpty() ? 0 : 1;
                if (!what.isEmpty()) {
                    wrong += QStringLiteral("%1 (fault %2 in call %3, %4)")
                                 .arg(what)
                                 .arg(static_cast<int>(fault))
                                 .arg(call)
                                 .arg(victim);
                }
            }
        }
        qInfo("%zu failures", failures);
        QCOMPARE(wrong.join(u'\n'), QString());
        QVERIFY(failures > 40);
    }

    void convertingWaitsForTheStorageUnlessToldNotTo()
    {
        for (const Durability durability : {Durability::Stable, Durability::LeftToKernel}) {
            const Trial trial = converting(ImageTarget::DynamicVhdx, durability);
            QStringList called;
            QString victim = QStringLiteral("none");
            for (std::size_t call = 1; !victim.isEmpty(); ++call) {
                QCOMPARE(tryWith(trial, CallFault::InputOutput, call, victim), QString());
                called += victim;
            }
            QVERIFY(called.contains(QStringLiteral("pwrite")));
            QCOMPARE(called.contains(QStringLiteral("fdatasync")), durability == Durability::Stable);
            QCOMPARE(called.contains(QStringLiteral("fsync")), durability == Durability::Stable);
        }
    }
};

QTEST_GUILESS_MAIN(VhdxCallFailureTest)
#include "vhdx_call_failure_test.moc"
