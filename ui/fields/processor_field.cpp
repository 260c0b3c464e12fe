// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/processor_field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>

#include <algorithm>

namespace platter {

ProcessorField::ProcessorField(int most, QWidget* parent)
    : QWidget(parent)
    , m_box(new QSpinBox)
    , m_slider(new QSlider(Qt::Horizontal))
{
    // Wider than any host: a number that is too large is refused in words, not bent.
    m_box->setRange(0, 9999);
    m_box->setAccessibleName(tr("Processors"));
    m_slider->setRange(1, std::max(1, most));
    m_slider->setPageStep(2);
    m_slider->setMinimumWidth(64);
    m_slider->setEnabled(most > 1);
    m_slider->setAccessibleName(tr("Processors, as a slider"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(12);
    row->addWidget(m_box);
    row->addWidget(m_slider, 1);
    row->addWidget(new QLabel(locale().toString(most)));

    connect(m_box, &QSpinBox::valueChanged, this, [this](int count) {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(count);
        Q_EMIT edited();
    });
    connect(m_slider, &QSlider::valueChanged, m_box, &QSpinBox::setValue);
}

int ProcessorField::count() const
{
    return m_box->value();
}

void ProcessorField::setCount(int count)
{
    const QSignalBlocker quietBox(m_box);
    const QSignalBlocker quietSlider(m_slider);
    m_box->setValue(count);
    m_slider->setValue(count);
}

} // namespace platter
