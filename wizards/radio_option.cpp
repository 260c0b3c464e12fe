// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/radio_option.h"

#include "ui/note_label.h"

#include <QButtonGroup>
#include <QMouseEvent>
#include <QRadioButton>
#include <QStyle>
#include <QVBoxLayout>

namespace platter {

RadioOption::RadioOption(const QString& title, const QString& sentence, QButtonGroup& group, Body body)
    : m_button(new QRadioButton(title))
    , m_sentence(new NoteLabel)
    , m_below(new QVBoxLayout)
    , m_body(new QVBoxLayout)
{
    group.addButton(m_button);
    const int indent = style()->pixelMetric(QStyle::PM_ExclusiveIndicatorWidth, nullptr, m_button)
        + style()->pixelMetric(QStyle::PM_RadioButtonLabelSpacing, nullptr, m_button);
    auto* fields = new QWidget;
    fields->setLayout(m_body);
    m_body->setContentsMargins(0, 8, 0, 0);
    m_body->setSpacing(8);

    m_below->setContentsMargins(indent, 0, 0, 0);
    m_below->setSpacing(0);
    m_below->addWidget(m_sentence);
    m_below->addWidget(fields);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins({});
    whole->setSpacing(2);
    whole->addWidget(m_button);
    whole->addLayout(m_below);

    // The sentence belongs to the button: a click on it chooses, too.
    m_sentence->installEventFilter(this);
    fields->setVisible(body == Body::Always);
    if (body == Body::WhileChosen) {
        // A way without fields must not grow by their margin when it is chosen.
        connect(m_button, &QRadioButton::toggled, fields,
            [this, fields](bool on) { fields->setVisible(on && !m_body->isEmpty()); });
    }
    // Tab goes to the chosen one of the group; by itself it would go to the first that it meets, and then to no
    // other.
    m_button->setFocusPolicy(Qt::ClickFocus);
    connect(m_button, &QRadioButton::toggled, this,
        [this](bool on) { m_button->setFocusPolicy(on ? Qt::StrongFocus : Qt::ClickFocus); });
    setSentence(sentence);
}

bool RadioOption::isChosen() const
{
    return m_button->isChecked();
}

void RadioOption::choose()
{
    m_button->click();
}

void RadioOption::addNote(QWidget* note)
{
    m_below->insertWidget(1, note);
}

void RadioOption::setSentence(const QString& sentence)
{
    m_sentence->setText(sentence);
    m_button->setAccessibleDescription(sentence);
}

void RadioOption::setImpossible(const QString& reason)
{
    m_button->setEnabled(false);
    setSentence(reason);
}

void RadioOption::setPossible(const QString& sentence)
{
    m_button->setEnabled(true);
    setSentence(sentence);
}

bool RadioOption::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_sentence && event->type() == QEvent::MouseButtonRelease && m_button->isEnabled()
        && static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton) {
        choose();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace platter
