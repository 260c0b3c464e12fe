// SPDX-License-Identifier: GPL-3.0-or-later
// The sentence below a field: what is wrong with it, what to know about it, or that it is being looked at. It is
// also the field's description for screen readers. It can offer a fix as a button. GUI thread; owned by its parent.
#pragma once

#include "core/error.h"

#include <QPointer>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QPushButton;

namespace platter {

class NoteLabel;
class StatusMark;

class FieldMessage : public QWidget {
    Q_OBJECT

public:
    enum class Kind { Note, Good, Warning, Error, Busy };

    explicit FieldMessage(QWidget* field = nullptr, QWidget* parent = nullptr);

    void say(Kind kind, const QString& text);
    // All of them, a line each; their details in the tool tip.
    void say(const std::vector<Error>& errors);
    void clear();
    // A button after the sentence; goes with the next say() or clear().
    void offerFix(const QString& verb, std::function<void()> fix);

    bool isShowing() const { return m_showing; }

    bool isError() const { return m_showing && m_kind == Kind::Error; }

    QString text() const;

    QWidget* field() const { return m_field; }

    // What the next sentence is about, where one message serves several fields.
    void setField(QWidget* field);

private:
    void describe(const QString& text);
    void undescribe();

    QPointer<QWidget> m_field;
    std::optional<QString> m_ownDescription; // the field's own, while the sentence takes its place
    StatusMark* m_mark;
    NoteLabel* m_label;
    QPushButton* m_fixButton;
    std::function<void()> m_fix;
    Kind m_kind = Kind::Note;
    bool m_showing = false;
};

} // namespace platter
