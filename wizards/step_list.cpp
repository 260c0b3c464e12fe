// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/step_list.h"

#include "ui/shades.h"
#include "wizards/step_button.h"

#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

StepList::StepList(QWidget* parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(8, 16, 9, 16);
    m_layout->setSpacing(4);
    m_layout->addStretch();
    setAccessibleName(tr("Steps"));
}

void StepList::addStep(const QString& name)
{
    const int index = static_cast<int>(m_buttons.size());
    auto* button = new StepButton(index + 1, name);
    button->setObjectName(QStringLiteral("step%1").arg(index + 1));
    connect(button, &StepButton::clicked, this, [this, index] { Q_EMIT requested(index); });
    m_buttons.push_back(button);
    m_layout->insertWidget(index, button);
    setCurrent(0);
    // As wide as the longest name in bold, within reason; what is longer is shortened.
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    // Room for what is chosen, where the names are short.
    const int least = 26 * fontMetrics().averageCharWidth();
    const int widest = std::max({m_widest, StepButton::widthFor(bold, name), least});
    m_widest = std::min(widest, 38 * fontMetrics().averageCharWidth());
    setFixedWidth(m_widest + m_layout->contentsMargins().left() + m_layout->contentsMargins().right());
}

void StepList::setChoice(int step, const QString& choice)
{
    m_buttons.at(static_cast<std::size_t>(step))->setChoice(choice);
}

void StepList::setCurrent(int step)
{
    for (int i = 0; i < static_cast<int>(m_buttons.size()); ++i) {
        m_buttons[static_cast<std::size_t>(i)]->setProgress(i < step ? StepButton::Progress::Done
                : i == step                                          ? StepButton::Progress::Current
                                                                     : StepButton::Progress::Ahead);
    }
}

void StepList::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setPen(outline(palette(), QPalette::Base));
    painter.drawLine(rect().topRight(), rect().bottomRight());
}

} // namespace platter
