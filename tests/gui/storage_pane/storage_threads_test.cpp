// SPDX-License-Identifier: GPL-3.0-or-later
// 256 drives: no image is opened on the GUI thread, whoever opens it: the test stands between every library and the
// C library's open().
#include "core/disk/operations/create_disk.h"
#include "storage_stage.h"

#include <QApplication>
#include <QScrollBar>
#include <QTest>

#include <atomic>
#include <cstdarg>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace platter;

namespace {

std::atomic<int> openedHere = 0; // images, on the GUI thread
std::atomic<int> openedElsewhere = 0;
std::atomic<pid_t> guiThread = 0;

void note(const char* path)
{
    if (guiThread != 0 && std::strstr(path, "/watched-") != nullptr) {
        ++(::gettid() == guiThread ? openedHere : openedElsewhere);
    }
}

int openFor(const char* path, int flags, mode_t mode)
{
    note(path);
    return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

mode_t modeIn(int flags, std::va_list more)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
}

} // namespace

// Before the C library's, for Qt and every other library too.
// NOLINTBEGIN(cert-dcl50-cpp)
extern "C" {

[[gnu::visibility("default")]] int open(const char* path, int flags, ...)
{
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = modeIn(flags, more);
    va_end(more);
    return openFor(path, flags, mode);
}

[[gnu::visibility("default")]] int open64(const char* path, int flags, ...)
{
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = modeIn(flags, more);
    va_end(more);
    return openFor(path, flags, mode);
}
}

// NOLINTEND(cert-dcl50-cpp)

class StorageThreadsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void opensImagesInWorkersOnly()
    {
        StorageStage stage;
        std::vector<Drive> drives;
        for (int controller = 0; controller < maxControllers; ++controller) {
            for (int target = 0; target < slotsPerController; ++target) {
                const QString file = stage.file(QStringLiteral("watched-%1-%2").arg(controller).arg(target));
                if (target % 4 == 0) {
                    QVERIFY(createDisk({.file = file, .size = ByteCount::gibibytes(40)}));
                    drives.push_back({{controller, target}, DiskDrive{file, DiskFormat::Vhdx}});
                } else if (target % 4 == 1) {
                    QFile raw(file);
                    QVERIFY(raw.open(QIODevice::WriteOnly) && raw.resize(1 << 30));
                    drives.push_back({{controller, target}, DiskDrive{file, DiskFormat::Raw}});
                } else {
                    QVERIFY(QFile::copy(stage.file(QStringLiteral("debian.iso")), file));
                    drives.push_back({{controller, target}, DvdDrive{file}});
                }
            }
        }
        guiThread = ::gettid();
        // That this sees what it is to see.
        QVERIFY(QFile(drives.front().where()).open(QIODevice::ReadOnly));
        QCOMPARE(openedHere.exchange(0), 1);

        stage.show(drives, maxControllers);
        const auto isAllRead = [&] {
            return std::ranges::all_of(drives, [&](const Drive& drive) {
                const DriveCard* card = stage.card(drive.slot);
                return card != nullptr && (!card->segments.empty() || !card->note.isEmpty());
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(isAllRead(), 60000);
        QScrollBar* bar = stage.view()->verticalScrollBar();
        for (int at = 0; at <= bar->maximum(); at += 997) {
            bar->setValue(at);
            QCoreApplication::processEvents();
        }
        for (const Drive& drive : drives) {
            stage.select(drive.slot);
        }
        QVERIFY(openedElsewhere >= 256);
        QCOMPARE(openedHere.load(), 0);

        // What does not change is not read again.
        openedElsewhere = 0;
        QFile changed(drives[1].where());
        QVERIFY(changed.open(QIODevice::ReadWrite) && changed.resize(qint64(2) << 30));
        QTRY_VERIFY(stage.card(drives[1].slot)->facts.contains(QLatin1String("2 GiB")));
        QVERIFY2(openedElsewhere <= 12, qPrintable(QString::number(openedElsewhere)));
    }
};

QTEST_MAIN(StorageThreadsTest)
#include "storage_threads_test.moc"
