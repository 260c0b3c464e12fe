// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/size_field.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>

namespace platter {

SizeField::SizeField(
    const QString& name, SizeBox::BareNumber bareNumber, ByteCount least, ByteCount most, QWidget* parent)
    : QWidget(parent)
    , m_sizes(roundSizes(least, most))
    , m_box(new SizeBox(bareNumber, m_sizes))
    , m_slider(new QSlider(Qt::Horizontal))
{
    m_box->setAccessibleName(name);
    m_slider->setAccessibleName(tr("%1, as a slider").arg(name));
    m_slider->setRange(0, static_cast<int>(m_sizes.size()) - 1);
    m_slider->setPageStep(2);
    m_slider->setMinimumWidth(64);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(12);
    row->addWidget(m_box);
    row->addWidget(m_slider, 1);
    row->addWidget(new QLabel(most.toString()));

    connect(m_box, &SizeBox::edited, this, [this] {
        followBox();
        Q_EMIT edited();
    });
    connect(m_slider, &QSlider::valueChanged, this, [this](int index) {
        m_box->setSize(m_sizes[static_cast<std::size_t>(index)]);
        Q_EMIT edited();
    });
}

void SizeField::setSize(ByteCount size)
{
    m_box->setSize(size);
    followBox();
}

SizeField* memoryField(ByteCount host)
{
    // The slider's end: all of the host's memory, to the half GiB.
    constexpr std::uint64_t step = ByteCount::mebibytes(512).bytes();
    const ByteCount most(std::max<std::uint64_t>(host.bytes() / step, 1) * step);
    return new SizeField(SizeField::tr("Memory"), SizeBox::BareNumber::Memory, ByteCount::mebibytes(128), most);
}

void SizeField::followBox()
{
    if (const Result<ByteCount> size = m_box->size()) {
        const auto above = std::ranges::upper_bound(m_sizes, *size);
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(std::max(0, static_cast<int>(above - m_sizes.begin()) - 1));
    }
}

} // namespace platter
