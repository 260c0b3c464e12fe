// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/console_widget.h"

#include "ui/console/notice_panel.h"
#include "ui/console/screen_view.h"
#include "ui/console/typist.h"
#include "ui/icons.h"

#include <QEvent>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QStyle>

#include <cmath>

namespace platter {

using namespace std::chrono_literals;

namespace {
constexpr auto ThumbnailInterval = 1000ms;
constexpr auto HintTime = 5000ms;
// A connection over a local socket takes some milliseconds: no notice flashes up for those.
constexpr auto Patience = 300ms;
constexpr int FocusFrame = 2;
constexpr int LinePadding = 4;
} // namespace

ConsoleWidget::ConsoleWidget(QWidget* parent)
    : QWidget(parent)
    , m_view(new ScreenView(this))
    , m_panel(new NoticePanel(this))
    , m_keyboardLine(new QLabel(this))
    , m_sizeLine(new QLabel(this))
    , m_hint(new QLabel(this))
    , m_typist(new Typist(this))
{
    setFocusProxy(m_view);
    m_panel->hide();
    m_sizeLine->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_sizeLine->setAccessibleName(tr("Size of the guest's screen"));
    m_keyboardLine->setAccessibleName(tr("Where the keyboard goes"));
    m_keyboardLine->setTextFormat(Qt::PlainText);
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setWordWrap(true);
    m_hint->setMargin(2 * LinePadding);
    m_hint->setAutoFillBackground(true);
    m_hint->setBackgroundRole(QPalette::ToolTipBase);
    m_hint->setForegroundRole(QPalette::ToolTipText);
    m_hint->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_hint->hide();
    m_hintTime.setSingleShot(true);
    m_hintTime.setInterval(HintTime);
    m_patience.setSingleShot(true);
    m_patience.setInterval(Patience);
    connect(&m_hintTime, &QTimer::timeout, m_hint, &QWidget::hide);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        m_patienceEnded = true;
        refresh();
    });
    connect(m_panel, &NoticePanel::actionRequested, this, &ConsoleWidget::actionRequested);
    connect(m_view, &ScreenView::keyboardChanged, this, &ConsoleWidget::refreshKeyboard);
    connect(m_view, &ScreenView::layoutChanged, this, &ConsoleWidget::refreshLine);
    connect(m_typist, &Typist::finished, this, &ConsoleWidget::typingFinished);
    refresh();
}

ConsoleWidget::~ConsoleWidget()
{
    // The view's last signals must not reach a console that is half gone.
    m_view->disconnect(this);
    m_typist->disconnect(this);
    setSource(nullptr);
}

ScreenSource* ConsoleWidget::source() const
{
    return m_view->source();
}

void ConsoleWidget::setSource(ScreenSource* source)
{
    ScreenSource* const before = m_view->source();
    if (source == before)
        return;
    if (before) {
        before->disconnect(this);
        before->setUpdateInterval(ThumbnailInterval);
    }
    m_typist->setSource(source);
    m_view->setSource(source);
    m_patienceEnded = false;
    m_patience.stop();
    if (source) {
        connect(source, &ScreenSource::stateChanged, this, &ConsoleWidget::refresh);
        connect(source, &ScreenSource::frameSizeChanged, this, &ConsoleWidget::refresh);
        connect(source, &QObject::destroyed, this, &ConsoleWidget::refresh);
    }
    refreshRate();
    refresh();
}

void ConsoleWidget::setNotice(std::optional<ConsoleNotice> notice)
{
    m_notice = std::move(notice);
    refresh();
}

ScaleMode ConsoleWidget::scaleMode() const
{
    return m_view->scaleMode();
}

void ConsoleWidget::setScaleMode(ScaleMode mode)
{
    m_view->setScaleMode(mode);
}

void ConsoleWidget::setPresentation(Presentation presentation)
{
    if (presentation == m_presentation)
        return;
    m_presentation = presentation;
    const bool full = presentation == Presentation::FullScreen;
    m_view->setGrabsSystemKeys(full);
    m_hint->hide();
    refresh();
    if (full && hasKeyboard())
        showHint();
}

bool ConsoleWidget::isLive() const
{
    const ScreenSource* screen = source();
    return screen && !m_notice && screen->state() == ScreenSource::State::Connected && !screen->frame().isNull();
}

std::optional<ConsoleNotice> ConsoleWidget::ownNotice() const
{
    const ScreenSource* screen = source();
    if (!screen || screen->state() == ScreenSource::State::Closed || isLive() || !m_patienceEnded)
        return {};
    ConsoleNotice notice;
    notice.busy = true;
    if (screen->state() == ScreenSource::State::Connected) {
        notice.icon = symbolicIcon(QStringLiteral("video-display"));
        notice.title = tr("No picture yet");
        notice.text = tr("The guest has not drawn anything so far.");
        return notice;
    }
    notice.icon = symbolicIcon(QStringLiteral("network-wired"));
    notice.title = tr("Waiting for the screen");
    notice.text =
        screen->lastError() ? screen->lastError()->text() : tr("The machine is up; its screen is being opened.");
    notice.place = screen->frame().isNull() ? NoticePlace::InsteadOfScreen : NoticePlace::OverScreen;
    return notice;
}

void ConsoleWidget::refresh()
{
    const ScreenSource* screen = source();
    const bool waits = screen && screen->state() != ScreenSource::State::Closed && !m_notice && !isLive();
    if (!waits) {
        m_patience.stop();
        m_patienceEnded = false;
    } else if (!m_patienceEnded && !m_patience.isActive()) {
        m_patience.start();
    }

    const auto notice = m_notice ? m_notice : ownNotice();
    const bool hasFrame = screen && !screen->frame().isNull();
    if (notice && (notice->place == NoticePlace::InsteadOfScreen || !hasFrame))
        m_view->setLook(ScreenView::Look::Blank);
    else if (notice)
        m_view->setLook(ScreenView::Look::Dimmed);
    else
        m_view->setLook(screen ? ScreenView::Look::Live : ScreenView::Look::Blank);
    if (notice) {
        ConsoleNotice shown = *notice;
        if (!hasFrame)
            shown.place = NoticePlace::InsteadOfScreen;
        m_panel->setNotice(shown);
    }
    if (!notice && m_panel->isAncestorOf(focusWidget()))
        setFocus(Qt::OtherFocusReason);
    m_panel->setVisible(notice.has_value());
    const bool black = m_presentation == Presentation::FullScreen && m_view->isVisibleTo(this) && hasFrame
        && (!notice || notice->place != NoticePlace::InsteadOfScreen);
    m_view->setSurround(black ? QBrush(Qt::black) : QBrush());
    m_view->setAccessibleDescription(notice
            ? notice->title
            : tr("Keys that are typed here go to the machine; Ctrl+Alt gives the keyboard back."));
    refreshKeyboard();
    refreshLine();
    arrange();
}

void ConsoleWidget::refreshKeyboard()
{
    const bool has = m_view->hasKeyboard();
    if (has)
        m_keyboardLine->setText(tr("Ctrl+Alt gives the keyboard back."));
    else if (m_view->hasFocus())
        m_keyboardLine->setText(tr("Press Enter to type into the machine."));
    else
        m_keyboardLine->setText(tr("Click the screen to type into the machine."));
    update();
    if (has == m_hadKeyboard)
        return;
    m_hadKeyboard = has;
    if (m_presentation == Presentation::FullScreen && isLive())
        showHint();
    Q_EMIT keyboardChanged(has);
}

void ConsoleWidget::refreshLine()
{
    const ScreenLayout layout = m_view->layoutOfScreen();
    const bool shown = m_presentation == Presentation::Embedded && isLive();
    m_keyboardLine->setVisible(shown);
    m_sizeLine->setVisible(shown);
    if (!shown || layout.isEmpty())
        return;
    const QLocale locale;
    const qreal ofOriginal = layout.scale() / ScreenLayout::originalScale(devicePixelRatioF());
    m_sizeLine->setText(tr("%1 × %2, shown at %3 %")
            .arg(locale.toString(layout.guest.width()), locale.toString(layout.guest.height()),
                locale.toString(int(std::lround(ofOriginal * 100)))));
    arrange();
}

void ConsoleWidget::arrange()
{
    QRect area = rect();
    if (m_presentation == Presentation::Embedded && isLive()) {
        const int height = m_keyboardLine->sizeHint().height() + 2 * LinePadding;
        const QRect line = area.adjusted(2 * LinePadding, area.height() - height, -2 * LinePadding, 0);
        const int sizeWidth = m_sizeLine->sizeHint().width();
        const bool roomForBoth = line.width() >= sizeWidth + m_keyboardLine->sizeHint().width() + 4 * LinePadding;
        m_sizeLine->setVisible(roomForBoth);
        m_keyboardLine->setGeometry(line.adjusted(0, 0, roomForBoth ? -sizeWidth : 0, 0));
        m_sizeLine->setGeometry(line.adjusted(line.width() - sizeWidth, 0, 0, 0));
        area.setBottom(line.top() - 1);
    }
    if (m_presentation == Presentation::Embedded)
        area.adjust(FocusFrame, FocusFrame, -FocusFrame, -FocusFrame);
    m_view->setGeometry(area);
    if (!m_panel->isHidden()) {
        m_panel->placeIn(area);
        m_panel->raise();
    }
    if (!m_hint->isHidden()) {
        m_hint->setWordWrap(false); // a wrapping label wants to be square
        const int width = std::min(m_hint->sizeHint().width() + 2 * LinePadding, area.width() - 4 * LinePadding);
        m_hint->setWordWrap(true);
        m_hint->setGeometry(
            area.center().x() - width / 2, area.top() + 6 * LinePadding, width, m_hint->heightForWidth(width));
        m_hint->raise();
    }
}

void ConsoleWidget::showHint()
{
    QString text = m_view->hasKeyboard()
        ? tr("Ctrl+Alt gives the keyboard back.")
        : tr("The keyboard is yours. Press Enter or click to type into the machine.");
    if (!m_fullScreenHint.isEmpty())
        text += QLatin1Char(' ') + m_fullScreenHint;
    m_hint->setText(text);
    m_hint->setAccessibleName(text);
    m_hint->show();
    m_hintTime.start();
    arrange();
}

bool ConsoleWidget::hasKeyboard() const
{
    return m_view->hasKeyboard();
}

void ConsoleWidget::takeKeyboard()
{
    m_view->takeKeyboard();
}

void ConsoleWidget::giveKeyboardBack()
{
    m_view->giveKeyboardBack();
}

void ConsoleWidget::sendKeys(const KeyCombination& combination)
{
    if (isLive())
        m_typist->press(combination);
}

QString ConsoleWidget::typeText(const QString& text)
{
    return isLive() ? m_typist->type(text) : QString();
}

bool ConsoleWidget::isTyping() const
{
    return m_typist->isBusy();
}

QImage ConsoleWidget::screenshot() const
{
    return source() ? source()->frame() : QImage();
}

QSize ConsoleWidget::sizeHint() const
{
    return m_view->sizeHint();
}

QSize ConsoleWidget::minimumSizeHint() const
{
    return {240, 160};
}

bool ConsoleWidget::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::DevicePixelRatioChange
        || event->type() == QEvent::FontChange)
        refresh();
    return QWidget::event(event);
}

void ConsoleWidget::paintEvent(QPaintEvent*)
{
    if (m_presentation == Presentation::FullScreen || !m_view->hasFocus())
        return;
    // Twofold, so that colour is not all that tells the two apart: a full frame with the keyboard, corners without.
    QPainter painter(this);
    const QRect frame = m_view->geometry().adjusted(-FocusFrame, -FocusFrame, FocusFrame, FocusFrame);
    const QColor colour = palette().color(QPalette::Highlight);
    if (!m_view->hasKeyboard()) {
        painter.setPen(QPen(colour, 1, Qt::DashLine));
        painter.drawRect(frame.adjusted(0, 0, -1, -1));
        return;
    }
    for (const QRect& side : QRegion(frame) - m_view->geometry())
        painter.fillRect(side, colour);
}

void ConsoleWidget::resizeEvent(QResizeEvent*)
{
    arrange();
}

void ConsoleWidget::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    refreshRate();
}

void ConsoleWidget::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    refreshRate();
}

void ConsoleWidget::refreshRate()
{
    if (source())
        source()->setUpdateInterval(isVisible() ? 0ms : ThumbnailInterval);
}

} // namespace platter
