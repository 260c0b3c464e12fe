// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, in a bar across the window that stops nobody: what, why, what to do, a button that mends it
// where there is one, the raw words folded away. One message is shown, the newest; the others wait behind it. GUI
// thread.
#pragma once

#include "core/error.h"

#include <QFrame>

#include <functional>
#include <vector>

class QLabel;
class QPlainTextEdit;
class QToolButton;
class QHBoxLayout;

namespace platter {

class MessageBar : public QFrame {
    Q_OBJECT

public:
    enum class Severity { Information, Warning, Error };

    struct Fix {
        QString label;
        std::function<void()> run;
    };

    struct Message {
        QString subject; // the machine's name; empty: the application
        Severity severity = Severity::Error;
        Error error;
        std::vector<Fix> fixes = {};
    };

    explicit MessageBar(QWidget* parent = nullptr);

    // A message with the same subject and summary takes the old one's place.
    void add(Message message);
    // A message whose cause is mended.
    void remove(const QString& subject, const Error& error);
    // What was said about a machine that is fine again, or gone.
    void removeAbout(const QString& subject);

    int count() const { return static_cast<int>(m_messages.size()); }

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void makeContents(); // at the first message: most runs have none
    void showNewest();
    void dismiss();
    void copy() const;
    void setDetailsShown(bool shown);

    std::vector<Message> m_messages; // the newest last
    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_advice = nullptr;
    QLabel* m_more = nullptr;
    QHBoxLayout* m_buttons = nullptr;
    QWidget* m_fixes = nullptr;
    QToolButton* m_details = nullptr;
    QToolButton* m_copy = nullptr;
    QToolButton* m_close = nullptr;
    QPlainTextEdit* m_raw = nullptr;
};

} // namespace platter
