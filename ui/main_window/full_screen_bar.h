// SPDX-License-Identifier: GPL-3.0-or-later
// The bar at the top edge while a guest's screen fills the display: it shows whenever the pointer
// touches the edge, and leads back. GUI thread; a child of the main window.
#pragma once

#include <QFrame>
#include <QTimer>

class QMenu;

namespace platter {

class ElidedLabel;

class FullScreenBar : public QFrame {
    Q_OBJECT

public:
    FullScreenBar(QMenu* keys, QWidget* window);

    // From now on, for the machine of this name.
    void begin(const QString& machine);
    void end();

Q_SIGNALS:
    void leaveRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void reveal();
    void place();

    ElidedLabel* m_name = nullptr;
    QTimer m_hide;
};

} // namespace platter
