// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the frames of a screen source and sends it what is typed and pointed here. While it has the keyboard, every
// key that reaches the window goes to the guest, shortcuts included, until Ctrl+Alt is tapped. GUI thread; owned by
// the console.
#pragma once

#include "ui/console/guest_keyboard.h"
#include "ui/console/screen_layout.h"

#include <QAbstractScrollArea>

namespace platter {

class ScreenView : public QAbstractScrollArea {
    Q_OBJECT

public:
    enum class Look {
        Live,
        Dimmed, // the last frame, as a backdrop
        Blank,
    };

    explicit ScreenView(QWidget* parent = nullptr);
    ~ScreenView() override;

    void setSource(ScreenSource* source);

    ScreenSource* source() const { return m_source; }

    void setScaleMode(ScaleMode mode);

    ScaleMode scaleMode() const { return m_scaleMode; }

    // Only a live view sends input.
    void setLook(Look look);
    // What surrounds a screen smaller than the view.
    void setSurround(const QBrush& brush);
    // While it has the keyboard, keys of the window manager (Alt+Tab) go to the guest too, where the platform can.
    void setGrabsSystemKeys(bool grabs);

    bool hasKeyboard() const { return m_hasKeyboard; }

    void takeKeyboard();
    void giveKeyboardBack();

    ScreenLayout layoutOfScreen() const;
    QSize sizeHint() const override;

Q_SIGNALS:
    void keyboardChanged(); // hasKeyboard(), or the focus
    void layoutChanged();

protected:
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool focusNextPrevChild(bool next) override;

private:
    bool takesInput() const;
    bool handleKey(QKeyEvent* event);
    void updateKeyboard();
    void updateScrollBars();
    void updateCursor();
    void updateCursor(QPointF position);
    void releaseButtons();
    QSize deviceSize() const;
    // The viewport's corner falls between device pixels where the display's scale is fractional.
    QPointF deviceOffset() const;

    enum class CursorKind { Desktops, Dot, Guests };

    struct ShownCursor {
        CursorKind kind = CursorKind::Desktops;
        qint64 image = 0; // QImage::cacheKey()
        qreal scale = 0;
        qreal ratio = 0;

        friend bool operator==(const ShownCursor&, const ShownCursor&) = default;
    };

    QPointer<ScreenSource> m_source;
    QImage m_reduced; // the frame at the size at which it is shown, where that is smaller; null: to be made
    GuestKeyboard m_keyboard;
    ScaleMode m_scaleMode = ScaleMode::Fit;
    Look m_look = Look::Blank;
    QBrush m_surround;
    bool m_grabsSystemKeys = false;
    bool m_isGrabbing = false;
    bool m_wantsKeyboard = false; // takes it as soon as it can
    bool m_hasKeyboard = false;
    int m_swallowedKey = 0; // took the keyboard; its release is not for the guest
    ShownCursor m_shownCursor;
    PointerButtons m_buttons;
    QPoint m_pointer;
    QPoint m_wheel; // turned, less than a notch, in eighths of a degree
};

} // namespace platter
