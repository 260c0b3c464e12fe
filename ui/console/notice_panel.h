// SPDX-License-Identifier: GPL-3.0-or-later
// Shows a ConsoleNotice: icon, title, one sentence, a button. Leaves out what there is no room for, the icon first.
// GUI thread; owned by the console.
#pragma once

#include "ui/console/console_notice.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace platter {

class NoticePanel : public QWidget {
    Q_OBJECT

public:
    explicit NoticePanel(QWidget* parent = nullptr);

    void setNotice(const ConsoleNotice& notice);
    // The place and size that suit an area of the parent.
    void placeIn(const QRect& area);

Q_SIGNALS:
    void actionRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateIcon();

    ConsoleNotice m_notice;
    QLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
    QProgressBar* m_busy;
    QPushButton* m_button;
};

} // namespace platter
