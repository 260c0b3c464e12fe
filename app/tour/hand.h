// SPDX-License-Identifier: GPL-3.0-or-later
// Eyes and hand of the tour: finds visible controls by their accessible name or text, moves the pointer and presses
// keys through the X server, and waits. A step that does not succeed throws the sentence; the tour catches it.
#pragma once

#include <QCoroTask>
#include <QImage>
#include <QPointer>
#include <QString>
#include <QWidget>

#include <chrono>
#include <functional>
#include <stdexcept>

namespace platter::tour {

// Why a step failed. The one exception of the project: it never leaves the tour.
struct StepFailed : std::runtime_error {
    explicit StepFailed(const QString& why)
        : std::runtime_error(why.toStdString())
    {
    }
};

class Hand {
public:
    static constexpr std::chrono::seconds soon{20};

    // The visible, enabled widget of class T whose accessible name or text begins with NAME (mnemonics removed);
    // waits for it to appear.
    template <typename T>
    QCoro::Task<T*> find(QString name)
    {
        QWidget* found = nullptr;
        co_await until(
            [&found, name] {
                found = visible(&T::staticMetaObject, name);
                return found != nullptr;
            },
            soon, QStringLiteral("There is no control “%1” that can be used.").arg(name));
        co_return qobject_cast<T*>(found);
    }

    QCoro::Task<void> click(QWidget* widget);
    QCoro::Task<void> clickAt(QPoint globalPosition);
    // What a drag is made of; moving in steps, as a hand does.
    QCoro::Task<void> pressAt(QPoint globalPosition);
    QCoro::Task<void> moveTo(QPoint globalPosition);
    QCoro::Task<void> letGo();
    // All of it, within one window of the application: whoever drags there is not heard of before the end.
    QCoro::Task<void> drag(QPoint from, QPoint to);
    // Finds and clicks a button of any kind.
    QCoro::Task<void> press(QString buttonName);
    // Types into whatever has the focus.
    QCoro::Task<void> type(QString text);
    // A key or combination as X names it: "Return", "ctrl+a", "Tab".
    QCoro::Task<void> key(QString name);

    // Waits until CONDITION holds; StepFailed with OTHERWISE after PATIENCE.
    QCoro::Task<void> until(std::function<bool()> condition, std::chrono::seconds patience, QString otherwise);

    // The program that is pointer and keys, for what it alone can do: other programs' windows.
    QCoro::Task<void> xdotool(QStringList arguments);

    // The whole display as it is now.
    static QImage picture();

private:
    QCoro::Task<void> comesToRest(QPointer<QWidget> widget);
    static QWidget* visible(const QMetaObject* type, const QString& name);

    QPoint m_pointer; // where it was moved to
};

} // namespace platter::tour
