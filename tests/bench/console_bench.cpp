// SPDX-License-Identifier: GPL-3.0-or-later
// A VNC server that offers 30 full frames of 1920x1080 a second, for ten seconds, and a console that shows them in
// a real window. Prints one figure a line: name, value, unit.
#include "tests/bench/loop_watch.h"
#include "tests/vnc_server/vnc_server.h"
#include "ui/console/console_widget.h"
#include "ui/console/vnc_screen.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <cstdio>
#include <memory>
#include <sys/resource.h>
#include <time.h>

using namespace platter;
using namespace std::chrono_literals;

namespace {

constexpr QSize Screen(1920, 1080);
constexpr int Offered = 30;
constexpr auto WarmUp = 1s;
constexpr auto Measured = 10s;

double processorSeconds(clockid_t clock)
{
    timespec now{};
    ::clock_gettime(clock, &now);
    return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

// Counts the frames that reach the window: those after which the view was painted.
class PaintCounter : public QObject {
public:
    using QObject::QObject;

    bool eventFilter(QObject*, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && frameWaits) {
            frameWaits = false;
            ++shown;
        }
        return false;
    }

    bool frameWaits = false;
    int shown = 0;
};

struct Result {
    double framesPerSecond;
    double longestHold; // ms
    double processor; // percent of one, the server's thread included
    double guiProcessor; // percent of one, of the window's thread
};

Result measure(ScaleMode mode, QSize window)
{
    const QTemporaryDir folder;
    const QString socket = folder.filePath(QStringLiteral("vnc.sock"));
    VncServer server(socket, Screen);
    VncScreen screen;
    ConsoleWidget console;
    console.setScaleMode(mode);
    console.resize(window);
    console.setSource(&screen);
    console.show();
    PaintCounter counter;
    const auto* area = console.focusProxy();
    area->findChild<QWidget*>(QStringLiteral("qt_scrollarea_viewport"))->installEventFilter(&counter);
    QObject::connect(&screen, &ScreenSource::frameChanged, &counter, [&] { counter.frameWaits = true; });
    screen.open(socket);
    server.offerFrames(Offered);

    LoopWatch watch;
    watch.start();
    QElapsedTimer time;
    double cpu = 0;
    double guiCpu = 0;
    QTimer::singleShot(WarmUp, &console, [&] {
        counter.shown = 0;
        watch.reset();
        cpu = processorSeconds(CLOCK_PROCESS_CPUTIME_ID);
        guiCpu = processorSeconds(CLOCK_THREAD_CPUTIME_ID);
        time.start();
    });
    QTimer::singleShot(WarmUp + Measured, &console, [] { QCoreApplication::quit(); });
    QApplication::exec();
    const double seconds = double(time.nsecsElapsed()) / 1e9;
    return {counter.shown / seconds, double(watch.longest) / 1e6,
        (processorSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / seconds * 100,
        (processorSeconds(CLOCK_THREAD_CPUTIME_ID) - guiCpu) / seconds * 100};
}

void print(const char* name, const Result& result)
{
    std::printf("%s-frames %.1f fps\n", name, result.framesPerSecond);
    std::printf("%s-event-loop-held %.1f ms\n", name, result.longestHold);
    std::printf("%s-processor %.0f %%\n", name, result.processor);
    std::printf("%s-window-thread %.0f %%\n", name, result.guiProcessor);
}

} // namespace

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    print("original-size", measure(ScaleMode::Original, {1920, 1180}));
    print("scaled-down", measure(ScaleMode::Fit, {1280, 760}));
    return 0;
}
