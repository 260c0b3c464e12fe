// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tour/file_manager.h"

#include <QApplication>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QDir>
#include <QDragMoveEvent>
#include <QFileInfo>
#include <QProcessEnvironment>
#include <QWindow>

namespace platter::tour {

namespace {

constexpr int statusBar = 40; // pixels, generously: it changes with the selection
constexpr QPoint emptyPart(16, statusBar + 16); // of the folder's view, from the window's lower right

constexpr std::chrono::milliseconds moveEvery{250};

QImage viewOf(const QImage& window)
{
    return window.copy(0, 0, window.width(), window.height() - statusBar);
}

// Its left end, which tells the selection; the free space stands at the right.
QImage statusOf(const QImage& window)
{
    return window.copy(0, window.height() - statusBar, window.width() / 3, statusBar);
}

// What reaches the application's window of a drag from another program.
class DragWatch : public QObject {
public:
    DragWatch() { qApp->installEventFilter(this); }

    bool isAt(QPoint place) const { return m_isOver && (m_at - place).manhattanLength() <= 2; }

    bool wasDropped() const { return m_wasDropped; }

    bool isOver() const { return m_isOver; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        const auto* window = qobject_cast<const QWindow*>(watched);
        if (window == nullptr) {
            return false;
        }
        switch (event->type()) {
        case QEvent::DragEnter:
        case QEvent::DragMove:
            m_isOver = true;
            m_at = window->mapToGlobal(static_cast<QDragMoveEvent*>(event)->position().toPoint());
            break;
        case QEvent::Drop:
            m_wasDropped = true;
            [[fallthrough]];
        case QEvent::DragLeave:
            m_isOver = false;
            break;
        default:
            break;
        }
        return false;
    }

private:
    QPoint m_at;
    bool m_isOver = false;
    bool m_wasDropped = false;
};

QRect differenceOf(const QImage& one, const QImage& other)
{
    QRect found;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x) {
            if (one.pixel(x, y) != other.pixel(x, y)) {
                found |= QRect(x, y, 1, 1);
            }
        }
    }
    return found;
}

} // namespace

FileManager::FileManager(Hand& hand)
    : m_hand(hand)
{
}

// By its title; dragging brings windows without one.
QStringList FileManager::window() const
{
    return {QStringLiteral("search"), QStringLiteral("--sync"), QStringLiteral("--onlyvisible"),
        QStringLiteral("--name"), QLatin1Char('^') + m_title + QLatin1Char('$')};
}

FileManager::~FileManager()
{
    m_program.terminate();
    if (m_program.state() != QProcess::NotRunning && !m_program.waitForFinished()) {
        m_program.kill();
        m_program.waitForFinished();
    }
}

void FileManager::start(const QString& folder)
{
    // Icons and nothing else; no session bus, of which a virtual display has none.
    const QString settings = m_home.filePath(QStringLiteral("pcmanfm/default"));
    QDir().mkpath(settings);
    QFile file(settings + QStringLiteral("/pcmanfm.conf"));
    if (!file.open(QIODevice::WriteOnly)
        || file.write("[ui]\nside_pane_mode=hidden;places\nview_mode=icon\n") < 0) {
        throw StepFailed(QStringLiteral("%1 cannot be written.").arg(file.fileName()));
    }
    file.close();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* place : {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"}) {
        environment.insert(QString::fromLatin1(place), m_home.path());
    }
    environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("disabled:"));
    environment.insert(QStringLiteral("GIO_USE_VFS"), QStringLiteral("local"));
    environment.insert(QStringLiteral("GDK_BACKEND"), QStringLiteral("x11"));
    environment.insert(QStringLiteral("NO_AT_BRIDGE"), QStringLiteral("1"));
    m_program.setProcessEnvironment(environment);
    m_program.setProcessChannelMode(QProcess::MergedChannels);
    m_program.start(QStringLiteral("pcmanfm"), {folder});
    if (!m_program.waitForStarted()) {
        throw StepFailed(QStringLiteral("The file manager pcmanfm does not start: is it installed?"));
    }
}

QCoro::Task<void> FileManager::open(QString folder, QRect place)
{
    start(folder);
    m_title = QFileInfo(folder).fileName();
    m_place = place;
    co_await m_hand.xdotool(window()
        + QStringList{QStringLiteral("windowsize"), QString::number(place.width()), QString::number(place.height()),
            QStringLiteral("windowmove"), QString::number(place.x()), QString::number(place.y())});
    co_await raise();
    co_await findIcons(QDir(folder).entryList(QDir::Files, QDir::Name | QDir::IgnoreCase));
}

QCoro::Task<void> FileManager::raise()
{
    co_await m_hand.xdotool(window() + QStringList{QStringLiteral("windowactivate"), QStringLiteral("--sync")});
}

QImage FileManager::picture() const
{
    return Hand::picture().copy(m_place).convertToFormat(QImage::Format_RGB32);
}

QCoro::Task<QImage> FileManager::rest()
{
    constexpr int enough = 15; // looks
    QImage seen;
    int same = 0;
    const auto rests = [&] {
        const QImage before = std::exchange(seen, picture());
        same = before == seen ? same + 1 : 0;
        return same == enough;
    };
    co_await m_hand.until(rests, Hand::soon, QStringLiteral("The file manager's window does not come to rest."));
    co_return seen;
}

// Gives the picture of it without a selection.
QCoro::Task<QImage> FileManager::unselect()
{
    co_await m_hand.clickAt(m_place.bottomRight() - emptyPart);
    co_return co_await rest();
}

// An icon is where the picture changes when its file is selected.
QCoro::Task<void> FileManager::findIcons(QStringList files)
{
    co_await rest(); // it has just come to its place
    const QImage unselected = viewOf(co_await unselect());
    QImage before = unselected;
    for (const QString& file : std::as_const(files)) {
        co_await m_hand.key(m_icons.isEmpty() ? QStringLiteral("Home") : QStringLiteral("Right"));
        const auto isSelected = [&] {
            const QImage now = viewOf(picture());
            return now != before && now != unselected;
        };
        co_await m_hand.until(
            isSelected, Hand::soon, QStringLiteral("The file manager does not select %1.").arg(file));
        before = viewOf(co_await rest());
        const QRect icon = differenceOf(unselected, before).translated(m_place.topLeft());
        m_icons.insert(file, {icon.center().x(), icon.top() + icon.height() / 3}); // above its name
    }
}

QCoro::Task<FileManager::Outcome> FileManager::drag(QString file, QPoint globalPosition)
{
    co_await raise(); // a window that is clicked comes before it
    DragWatch watch;
    const QImage unselected = statusOf(co_await unselect());
    co_await m_hand.pressAt(m_icons.value(file));
    // It drags the files that it has noted as selected, which it does some time after the press, with its status
    // bar.
    co_await m_hand.until([&] { return statusOf(picture()) != unselected; }, Hand::soon,
        QStringLiteral("The file manager does not select %1.").arg(file));
    // The second place is told once the answer to the first has been heard.
    for (const QPoint place : {globalPosition, globalPosition + QPoint(8, 8)}) {
        // The file manager tells a place at a movement only, and not at the one that begins the drag.
        QPoint at;
        int moves = 0;
        for (const QDeadlineTimer end(Hand::soon); at.isNull() || !watch.isAt(at);) {
            if (end.hasExpired()) {
                throw StepFailed(QStringLiteral("The window does not see that %1 is dragged over it.").arg(file));
            }
            at = place + QPoint(moves++ % 2, 0);
            co_await m_hand.moveTo(at);
            co_await QCoro::sleepFor(moveEvery);
        }
    }
    co_await m_hand.letGo();
    co_await m_hand.until([&watch] { return !watch.isOver(); }, Hand::soon,
        QStringLiteral("The file manager does not end the drag of %1.").arg(file));
    co_return watch.wasDropped() ? Outcome::Dropped : Outcome::Refused;
}

} // namespace platter::tour
