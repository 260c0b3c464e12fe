// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tour/hand.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCoroProcess>
#include <QCoroTimer>
#include <QDeadlineTimer>
#include <QGuiApplication>
#include <QProcess>
#include <QScreen>
#include <QTimer>

#include <utility>

namespace platter::tour {

using namespace std::chrono_literals;

namespace {

QString shownName(const QWidget* widget)
{
    QString text = widget->property("text").toString();
    text.remove(QLatin1Char('&'));
    return text;
}

// The X server knows pixels.
QStringList pointerTo(QPoint globalPosition)
{
    const double ratio = QGuiApplication::primaryScreen()->devicePixelRatio();
    const QPoint pixel = (QPointF(globalPosition) * ratio).toPoint();
    return {QStringLiteral("mousemove"), QString::number(pixel.x()), QString::number(pixel.y())};
}

} // namespace

QWidget* Hand::visible(const QMetaObject* type, const QString& name)
{
    const QWidget* modal = QApplication::activeModalWidget();
    for (QWidget* widget : QApplication::allWidgets()) {
        if (!widget->metaObject()->inherits(type) || !widget->isVisible() || !widget->isEnabled()
            || (modal && modal != widget->window())) {
            continue;
        }
        if (widget->accessibleName().startsWith(name) || shownName(widget).startsWith(name)) {
            return widget;
        }
    }
    return nullptr;
}

QCoro::Task<void> Hand::until(std::function<bool()> condition, std::chrono::seconds patience, QString otherwise)
{
    const QDeadlineTimer deadline(patience);
    while (!condition()) {
        if (deadline.hasExpired()) {
            throw StepFailed(otherwise);
        }
        co_await QCoro::sleepFor(50ms);
    }
}

QCoro::Task<void> Hand::xdotool(QStringList arguments)
{
    QProcess process;
    co_await qCoro(process).start(QStringLiteral("xdotool"), arguments);
    const bool hasEnded = co_await qCoro(process).waitForFinished(soon);
    if (!hasEnded || process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        throw StepFailed(QStringLiteral("xdotool %1 failed: %2")
                .arg(arguments.join(QLatin1Char(' ')), QString::fromLocal8Bit(process.readAllStandardError())));
    }
}

QCoro::Task<void> Hand::clickAt(QPoint globalPosition)
{
    m_pointer = globalPosition;
    co_await xdotool(pointerTo(globalPosition) + QStringList{QStringLiteral("click"), QStringLiteral("1")});
}

QCoro::Task<void> Hand::pressAt(QPoint globalPosition)
{
    m_pointer = globalPosition;
    co_await xdotool(pointerTo(globalPosition) + QStringList{QStringLiteral("mousedown"), QStringLiteral("1")});
}

QCoro::Task<void> Hand::moveTo(QPoint globalPosition)
{
    constexpr int steps = 8;
    const QPoint from = std::exchange(m_pointer, globalPosition);
    for (int step = 1; step <= steps; ++step) {
        co_await xdotool(pointerTo(from + (globalPosition - from) * step / steps));
    }
}

QCoro::Task<void> Hand::letGo()
{
    co_await xdotool({QStringLiteral("mouseup"), QStringLiteral("1")});
}

QCoro::Task<void> Hand::drag(QPoint from, QPoint to)
{
    co_await pressAt(from);
    co_await moveTo(to);
    co_await moveTo(to + QPoint(4, 0));
    co_await letGo();
}

// A window that was only just asked for may not be on the display yet: what is clicked there reaches the one behind
// it. Ends also where WIDGET goes away.
QCoro::Task<void> Hand::comesToRest(QPointer<QWidget> widget)
{
    QPoint before;
    const auto rests = [&before, widget] {
        if (!widget) {
            return true;
        }
        const QPoint place = widget->mapToGlobal(QPoint());
        const bool isInFront = widget->isActiveWindow() || QApplication::activePopupWidget() == widget->window()
            || QGuiApplication::applicationState() != Qt::ApplicationActive; // behind another program's window
        return std::exchange(before, place) == place && isInFront;
    };
    co_await until(rests, soon,
        QStringLiteral("The window “%1” does not come to the front.").arg(widget->window()->windowTitle()));
}

QCoro::Task<void> Hand::click(QWidget* widget)
{
    const QPointer<QWidget> still(widget);
    co_await comesToRest(still);
    if (!still) {
        throw StepFailed(QStringLiteral("What was to be clicked has gone."));
    }
    co_await clickAt(widget->mapToGlobal(widget->rect().center()));
}

QCoro::Task<void> Hand::press(QString buttonName)
{
    QPointer<QAbstractButton> button;
    while (!button) { // one that was made anew meanwhile is as good
        button = co_await find<QAbstractButton>(buttonName);
        co_await comesToRest(button.get());
    }
    // Radio buttons and check boxes react near their indicator, not in the middle of a wide empty area.
    const bool indicator = button->inherits("QRadioButton") || button->inherits("QCheckBox");
    const QPoint target = indicator ? QPoint(10, button->height() / 2) : button->rect().center();
    co_await clickAt(button->mapToGlobal(target));
}

QCoro::Task<void> Hand::type(QString text)
{
    co_await xdotool({QStringLiteral("type"), QStringLiteral("--delay"), QStringLiteral("30"), text});
}

QCoro::Task<void> Hand::key(QString name)
{
    co_await xdotool({QStringLiteral("key"), name});
}

QImage Hand::picture()
{
    return QGuiApplication::primaryScreen()->grabWindow(0).toImage();
}

} // namespace platter::tour
