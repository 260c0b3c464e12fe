// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/full_screen_bar.h"

#include "ui/elided_label.h"
#include "ui/icons.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QMenu>
#include <QMouseEvent>
#include <QToolButton>

namespace platter {

namespace {

constexpr int edge = 2; // pixels at the top that reveal the bar
constexpr std::chrono::milliseconds afterwards{800};

} // namespace

FullScreenBar::FullScreenBar(QMenu* keys, QWidget* window)
    : QFrame(window)
{
    setObjectName(QStringLiteral("fullScreenBar"));
    setAccessibleName(tr("Full screen"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    m_name = new ElidedLabel;
    auto* send = new QToolButton;
    send->setText(tr("Send keys"));
    send->setIcon(symbolicIcon(QStringLiteral("input-keyboard")));
    send->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    send->setAutoRaise(true);
    send->setMenu(keys);
    send->setPopupMode(QToolButton::InstantPopup);
    auto* leave = new QToolButton;
    leave->setObjectName(QStringLiteral("leaveFullScreen"));
    leave->setText(tr("Leave full screen"));
    leave->setIcon(symbolicIcon(QStringLiteral("view-restore")));
    leave->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    leave->setAutoRaise(true);
    connect(leave, &QToolButton::clicked, this, &FullScreenBar::leaveRequested);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 8, 4);
    row->setSpacing(8);
    row->addWidget(m_name, 1);
    row->addWidget(send);
    row->addWidget(leave);
    hide();
    m_hide.setSingleShot(true);
    connect(&m_hide, &QTimer::timeout, this, &QWidget::hide);
}

void FullScreenBar::begin(const QString& machine)
{
    m_name->setFullText(machine);
    qApp->installEventFilter(this);
}

void FullScreenBar::end()
{
    qApp->removeEventFilter(this);
    m_hide.stop();
    hide();
}

void FullScreenBar::place()
{
    const int width = qMin(parentWidget()->width(), qMax(sizeHint().width(), parentWidget()->width() / 2));
    setGeometry((parentWidget()->width() - width) / 2, 0, width, sizeHint().height());
}

void FullScreenBar::reveal()
{
    place();
    show();
    raise();
}

bool FullScreenBar::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseMove) {
        const int y =
            parentWidget()->mapFromGlobal(static_cast<const QMouseEvent*>(event)->globalPosition()).toPoint().y();
        if (y <= edge) {
            reveal();
            m_hide.stop();
        } else if (isVisible() && y > height() && !m_hide.isActive()) {
            m_hide.start(afterwards);
        }
    } else if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace platter
