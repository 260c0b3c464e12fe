// SPDX-License-Identifier: GPL-3.0-or-later
// One of several ways, as a radio button with a sentence below it and the fields that belong to it, shown while it
// is the chosen one. GUI thread; owned by its parent.
#pragma once

#include <QWidget>

class QButtonGroup;
class QRadioButton;
class QVBoxLayout;

namespace platter {

class NoteLabel;

class RadioOption : public QWidget {
    Q_OBJECT

public:
    enum class Body { WhileChosen, Always };

    RadioOption(const QString& title, const QString& sentence, QButtonGroup& group, Body body = Body::WhileChosen);

    QRadioButton* button() const { return m_button; }

    QVBoxLayout* body() const { return m_body; }

    // Below the sentence, in view also while the option is not chosen.
    void addNote(QWidget* note);

    bool isChosen() const;
    void choose(); // as a click would

    void setSentence(const QString& sentence);
    // Disabled, with REASON as its sentence.
    void setImpossible(const QString& reason);
    void setPossible(const QString& sentence);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QRadioButton* m_button;
    NoteLabel* m_sentence;
    QVBoxLayout* m_below;
    QVBoxLayout* m_body;
};

} // namespace platter
