// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/notice_panel.h"

#include "ui/shades.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

namespace {
constexpr int Margin = 24;
constexpr int Spacing = 8;
constexpr int LargestWidth = 480;
constexpr int SmallestMargin = 8; // to the edges of the area
constexpr int IconSize = 64;
constexpr int CornerRadius = 8;
constexpr int SmallestButton = 112;
} // namespace

NoticePanel::NoticePanel(QWidget* parent)
    : QWidget(parent)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_busy(new QProgressBar(this))
    , m_button(new QPushButton(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(Margin, Margin, Margin, Margin);
    layout->setSpacing(Spacing);
    m_icon->setAlignment(Qt::AlignCenter);
    for (QLabel* label : {m_title, m_text}) {
        label->setAlignment(Qt::AlignHCenter | Qt::AlignVCenter);
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    }
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setFixedWidth(160);
    m_busy->setFixedHeight(6);
    m_busy->setAccessibleName(tr("In progress"));
    layout->addWidget(m_icon);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addWidget(m_busy, 0, Qt::AlignHCenter);
    layout->addSpacing(Spacing);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    m_button->setAutoDefault(true);
    m_button->setMinimumWidth(SmallestButton);
    connect(m_button, &QPushButton::clicked, this, &NoticePanel::actionRequested);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    m_title->setFont(large);
}

void NoticePanel::setNotice(const ConsoleNotice& notice)
{
    m_notice = notice;
    m_title->setText(notice.title);
    m_title->setAccessibleName(notice.title);
    m_text->setText(notice.text);
    m_text->setAccessibleName(notice.text);
    m_text->setVisible(!notice.text.isEmpty());
    m_busy->setVisible(notice.busy);
    // A button that goes takes the focus along, to nowhere.
    if (notice.buttonText.isEmpty() && m_button->hasFocus() && parentWidget())
        parentWidget()->setFocus(Qt::TabFocusReason);
    m_button->setText(notice.buttonText);
    m_button->setAccessibleDescription(notice.text);
    m_button->setVisible(!notice.buttonText.isEmpty());
    updateIcon();
    update();
}

void NoticePanel::updateIcon()
{
    m_icon->setPixmap(m_notice.icon.pixmap(QSize(IconSize, IconSize), devicePixelRatioF()));
    m_icon->setVisible(!m_notice.icon.isNull());
}

void NoticePanel::placeIn(const QRect& area)
{
    const int width = std::min(LargestWidth, area.width() - 2 * SmallestMargin);
    const auto neededHeight = [&] {
        layout()->invalidate();
        return layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(width)
                                             : layout()->totalSizeHint().height();
    };
    const int room = area.height() - 2 * SmallestMargin;
    const auto setMargin = [this](int margin) { layout()->setContentsMargins(margin, margin, margin, margin); };
    setMargin(Margin);
    m_icon->setVisible(!m_notice.icon.isNull());
    m_text->setVisible(!m_notice.text.isEmpty());
    int height = neededHeight();
    if (height > room) {
        setMargin(Spacing);
        height = neededHeight();
    }
    if (height > room) {
        m_icon->hide();
        height = neededHeight();
    }
    if (height > room && !m_notice.buttonText.isEmpty()) {
        m_text->hide();
        height = neededHeight();
    }
    height = std::min(height, area.height());
    const int left = area.x() + (area.width() - width) / 2;
    const int top = m_notice.place == NoticePlace::TopOfScreen ? std::min(SmallestMargin, area.height() - height)
                                                               : (area.height() - height) / 2;
    setGeometry(left, area.y() + top, width, height);
}

void NoticePanel::paintEvent(QPaintEvent*)
{
    if (m_notice.place == NoticePlace::InsteadOfScreen)
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(outline(palette(), QPalette::Base));
    painter.setBrush(palette().base());
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), CornerRadius, CornerRadius);
}

void NoticePanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        updateIcon();
}

} // namespace platter
