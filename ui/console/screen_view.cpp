// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_view.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>
#include <QWindow>

#include <array>
#include <cmath>
#include <utility>

namespace platter {

namespace {
constexpr int NotchOfWheel = 120; // eighths of a degree
constexpr int MaxNotches = 10; // of one event
constexpr int LargestCursor = 256; // device pixels
constexpr int DimmedBy = 170; // of 255

// For guests that draw their pointer themselves, or have none: small enough not to look like a second pointer.
QCursor dotCursor(qreal devicePixelRatio)
{
    constexpr int Size = 9;
    QPixmap pixmap(QSize(Size, Size) * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::white, 1.5));
    painter.setBrush(Qt::black);
    painter.drawEllipse(QRectF(2, 2, Size - 4, Size - 4));
    painter.end();
    return QCursor(pixmap, Size / 2, Size / 2);
}

QCursor cursorOf(const GuestCursor& cursor, qreal scale, qreal devicePixelRatio)
{
    const QSize size =
        (QSizeF(cursor.image.size()) * scale).toSize().expandedTo({1, 1}).boundedTo({LargestCursor, LargestCursor});
    QImage image = cursor.image.scaled(size, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    const qreal ratio = qreal(image.width()) / cursor.image.width() / devicePixelRatio;
    image.setDevicePixelRatio(devicePixelRatio);
    return QCursor(QPixmap::fromImage(image), int(cursor.hotSpot.x() * ratio), int(cursor.hotSpot.y() * ratio));
}

PointerButtons guestButtons(Qt::MouseButtons buttons)
{
    PointerButtons result;
    result.setFlag(PointerButton::Left, buttons.testFlag(Qt::LeftButton));
    result.setFlag(PointerButton::Middle, buttons.testFlag(Qt::MiddleButton));
    result.setFlag(PointerButton::Right, buttons.testFlag(Qt::RightButton));
    return result;
}
} // namespace

ScreenView::ScreenView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    // Compose and dead keys are the guest's business.
    setAttribute(Qt::WA_InputMethodEnabled, false);
    setContextMenuPolicy(Qt::PreventContextMenu);
    viewport()->setContextMenuPolicy(Qt::PreventContextMenu);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("The machine's screen"));
}

ScreenView::~ScreenView()
{
    m_keyboard.releaseAll();
    releaseButtons();
}

void ScreenView::setSource(ScreenSource* source)
{
    if (source == m_source)
        return;
    if (m_source) {
        m_keyboard.releaseAll();
        releaseButtons();
        m_source->disconnect(this);
    }
    m_source = source;
    m_reduced = {};
    m_keyboard.setSource(source);
    if (source) {
        connect(source, &ScreenSource::frameChanged, this, [this](const QRegion& region) {
            m_reduced = {};
            if (m_look == Look::Blank)
                return;
            // Back to the widget's pixels, which may be larger than the display's.
            const QTransform toWidget = QTransform::fromScale(1 / devicePixelRatioF(), 1 / devicePixelRatioF());
            QRegion changed;
            for (const QRect& rect : layoutOfScreen().toDevice(region))
                changed += toWidget.mapRect(QRectF(rect)).toAlignedRect();
            viewport()->update(changed);
        });
        connect(source, &ScreenSource::frameSizeChanged, this, [this] {
            updateScrollBars();
            viewport()->update();
            updateCursor();
            Q_EMIT layoutChanged();
        });
        connect(source, &ScreenSource::cursorChanged, this, [this] { updateCursor(); });
        connect(source, &ScreenSource::stateChanged, this, [this] {
            if (!takesInput()) {
                m_keyboard.forget();
                m_buttons = {};
            }
            updateKeyboard();
        });
        connect(source, &QObject::destroyed, this, [this] {
            updateKeyboard();
            viewport()->update();
        });
    }
    updateScrollBars();
    updateKeyboard();
    viewport()->update();
    Q_EMIT layoutChanged();
}

void ScreenView::setScaleMode(ScaleMode mode)
{
    if (mode == m_scaleMode)
        return;
    m_scaleMode = mode;
    updateScrollBars();
    viewport()->update();
    Q_EMIT layoutChanged();
}

void ScreenView::setLook(Look look)
{
    if (look == m_look)
        return;
    m_look = look;
    if (!takesInput()) {
        m_keyboard.releaseAll();
        releaseButtons();
    }
    updateScrollBars();
    updateKeyboard();
    viewport()->update();
}

void ScreenView::setSurround(const QBrush& brush)
{
    m_surround = brush;
    viewport()->update();
}

void ScreenView::setGrabsSystemKeys(bool grabs)
{
    m_grabsSystemKeys = grabs;
    updateKeyboard();
}

QSize ScreenView::sizeHint() const
{
    const QImage frame = m_source ? m_source->frame() : QImage();
    return frame.isNull() ? QSize(640, 480) : frame.size() / devicePixelRatioF();
}

QSize ScreenView::deviceSize() const
{
    const QSizeF size = QSizeF(viewport()->size()) * devicePixelRatioF();
    return {int(size.width()), int(size.height())};
}

QPointF ScreenView::deviceOffset() const
{
    const QPointF corner = QPointF(viewport()->mapTo(window(), QPoint())) * devicePixelRatioF();
    return {corner.x() - std::floor(corner.x()), corner.y() - std::floor(corner.y())};
}

ScreenLayout ScreenView::layoutOfScreen() const
{
    if (!m_source)
        return {};
    return ScreenLayout::of(m_source->frame().size(), deviceSize(), devicePixelRatioF(), m_scaleMode,
        {horizontalScrollBar()->value(), verticalScrollBar()->value()});
}

void ScreenView::updateScrollBars()
{
    const bool scrolls = m_scaleMode == ScaleMode::Original && m_look != Look::Blank && m_source;
    const auto policy = scrolls ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff;
    setHorizontalScrollBarPolicy(policy);
    setVerticalScrollBarPolicy(policy);
    const QSize view = deviceSize();
    const QSize screen = scrolls ? layoutOfScreen().target.size() : QSize(0, 0);
    const auto update = [](QScrollBar* bar, int room, int length) {
        bar->setRange(0, std::max(0, length - room));
        bar->setPageStep(room);
        bar->setSingleStep(std::max(1, room / 20));
    };
    update(horizontalScrollBar(), view.width(), screen.width());
    update(verticalScrollBar(), view.height(), screen.height());
}

void ScreenView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBars();
    Q_EMIT layoutChanged();
}

void ScreenView::scrollContentsBy(int, int)
{
    viewport()->update();
}

void ScreenView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    const QBrush surround = m_surround.style() == Qt::NoBrush ? palette().window() : m_surround;
    const QImage frame = m_source && m_look != Look::Blank ? m_source->frame() : QImage();
    const ScreenLayout layout = layoutOfScreen();
    if (frame.isNull() || layout.isEmpty()) {
        painter.fillRect(event->rect(), surround);
        return;
    }
    const qreal ratio = devicePixelRatioF();
    painter.scale(1 / ratio, 1 / ratio);
    painter.translate(-deviceOffset());
    const QRect all = QRect({}, deviceSize()).adjusted(0, 0, 2, 2);
    for (const QRect& rect : QRegion(all) - layout.target)
        painter.fillRect(rect, surround);
    if (layout.scale() < 1) {
        // Every pixel of the guest counts: blending neighbours alone would lose the thin strokes of text.
        if (m_reduced.size() != layout.target.size())
            m_reduced = frame.scaled(layout.target.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        painter.drawImage(layout.target.topLeft(), m_reduced);
    } else {
        painter.setRenderHint(QPainter::SmoothPixmapTransform, !layout.isExact());
        painter.drawImage(layout.target, frame);
    }
    if (m_look == Look::Dimmed) {
        QColor veil = palette().color(QPalette::Window);
        veil.setAlpha(DimmedBy);
        painter.fillRect(layout.target, veil);
    }
}

// --- keyboard
// ------------------------------------------------------------------------------------------------------

bool ScreenView::takesInput() const
{
    return m_source && m_look == Look::Live && m_source->state() == ScreenSource::State::Connected;
}

void ScreenView::takeKeyboard()
{
    m_wantsKeyboard = true;
    if (!hasFocus())
        setFocus(Qt::OtherFocusReason);
    updateKeyboard();
}

void ScreenView::giveKeyboardBack()
{
    m_wantsKeyboard = false;
    updateKeyboard();
}

void ScreenView::updateKeyboard()
{
    updateCursor(); // what takes input shows it
    const bool has = m_wantsKeyboard && hasFocus() && takesInput();
    if (!has)
        m_keyboard.releaseAll();
    if (const bool grab = has && m_grabsSystemKeys; grab != m_isGrabbing && window()->windowHandle())
        m_isGrabbing = window()->windowHandle()->setKeyboardGrabEnabled(grab) && grab;
    m_hasKeyboard = has;
    Q_EMIT keyboardChanged();
}

bool ScreenView::event(QEvent* event)
{
    switch (event->type()) {
    case QEvent::ShortcutOverride:
        // Accepted: it is typed, not looked up among the application's shortcuts.
        if (m_hasKeyboard) {
            event->accept();
            return true;
        }
        break;
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
        if (handleKey(static_cast<QKeyEvent*>(event)))
            return true;
        break;
    case QEvent::DevicePixelRatioChange:
    case QEvent::PaletteChange:
        updateScrollBars();
        viewport()->update();
        Q_EMIT layoutChanged();
        break;
    default:
        break;
    }
    return QAbstractScrollArea::event(event);
}

bool ScreenView::handleKey(QKeyEvent* event)
{
    const bool press = event->type() == QEvent::KeyPress;
    if (m_swallowedKey && event->key() == m_swallowedKey) {
        if (!press && !event->isAutoRepeat())
            m_swallowedKey = 0;
        event->accept();
        return true;
    }
    if (m_hasKeyboard) {
        event->accept();
        if (m_keyboard.handle(*event) == GuestKeyboard::Outcome::ReleaseKey)
            giveKeyboardBack();
        return true;
    }
    const bool enters =
        event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space;
    if (press && enters && takesInput()) {
        m_swallowedKey = event->key();
        takeKeyboard();
        event->accept();
        return true;
    }
    return false;
}

bool ScreenView::focusNextPrevChild(bool next)
{
    return !m_hasKeyboard && QAbstractScrollArea::focusNextPrevChild(next);
}

void ScreenView::focusInEvent(QFocusEvent* event)
{
    switch (event->reason()) {
    case Qt::ActiveWindowFocusReason:
    case Qt::PopupFocusReason:
    case Qt::MenuBarFocusReason:
        break; // as it was
    case Qt::TabFocusReason:
    case Qt::BacktabFocusReason:
    case Qt::ShortcutFocusReason:
        m_wantsKeyboard = false; // somebody who walks through the window must be able to walk on
        break;
    default:
        m_wantsKeyboard = true;
        break;
    }
    m_swallowedKey = 0;
    updateKeyboard();
}

void ScreenView::focusOutEvent(QFocusEvent*)
{
    updateKeyboard();
    releaseButtons();
}

void ScreenView::hideEvent(QHideEvent* event)
{
    m_keyboard.releaseAll();
    releaseButtons();
    QAbstractScrollArea::hideEvent(event);
}

// --- pointer
// -------------------------------------------------------------------------------------------------------

bool ScreenView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Enter)
        updateCursor(static_cast<QEnterEvent*>(event)->position());
    return QAbstractScrollArea::viewportEvent(event);
}

void ScreenView::updateCursor()
{
    updateCursor(viewport()->mapFromGlobal(QPointF(QCursor::pos())));
}

void ScreenView::updateCursor(QPointF position)
{
    const ScreenLayout layout = layoutOfScreen();
    const qreal ratio = devicePixelRatioF();
    ShownCursor cursor;
    if (takesInput() && layout.target.contains((position * ratio).toPoint())) {
        const auto guests = m_source->cursor();
        cursor = {guests ? CursorKind::Guests : CursorKind::Dot, guests ? guests->image.cacheKey() : 0,
            layout.scale(), ratio};
    }
    if (cursor == m_shownCursor)
        return;
    m_shownCursor = cursor;
    switch (cursor.kind) {
    case CursorKind::Desktops:
        viewport()->unsetCursor();
        break;
    case CursorKind::Dot:
        viewport()->setCursor(dotCursor(ratio));
        break;
    case CursorKind::Guests:
        viewport()->setCursor(cursorOf(*m_source->cursor(), layout.scale(), ratio));
        break;
    }
}

void ScreenView::mouseMoveEvent(QMouseEvent* event)
{
    updateCursor(event->position());
    if (!takesInput())
        return;
    const QPoint pointer = layoutOfScreen().toGuest(event->position() * devicePixelRatioF());
    if (pointer == m_pointer)
        return;
    m_pointer = pointer;
    m_source->sendPointer(m_pointer, m_buttons);
}

void ScreenView::mousePressEvent(QMouseEvent* event)
{
    if (!takesInput()) {
        QAbstractScrollArea::mousePressEvent(event);
        return;
    }
    takeKeyboard();
    m_keyboard.disarm();
    const ScreenLayout layout = layoutOfScreen();
    const QPointF place = event->position() * devicePixelRatioF();
    if (!layout.target.contains(place.toPoint()))
        return;
    m_pointer = layout.toGuest(place);
    m_buttons |= guestButtons(event->button());
    m_source->sendPointer(m_pointer, m_buttons);
}

void ScreenView::mouseDoubleClickEvent(QMouseEvent* event)
{
    mousePressEvent(event);
}

void ScreenView::mouseReleaseEvent(QMouseEvent* event)
{
    const PointerButtons released = m_buttons & guestButtons(event->button());
    if (!takesInput() || !released)
        return;
    m_pointer = layoutOfScreen().toGuest(event->position() * devicePixelRatioF());
    m_buttons &= ~released;
    m_source->sendPointer(m_pointer, m_buttons);
}

void ScreenView::releaseButtons()
{
    if (std::exchange(m_buttons, {}) && m_source)
        m_source->sendPointer(m_pointer, {});
}

void ScreenView::wheelEvent(QWheelEvent* event)
{
    event->accept();
    if (!takesInput())
        return;
    m_pointer = layoutOfScreen().toGuest(event->position() * devicePixelRatioF());
    m_wheel += event->angleDelta();
    const auto turn = [this](int& turned, PointerButton forward, PointerButton back) {
        for (int notch = 0; notch < MaxNotches && std::abs(turned) >= NotchOfWheel; ++notch) {
            m_source->sendPointer(m_pointer, m_buttons | (turned > 0 ? forward : back));
            m_source->sendPointer(m_pointer, m_buttons);
            turned += turned > 0 ? -NotchOfWheel : NotchOfWheel;
        }
        turned %= NotchOfWheel;
    };
    turn(m_wheel.ry(), PointerButton::WheelUp, PointerButton::WheelDown);
    turn(m_wheel.rx(), PointerButton::WheelLeft, PointerButton::WheelRight);
}

} // namespace platter
