// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/field_message.h"

#include "ui/fields/status_mark.h"
#include "ui/note_label.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPushButton>

namespace platter {

FieldMessage::FieldMessage(QWidget* field, QWidget* parent)
    : QWidget(parent)
    , m_field(field)
    , m_mark(new StatusMark)
    , m_label(new NoteLabel)
    , m_fixButton(new QPushButton)
{
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_fixButton->setAccessibleName(tr("Suggestion"));
    m_fixButton->hide();
    connect(m_fixButton, &QPushButton::clicked, this, [this] {
        if (m_fix) {
            m_fix();
        }
    });
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(8);
    row->addWidget(m_mark, 0, Qt::AlignTop);
    row->addWidget(m_label, 1);
    row->addWidget(m_fixButton, 0, Qt::AlignTop);
    clear();
}

void FieldMessage::say(Kind kind, const QString& text)
{
    const bool isNews = !m_showing || m_kind != kind || m_label->text() != text;
    m_kind = kind;
    m_showing = true;
    m_fixButton->hide();
    m_label->setText(text);
    m_label->setToolTip({});
    m_label->setAccessibleName(text);
    m_label->show();
    m_mark->setVisible(kind != Kind::Note);
    switch (kind) {
    case Kind::Note:
        m_mark->setSign(StatusMark::Sign::None);
        break;
    case Kind::Good:
        m_mark->setSign(StatusMark::Sign::Good);
        break;
    case Kind::Warning:
        m_mark->setSign(StatusMark::Sign::Warning);
        break;
    case Kind::Error:
        m_mark->setSign(StatusMark::Sign::Error);
        break;
    case Kind::Busy:
        m_mark->setSign(StatusMark::Sign::Busy);
        break;
    }
    m_label->setShade(kind == Kind::Error ? NoteLabel::Shade::Error
            : kind == Kind::Warning       ? NoteLabel::Shade::Plain
                                          : NoteLabel::Shade::Quiet);
    setVisible(true);
    describe(text);
    if (isNews && (kind == Kind::Error || kind == Kind::Warning)) {
        QAccessibleEvent alert(m_label, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
}

void FieldMessage::say(const std::vector<Error>& errors)
{
    QStringList lines;
    QStringList details;
    for (const Error& error : errors) {
        lines.append(error.text());
        if (!error.detail.isEmpty()) {
            details.append(error.detail);
        }
    }
    say(Kind::Error, lines.join(QLatin1Char('\n')));
    m_label->setToolTip(details.join(QLatin1Char('\n')));
}

void FieldMessage::clear()
{
    m_showing = false;
    m_label->clear();
    m_label->hide();
    m_mark->setSign(StatusMark::Sign::None);
    m_mark->hide();
    m_fixButton->hide();
    m_fix = nullptr;
    hide(); // with the spacing around it
    undescribe();
}

void FieldMessage::setField(QWidget* field)
{
    if (field != m_field) {
        undescribe();
        m_field = field;
    }
}

void FieldMessage::describe(const QString& text)
{
    if (!m_field) {
        return;
    }
    if (!m_ownDescription) {
        m_ownDescription = m_field->accessibleDescription();
    }
    m_field->setAccessibleDescription(text);
}

void FieldMessage::undescribe()
{
    if (m_field && m_ownDescription) {
        m_field->setAccessibleDescription(*m_ownDescription);
    }
    m_ownDescription.reset();
}

void FieldMessage::offerFix(const QString& verb, std::function<void()> fix)
{
    m_fix = std::move(fix);
    m_fixButton->setText(QString(verb).replace(QLatin1Char('&'), QLatin1String("&&")));
    m_fixButton->setAccessibleName(verb);
    m_fixButton->show();
}

QString FieldMessage::text() const
{
    return m_label->text();
}

} // namespace platter
