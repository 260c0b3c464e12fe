// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's console: its screen, keyboard and mouse, or a notice that says why there is none. It decides how
// often its source sends frames: as they come while it is seen, once a second (for thumbnails) while it is not. GUI
// thread.
#pragma once

#include "ui/console/console_notice.h"
#include "ui/console/key_map.h"
#include "ui/console/screen_layout.h"

#include <QTimer>
#include <QWidget>

#include <optional>

class QLabel;

namespace platter {

class NoticePanel;
class ScreenView;
class Typist;

class ConsoleWidget : public QWidget {
    Q_OBJECT

public:
    enum class Presentation {
        Embedded, // with a line below that says how the keyboard goes back and forth, and a frame for the focus
        FullScreen, // the screen alone on black; a hint that goes by itself; keys of the window manager reach the
                    // guest
    };

    explicit ConsoleWidget(QWidget* parent = nullptr);
    ~ConsoleWidget() override;

    // The machine's screen; null for none. Not owned. The source that was shown before goes on at a thumbnail's
    // rate.
    void setSource(ScreenSource* source);
    ScreenSource* source() const;

    // Shown in place of, or over, the screen until it is taken back; the guest gets no input meanwhile. Without one
    // the console itself says when there is no connection or no picture yet.
    void setNotice(std::optional<ConsoleNotice> notice);

    ScaleMode scaleMode() const;
    void setScaleMode(ScaleMode mode);

    Presentation presentation() const { return m_presentation; }

    void setPresentation(Presentation presentation);

    // What the full screen's hint says after how to get the keyboard back, e.g. "F11 then leaves full screen."
    void setFullScreenHint(const QString& sentence) { m_fullScreenHint = sentence; }

    // Whether keys go to the guest; they do after a click or setFocus(), until Ctrl+Alt is tapped.
    bool hasKeyboard() const;
    void takeKeyboard();
    void giveKeyboardBack();

    // Both need a live screen; otherwise they do nothing.
    void sendKeys(const KeyCombination& combination);
    // Types as on a US keyboard. Returns the characters that it cannot type, which are left out.
    QString typeText(const QString& text);
    bool isTyping() const;

    // The guest's screen as it is, one pixel each; null when there is none.
    QImage screenshot() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void actionRequested(); // the notice's button
    void keyboardChanged(bool hasKeyboard);
    void typingFinished();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    std::optional<ConsoleNotice> ownNotice() const;
    bool isLive() const;
    void refresh(); // what is shown
    void refreshKeyboard();
    void refreshLine();
    void refreshRate();
    void arrange();
    void showHint();

    ScreenView* m_view;
    NoticePanel* m_panel;
    QLabel* m_keyboardLine;
    QLabel* m_sizeLine;
    QLabel* m_hint; // over the screen in full screen
    Typist* m_typist;
    QTimer m_hintTime;
    QTimer m_patience; // before it says that there is no screen
    bool m_patienceEnded = false;
    std::optional<ConsoleNotice> m_notice;
    Presentation m_presentation = Presentation::Embedded;
    QString m_fullScreenHint;
    bool m_hadKeyboard = false;
};

} // namespace platter
