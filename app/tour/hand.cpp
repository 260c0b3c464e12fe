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

namespace platter::tour {

using namespace std::chrono_literals;

namespace {

QString shownName(const QWidget* widget)
{
    QString text = widget->property("text").toString();
    text.remove(QLatin1Char('&'));
    return text;
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
    co_await qCoro(process).waitForFinished(soon);
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        throw StepFailed(QStringLiteral("xdotool %1 failed: %2")
                .arg(arguments.join(QLatin1Char(' ')), QString::fromLocal8Bit(process.readAllStandardError())));
    }
}

QCoro::Task<void> Hand::clickAt(QPoint globalPosition)
{
    const double ratio = QGuiApplication::primaryScreen()->devicePixelRatio();
    const QPoint pixel = (QPointF(globalPosition) * ratio).toPoint();
    co_await xdotool({QStringLiteral("mousemove"), QString::number(pixel.x()), QString::number(pixel.y()),
        QStringLiteral("click"), QStringLiteral("1")});
}

QCoro::Task<void> Hand::click(QWidget* widget)
{
    co_await clickAt(widget->mapToGlobal(widget->rect().center()));
}

QCoro::Task<void> Hand::press(QString buttonName)
{
    auto* button = co_await find<QAbstractButton>(buttonName);
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
