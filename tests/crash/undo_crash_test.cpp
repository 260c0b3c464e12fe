// SPDX-License-Identifier: GPL-3.0-or-later
// A program that expands an image and undoes that, over and over, killed at any moment: the image is the old one or
// the new one, what is offered for undoing is whole, and nothing else lies about. The same executable, started with
// a folder, is that program.
#include "core/disk/inspect_file.h"
#include "core/disk/operations/create_disk.h"
#include "core/disk/operations/resize_disk.h"
#include "core/disk/operations/undo_disk.h"
#include "core/disk/operations/undoable_edit.h"
#include "tests/disk/copied_blocks.h"
#include "tests/disk/qemu_image.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <unistd.h>

using namespace platter;

namespace {

constexpr int patienceMs = 60'000;
constexpr ByteCount small = ByteCount::mebibytes(64);
constexpr ByteCount large = ByteCount::mebibytes(128);

QByteArray contentOf(const QString& file)
{
    QFile source(file);
    return source.open(QIODevice::ReadOnly) ? source.readAll() : QByteArray();
}

// What comes after the first expansion goes by so quickly that a kill may always miss it: ONCE stops there.
int editForEver(const QString& file, bool once)
{
    // A sign for the beginning and for each step, so that every one is met, however slow the computer is.
    const auto sign = [] {
        std::fputc('.', stdout);
        std::fflush(stdout);
    };
    sign();
    Progress progress;
    for (;;) {
        const auto expand = undoable(std::make_unique<ExpandDisk>(ResizeRequest{.file = file, .newSize = large}),
            file, EditKind::Expand, &copiedBlocks);
        if (const auto done = expand->run(progress); !done || done->keptCopy.isEmpty()) {
            std::fputs(done ? "no copy" : qPrintable(done.error().text()), stderr);
            return 1;
        }
        sign();
        if (once) {
            ::pause();
        }
        if (const auto undone = UndoDisk({.file = file}).run(progress); !undone) {
            std::fputs(qPrintable(undone.error().text()), stderr);
            return 1;
        }
        sign();
    }
}

} // namespace

class UndoCrashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void aKilledEditLeavesOldOrNew()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("d.vhdx"));
        QVERIFY(createDisk({.file = file, .size = small, .blockSize = ByteCount::mebibytes(1)}));
        QVERIFY(QemuImage(file, QStringLiteral("vhdx")).io({writePattern(0x5a, 0, 16 << 20)}));
        const QByteArray original = contentOf(file);
        int olds = 0;
        int news = 0;
        int offered = 0;
        constexpr int kills = 60;
        for (int i = 0; i < kills; ++i) {
            QProcess editor;
            editor.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            const qint64 steps = 1 + i % 4;
            const bool once = i % 8 == 1;
            editor.start(QCoreApplication::applicationFilePath(),
                {once ? QStringLiteral("edit-once") : QStringLiteral("edit"), file});
            QVERIFY(editor.waitForStarted(patienceMs));
            while (editor.bytesAvailable() < steps) {
                QVERIFY(editor.waitForReadyRead(patienceMs));
            }
            QVERIFY(!editor.waitForFinished(QRandomGenerator::global()->bounded(1, 60))); // it goes on for ever
            editor.kill();
            QVERIFY(editor.waitForFinished(patienceMs));

            const std::optional<KeptCopy> copy = keptCopyOf(file);
            if (copy && copy->isImageAsLeft) {
                ++offered;
                QCOMPARE(contentOf(copy->file), original);
                Progress progress;
                const auto undone = UndoDisk({.file = file}).run(progress);
                QVERIFY2(undone, qPrintable(undone ? QString() : undone.error().text()));
                QCOMPARE(contentOf(file), original);
                ++news;
            } else {
                QVERIFY(!copy); // a copy appears only once the edit is over
                const Result<DiskInspection> disk = inspectFile(file, {}, InspectAccess::Locked);
                QVERIFY2(disk, qPrintable(disk ? QString() : disk.error().text()));
                QVERIFY(disk->virtualSize == small || disk->virtualSize == large);
                (disk->virtualSize == small ? olds : news) += 1;
                QVERIFY(QemuImage(file, QStringLiteral("vhdx")).io({readPattern(0x5a, 0, 16 << 20)}));
                QFile image(file);
                QVERIFY(image.open(QIODevice::ReadWrite | QIODevice::Truncate));
                QCOMPARE(image.write(original), original.size());
            }
            const QStringList names =
                QDir(folder.path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
            QCOMPARE(names, QStringList{QStringLiteral("d.vhdx")});
        }
        qInfo("%d old, %d new, %d of them to be undone", olds, news, offered);
        QCOMPARE(olds + news, kills);
        QVERIFY(olds > 0 && news > 0);
    }
};

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (const bool once = arguments.value(1) == QLatin1String("edit-once");
        once || arguments.value(1) == QLatin1String("edit")) {
        return editForEver(arguments.value(2), once);
    }
    UndoCrashTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "undo_crash_test.moc"
