// SPDX-License-Identifier: GPL-3.0-or-later
// A file manager (pcmanfm) beside the application's window, and its files dragged out of it with the mouse: what
// the desktop's other programs do to the application, for real. Its settings are its own and vanish with it. GUI
// thread.
#pragma once

#include "app/tour/hand.h"

#include <QProcess>
#include <QRect>
#include <QTemporaryDir>

namespace platter::tour {

class FileManager {
public:
    explicit FileManager(Hand& hand);
    ~FileManager(); // closes it

    // Shows the files of FOLDER, few enough for one row, in a window at PLACE; waits until each can be seen.
    QCoro::Task<void> open(QString folder, QRect place);

    enum class Outcome {
        Dropped,
        Refused, // by what lies at the place, before the drop
    };

    // Drags the icon of FILE, a name in the folder, to a place on the application's window. Waits for the end of
    // it.
    QCoro::Task<Outcome> drag(QString file, QPoint globalPosition);

private:
    void start(const QString& folder);
    QStringList window() const; // for xdotool to work on
    QCoro::Task<void> raise();
    QImage picture() const; // of its window
    QCoro::Task<QImage> rest();
    QCoro::Task<QImage> unselect();
    QCoro::Task<void> findIcons(QStringList files);

    Hand& m_hand;
    QProcess m_program;
    QTemporaryDir m_home;
    QString m_title;
    QRect m_place;
    QHash<QString, QPoint> m_icons; // their middles
};

} // namespace platter::tour
