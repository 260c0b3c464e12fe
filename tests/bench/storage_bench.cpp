// SPDX-License-Identifier: GPL-3.0-or-later
// The real window with a machine that has 256 drives: how long the storage pane takes to open, how fast it scrolls,
// and how long the event loop is held meanwhile, with the machine off and running. Prints one figure a line: name,
// value, unit.
#include "core/live/machine_library.h"
#include "tests/bench/loop_watch.h"
#include "tests/unit/disk/run_tool.h"
#include "ui/main_window/main_window.h"
#include "ui/storage_pane/storage_view.h"

#include <QApplication>
#include <QCoroTask>
#include <QDir>
#include <QScrollBar>
#include <QSettings>
#include <QTabWidget>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <unistd.h>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr auto Measured = 5s;
constexpr auto Deadline = 60s;

void tool(const QString& program, const QStringList& arguments, const QByteArray& input = {})
{
    const ToolRun run = runTool(program, arguments, input);
    if (!run.isGood) {
        qFatal("%s: %s", qPrintable(program), qPrintable(run.output));
    }
}

// Disks with an EFI system partition, an ext4 and a swap partition, and media, all files of their own.
std::vector<Drive> makeDrives(const QString& folder)
{
    const QString raw = folder + QStringLiteral("/model.raw");
    const QString vhdx = folder + QStringLiteral("/model.vhdx");
    tool(QStringLiteral("truncate"), {QStringLiteral("-s"), QStringLiteral("2G"), raw});
    tool(QStringLiteral("sfdisk"), {QStringLiteral("--quiet"), raw},
        "label: gpt\nstart=1MiB, size=64MiB, type=U\nsize=900MiB, type=L, name=root\nsize=64MiB, type=S\n");
    tool(QStringLiteral("mkfs.ext4"),
        {QStringLiteral("-q"), QStringLiteral("-F"), QStringLiteral("-L"), QStringLiteral("system"),
            QStringLiteral("-E"), QStringLiteral("offset=%1").arg(65 << 20), raw, QStringLiteral("900M")});
    tool(QStringLiteral("qemu-img"),
        {QStringLiteral("convert"), QStringLiteral("-O"), QStringLiteral("vhdx"), raw, vhdx});
    std::vector<Drive> drives;
    for (int number = 0; number < maxControllers * slotsPerController; ++number) {
        const SlotId slot{number / slotsPerController, number % slotsPerController};
        const bool isDvd = number % 4 == 3;
        const bool isRaw = number % 4 == 1;
        const QString file = QStringLiteral("%1/drive-%2.%3")
                                 .arg(folder)
                                 .arg(number)
                                 .arg(isDvd      ? QStringLiteral("iso")
                                         : isRaw ? QStringLiteral("raw")
                                                 : QStringLiteral("vhdx"));
        if (isDvd) {
            tool(QStringLiteral("truncate"), {QStringLiteral("-s"), QStringLiteral("2M"), file});
            drives.push_back({slot, DvdDrive{file}});
        } else {
            tool(QStringLiteral("cp"), {QStringLiteral("--sparse=always"), isRaw ? raw : vhdx, file});
            drives.push_back({slot, DiskDrive{file, isRaw ? DiskFormat::Raw : DiskFormat::Vhdx}});
        }
    }
    ::sync(); // or the storage is busy with them while the first window is measured
    return drives;
}

class PaintWatch : public QObject {
public:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() != QEvent::Paint) {
            return false;
        }
        watched->removeEventFilter(this); // painted here, to know when that has ended
        QCoreApplication::sendEvent(watched, event);
        watched->installEventFilter(this);
        ++painted;
        if (onPaint) {
            onPaint();
        }
        return true;
    }

    int painted = 0;
    std::function<void()> onPaint;
};

bool goOnUntil(const std::function<bool()>& isSo)
{
    QElapsedTimer time;
    time.start();
    while (!isSo() && time.durationElapsed() < Deadline) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return isSo();
}

void goOnFor(std::chrono::milliseconds time)
{
    bool isOver = false;
    QTimer::singleShot(time, [&] { isOver = true; });
    goOnUntil([&] { return isOver; });
}

bool isRead(const DriveCard* card)
{
    return card != nullptr && (!card->segments.empty() || !card->note.isEmpty());
}

void print(const char* machine, const char* name, double value, const char* unit)
{
    std::printf("%s-%s %.1f %s\n", machine, name, value, unit);
}

void measure(MainWindow& window, const char* machine)
{
    auto* tabs = window.findChild<QTabWidget*>(QStringLiteral("machineTabs"));
    tabs->setCurrentIndex(0);
    goOnFor(200ms);
    LoopWatch watch;
    watch.start();
    goOnFor(100ms);
    watch.reset();

    QElapsedTimer time;
    time.start();
    tabs->setCurrentIndex(1);
    auto* view = window.findChild<StorageView*>(QStringLiteral("driveList"));
    auto* model = static_cast<StorageModel*>(view->model());
    PaintWatch paints;
    view->viewport()->installEventFilter(&paints);
    double opened = -1;
    double complete = -1;
    paints.onPaint = [&] {
        const double now = double(time.nsecsElapsed()) / 1e6;
        opened = opened < 0 ? now : opened;
        const std::vector<SlotId> visible = view->visibleDrives();
        const bool isComplete = std::ranges::all_of(
            visible, [&](SlotId slot) { return isRead(model->cardAt(model->indexOfDrive(slot))); });
        complete = complete < 0 && isComplete ? now : complete;
    };
    goOnUntil([&] { return complete >= 0; });
    goOnUntil([&] { // all 256
        for (int row = 0; row < model->rowCount(); ++row) {
            if (model->driveAt(model->index(row)) != nullptr && !isRead(model->cardAt(model->index(row)))) {
                return false;
            }
        }
        return true;
    });
    print(machine, "open", opened, "ms");
    print(machine, "open-with-partitions", complete, "ms");
    print(machine, "all-256-read", double(time.nsecsElapsed()) / 1e6, "ms");
    print(machine, "event-loop-held-opening", double(watch.longest) / 1e6, "ms");

    // As fast as it can: each frame that is painted asks for the next.
    QScrollBar* bar = view->verticalScrollBar();
    int step = 40;
    bool isOver = false;
    paints.onPaint = [&] {
        QTimer::singleShot(0, view, [&] {
            if (bar->value() + step > bar->maximum() || bar->value() + step < 0) {
                step = -step;
            }
            bar->setValue(bar->value() + step);
        });
    };
    paints.painted = 0;
    watch.reset();
    time.restart();
    bar->setValue(bar->value() + step);
    QTimer::singleShot(Measured, [&] { isOver = true; });
    goOnUntil([&] { return isOver; });
    paints.onPaint = nullptr;
    print(machine, "frames-scrolling", paints.painted / (double(time.nsecsElapsed()) / 1e9), "fps");
    print(machine, "event-loop-held-scrolling", double(watch.longest) / 1e6, "ms");
    goOnFor(50ms);
}

} // namespace

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    const QTemporaryDir folder(QStringLiteral("/tmp/platter-bench-XXXXXX"));
    Places places;
    places.machines = folder.filePath(QStringLiteral("machines"));
    places.runtime = folder.filePath(QStringLiteral("run"));
    places.cache = folder.filePath(QStringLiteral("cache"));
    places.firmwareDescriptors = {QStringLiteral("/usr/share/qemu/firmware")};
    for (const QString& place : {places.machines, places.runtime, places.cache}) {
        QDir().mkpath(place);
    }
    QFile::setPermissions(places.runtime, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    AcceleratorProbe probe(places.cache);
    Definition definition{.id = MachineId::random()};
    definition.memory = ByteCount::mebibytes(512);
    definition.cpus = 1;
    definition.controllers = maxControllers;
    definition.drives = makeDrives(folder.path());
    definition.bootOrder = {SlotId{0, 0}};
    MachineLibrary library(places, probe);
    const auto made = library.store().create(QStringLiteral("many"), definition, std::nullopt, {});
    if (!made) {
        qFatal("%s", qPrintable(made.error().text()));
    }
    library.reload();
    QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    {
        MainWindow window(library, settings);
        window.resize(1280, 1000);
        window.show();
        goOnFor(1s);
        measure(window, "off");
    }
    MachineSession* session = library.find(QStringLiteral("many"));
    if (const auto started = QCoro::waitFor(session->start(AcceleratorChoice::SoftwareEmulation)); !started) {
        qFatal("%s", qPrintable(started.error().text()));
    }
    settings.clear();
    {
        MainWindow window(library, settings);
        window.resize(1280, 1000);
        window.show();
        goOnFor(1s);
        measure(window, "running");
    }
    if (const auto ended = QCoro::waitFor(session->powerOff()); !ended) {
        qFatal("%s", qPrintable(ended.error().text()));
    }
    return 0;
}
