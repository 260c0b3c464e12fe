// SPDX-License-Identifier: GPL-3.0-or-later
// Edits of real images, undone again. Most run with copies that are made by copying, as the machine's file system
// may not share blocks; sharesWhatTheFileSystemShares() holds the real way against what cp can do there.
#include "core/disk/host_file.h"
#include "core/disk/inspect_file.h"
#include "core/disk/operations/compact_disk.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/parent_disk.h"
#include "core/disk/operations/resize_disk.h"
#include "core/disk/operations/undo_disk.h"
#include "core/disk/operations/undoable_edit.h"
#include "tests/disk/copied_blocks.h"
#include "tests/disk/qemu_image.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>

using namespace platter;

namespace {

QByteArray contentOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

bool neverShares(int, int, std::uint64_t)
{
    return false;
}

std::unique_ptr<DiskOperation> expandTo(const QString& file, ByteCount size, ShareBlocks share = &copiedBlocks)
{
    return undoable(
        std::make_unique<ExpandDisk>(ResizeRequest{.file = file, .newSize = size}), file, EditKind::Expand, share);
}

Result<OperationOutcome> run(DiskOperation& operation)
{
    Progress progress;
    return operation.run(progress);
}

Result<OperationOutcome> undo(
    const QString& file, UndoRequest::WrittenSince since = UndoRequest::WrittenSince::Refuse)
{
    UndoDisk operation({file, since});
    return run(operation);
}

// Says that it moves so and so much, and moves nothing: no test's disk is as full as that.
class Rewriting final : public DiskOperation {
public:
    Rewriting(QString file, ByteCount moved)
        : m_file(std::move(file))
        , m_moved(moved)
    {
    }

    QString title() const override { return QStringLiteral("Rewrite"); }

    Result<void> check() const override { return {}; }

    Result<OperationPlan> plan() const override { return OperationPlan{{}, m_moved, {}, {}, {}}; }

    Result<OperationOutcome> run(Progress&) override
    {
        QFile file(m_file);
        return file.open(QIODevice::Append) && file.write("x") == 1
            ? Result<OperationOutcome>(OperationOutcome{})
            : std::unexpected(Error{.summary = file.errorString()});
    }

private:
    QString m_file;
    ByteCount m_moved;
};

} // namespace

class UndoTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;

    QString path(const QString& name) const { return m_folder->filePath(name); }

    QStringList names() const
    {
        return QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot, QDir::Name);
    }

    QString disk(const QString& name, DiskFormat format = DiskFormat::Vhdx)
    {
        const QString file = path(name);
        if (!createDisk({.file = file, .format = format, .size = ByteCount::mebibytes(64)})) {
            qFatal("no disk");
        }
        return file;
    }

private Q_SLOTS:

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    // The parent is not needed any more, and may go; the copy stands on it.
    void keepsAFlattenedDiskWhoseParentIsGone()
    {
        const QString parent = disk(QStringLiteral("parent.vhdx"));
        QVERIFY(QemuImage(parent, QStringLiteral("vhdx")).io({writePattern(0x5a, 1 << 20, 1 << 20)}));
        const QString child = path(QStringLiteral("child.vhdx"));
        QVERIFY(createDisk({.file = child, .parent = parent}));
        const QByteArray before = contentOf(child);
        const auto flatten = [&] {
            return run(*undoable(
                std::make_unique<FlattenDisk>(ChildRequest{child, {}}), child, EditKind::Flatten, &copiedBlocks));
        };
        QVERIFY(flatten());
        QVERIFY(undo(child));
        QCOMPARE(contentOf(child), before);

        QVERIFY(flatten());
        const QByteArray flat = contentOf(child);
        QVERIFY(QFile::remove(parent));
        const Result<OperationOutcome> undone = undo(child);
        QVERIFY(!undone);
        QVERIFY2(undone.error().summary.contains(QLatin1String("parent")), qPrintable(undone.error().text()));
        QCOMPARE(contentOf(child), flat);
    }

    // One who takes a copy for a disk of its own keeps it, and what is kept of that belongs to no other.
    void leavesWhatOthersMadeOfACopy()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        const Result<OperationOutcome> expanded = run(*expandTo(file, ByteCount::mebibytes(128)));
        QVERIFY(expanded && !expanded->keptCopy.isEmpty());
        const QString copy = expanded->keptCopy;
        const Result<OperationOutcome> again = run(*expandTo(copy, ByteCount::mebibytes(96)));
        QVERIFY(again && !again->keptCopy.isEmpty());
        QCOMPARE(keptCopyOf(file)->file, copy);
        {
            const auto inUse = HostFile::open(copy, HostFile::Access::ReadWrite);
            QVERIFY(inUse);
            QCOMPARE(dropCopiesOf(file, CopiesToDrop::All), 0);
        }
        QCOMPARE(dropCopiesOf(file, CopiesToDrop::All), 1);
        QVERIFY(QFile::exists(again->keptCopy));
    }

    void bringsBackEveryByte_data()
    {
        QTest::addColumn<DiskFormat>("format");
        QTest::newRow("vhdx") << DiskFormat::Vhdx;
        QTest::newRow("qcow2") << DiskFormat::Qcow2;
        QTest::newRow("raw") << DiskFormat::Raw;
    }

    void bringsBackEveryByte()
    {
        QFETCH(DiskFormat, format);
        const QString file = disk(QStringLiteral("d.img"), format);
        const QemuImage image(file, nameOf(format));
        QVERIFY(image.io({writePattern(0x5a, 1 << 20, 1 << 20)}));
        QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup));
        const QByteArray before = contentOf(file);
        const QFile::Permissions permissions = QFile::permissions(file);

        const auto edit = expandTo(file, ByteCount::mebibytes(128));
        const Result<OperationPlan> plan = edit->plan();
        QVERIFY2(plan, qPrintable(plan ? QString() : plan.error().text()));
        QVERIFY(plan->steps.last().contains(QLatin1String("Undo brings it back")));
        QCOMPARE(names(), QStringList{QStringLiteral("d.img")}); // planning leaves nothing behind
        QCOMPARE(contentOf(file), before);

        const Result<OperationOutcome> done = run(*edit);
        QVERIFY2(done, qPrintable(done ? QString() : done.error().text()));
        QCOMPARE(done->keptCopy, path(QStringLiteral("d.img.before-expand")));
        QVERIFY(contentOf(file) != before);
        QCOMPARE(contentOf(done->keptCopy), before);
        const std::optional<KeptCopy> copy = keptCopyOf(file);
        QVERIFY(copy);
        QVERIFY(copy->isImageAsLeft);
        QCOMPARE(copy->edit, EditKind::Expand);

        const Result<OperationOutcome> undone = undo(file);
        QVERIFY2(undone, qPrintable(undone ? QString() : undone.error().text()));
        QCOMPARE(contentOf(file), before);
        QCOMPARE(QFile::permissions(file), permissions);
        QCOMPARE(names(), QStringList{QStringLiteral("d.img")});
        const Result<OperationOutcome> again = undo(file);
        QVERIFY(!again);
        QCOMPARE(again.error().kind, ErrorKind::NotFound);
    }

    void keepsOneCopyOnly()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        const QByteArray first = contentOf(file);
        const auto shrink =
            undoable(std::make_unique<ShrinkDisk>(ResizeRequest{.file = file, .newSize = ByteCount::mebibytes(96)}),
                file, EditKind::Shrink, &copiedBlocks);
        QVERIFY(run(*shrink));
        QCOMPARE(names(), (QStringList{QStringLiteral("d.vhdx"), QStringLiteral("d.vhdx.before-shrink")}));
        QVERIFY(undo(file));
        QCOMPARE(contentOf(file), first);
    }

    void anEditThatFailsKeepsNothing()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        QVERIFY(!run(*expandTo(file, ByteCount::mebibytes(32)))); // smaller
        // What was kept before is still good, for nothing has changed.
        QVERIFY(keptCopyOf(file)->isImageAsLeft);
        QCOMPARE(names().size(), 2);
    }

    void anEditThatChangesNothingKeepsNothing()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        std::optional<CopyBefore> copy = CopyBefore::take(file, &copiedBlocks);
        QVERIFY(copy);
        const Result<QString> kept = copy->keep(EditKind::Mend);
        QVERIFY(kept);
        QVERIFY(kept->isEmpty());
        QCOMPARE(names().size(), 1);
    }

    void editsWhereNothingCanBeKept()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        const auto edit = expandTo(file, ByteCount::mebibytes(128), &neverShares);
        const Result<OperationPlan> plan = edit->plan();
        QVERIFY(plan);
        QVERIFY(!plan->steps.join(QString()).contains(QLatin1String("Undo")));
        const Result<OperationOutcome> done = run(*edit);
        QVERIFY(done);
        QCOMPARE(done->keptCopy, QString());
        QCOMPARE(names().size(), 1);
        const Result<OperationOutcome> undone = undo(file);
        QVERIFY(!undone);
        QVERIFY2(undone.error().advice.contains(QLatin1String("XFS")), qPrintable(undone.error().text()));
    }

    // Compacting frees space; a copy that makes it need some must not stop it.
    void keepsNoCopyWhereItWouldNotFit()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        for (const bool fits : {true, false}) {
            const ByteCount moved = fits ? ByteCount::mebibytes(1) : ByteCount::tebibytes(1'000'000);
            const auto edit =
                undoable(std::make_unique<Rewriting>(file, moved), file, EditKind::Compact, &copiedBlocks);
            const Result<OperationPlan> plan = edit->plan();
            QVERIFY(plan);
            QCOMPARE(plan->steps.join(QString()).contains(QLatin1String("Undo brings it back")), fits);
            QCOMPARE(plan->spaceNeeded, fits ? moved : ByteCount());
            const Result<OperationOutcome> done = run(*edit);
            QVERIFY(done);
            QCOMPARE(!done->keptCopy.isEmpty(), fits);
            dropCopiesOf(file, CopiesToDrop::All);
        }
    }

    void aFileWithTwoNamesHasNoCopy()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(canKeepCopy(file, &copiedBlocks));
        QCOMPARE(
            ::link(QFile::encodeName(file).constData(), QFile::encodeName(path(QStringLiteral("e"))).constData()),
            0);
        QVERIFY(!canKeepCopy(file, &copiedBlocks));
    }

    void aLinkLeadsToTheFile()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        const QByteArray before = contentOf(file);
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("links")));
        const QString link = path(QStringLiteral("links/machine.vhdx"));
        QVERIFY(QFile::link(file, link));
        const Result<OperationOutcome> done = run(*expandTo(link, ByteCount::mebibytes(128)));
        QVERIFY(done);
        QCOMPARE(done->keptCopy, file + QStringLiteral(".before-expand"));
        QVERIFY(undo(link));
        QCOMPARE(contentOf(file), before);
        QVERIFY(QFileInfo(link).isSymLink());
    }

    void saysWhatWouldBeLost()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        const QByteArray before = contentOf(file);
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        QVERIFY(QemuImage(file, QStringLiteral("vhdx")).io({writePattern(0x5a, 1 << 20, 4096)}));
        QVERIFY(!keptCopyOf(file)->isImageAsLeft);
        const Result<OperationOutcome> refused = undo(file);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::WrongState);
        QVERIFY2(
            refused.error().summary.contains(QLatin1String("would be lost")), qPrintable(refused.error().text()));
        const Result<OperationPlan> plan = UndoDisk({file, UndoRequest::WrittenSince::Lose}).plan();
        QVERIFY(plan);
        QVERIFY(plan->steps.join(QLatin1Char('\n')).contains(QLatin1String("is lost")));
        QVERIFY(undo(file, UndoRequest::WrittenSince::Lose));
        QCOMPARE(contentOf(file), before);
    }

    void readingIsNoWriting()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        QVERIFY(QemuImage(file, QStringLiteral("vhdx")).io({readPattern(0, 1 << 20, 4096)}));
        QVERIFY(undo(file));
    }

    void refusesWhatSomebodyHasOpen()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        const QByteArray after = contentOf(file);
        {
            const auto open = HostFile::open(file, HostFile::Access::ReadWrite);
            QVERIFY(open);
            const Result<OperationOutcome> refused = undo(file);
            QVERIFY(!refused);
            QCOMPARE(refused.error().kind, ErrorKind::InUse);
        }
        QCOMPARE(contentOf(file), after);
        QVERIFY(undo(file));
    }

    void refusesWhereAChildStandsOnIt()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        QVERIFY(createDisk({.file = path(QStringLiteral("child.vhdx")), .parent = file}));
        const Result<OperationOutcome> refused = undo(file);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::WrongState);
        QVERIFY2(refused.error().summary.contains(QLatin1String("child.vhdx")), qPrintable(refused.error().text()));
    }

    void somebodyElsesFileIsNoCopy()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QFile other(path(QStringLiteral("d.vhdx.before-expand")));
        QVERIFY(other.open(QIODevice::WriteOnly));
        other.write("mine");
        other.close();
        const Result<OperationOutcome> done = run(*expandTo(file, ByteCount::mebibytes(128)));
        QVERIFY(done);
        QCOMPARE(done->keptCopy, path(QStringLiteral("d.vhdx.before-expand-2")));
        QVERIFY(undo(file));
        QCOMPARE(contentOf(other.fileName()), QByteArray("mine"));
        QCOMPARE(dropCopiesOf(file, CopiesToDrop::All), 0);
        QCOMPARE(contentOf(other.fileName()), QByteArray("mine"));
    }

    void goesAfterAWhile()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(run(*expandTo(file, ByteCount::mebibytes(128))));
        const QDateTime now = QDateTime::currentDateTimeUtc();
        QCOMPARE(dropCopiesOf(file, CopiesToDrop::Old, now.addDays(6)), 0);
        QVERIFY(keptCopyOf(file));
        QCOMPARE(dropCopiesOf(file, CopiesToDrop::Old, now.addDays(8)), 1);
        QVERIFY(!keptCopyOf(file));
        QCOMPARE(names(), QStringList{QStringLiteral("d.vhdx")});
    }

    void sharesWhatTheFileSystemShares()
    {
        const QString file = disk(QStringLiteral("d.vhdx"));
        QVERIFY(QemuImage(file, QStringLiteral("vhdx")).io({writePattern(0x5a, 0, 32 << 20)}));
        const QByteArray before = contentOf(file);
        const bool shares = QProcess::execute(QStringLiteral("cp"),
                                {QStringLiteral("--reflink=always"), file, path(QStringLiteral("probe"))})
            == 0;
        QFile::remove(path(QStringLiteral("probe")));
        qInfo("this file system %s blocks", shares ? "shares" : "does not share");
        const auto edit = expandTo(file, ByteCount::mebibytes(128), &shareBlocks);
        const Result<OperationPlan> plan = edit->plan();
        QVERIFY(plan);
        QCOMPARE(plan->steps.join(QString()).contains(QLatin1String("Undo")), shares);
        const Result<OperationOutcome> done = run(*edit);
        QVERIFY(done);
        QCOMPARE(!done->keptCopy.isEmpty(), shares);
        QCOMPARE(undo(file).has_value(), shares);
        QCOMPARE(contentOf(file) == before, shares);
        QCOMPARE(names(), QStringList{QStringLiteral("d.vhdx")});
    }
};

QTEST_GUILESS_MAIN(UndoTest)
#include "undo_test.moc"
