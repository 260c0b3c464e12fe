// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/fields/size_box.h"

#include <QLineEdit>
#include <QStyleOptionSpinBox>

#include <algorithm>

namespace platter {

std::vector<ByteCount> roundSizes(ByteCount least, ByteCount most)
{
    std::vector<ByteCount> sizes{least};
    for (std::uint64_t power = 1; power != 0 && power <= most.bytes(); power <<= 1) {
        for (const std::uint64_t bytes : {power, power + power / 2}) {
            if (bytes > least.bytes() && bytes < most.bytes()) {
                sizes.emplace_back(bytes);
            }
        }
    }
    if (most > least) {
        sizes.push_back(most);
    }
    return sizes;
}

SizeBox::SizeBox(BareNumber bareNumber, std::vector<ByteCount> steps, QWidget* parent)
    : QAbstractSpinBox(parent)
    , m_bareNumber(bareNumber)
    , m_steps(std::move(steps))
{
    connect(lineEdit(), &QLineEdit::textEdited, this, &SizeBox::edited);
    connect(this, &QAbstractSpinBox::editingFinished, this, &SizeBox::settle);
}

Result<ByteCount> SizeBox::size() const
{
    const QString text = lineEdit()->text().trimmed();
    bool isNumber = false;
    const qulonglong number = text.toULongLong(&isNumber);
    if (isNumber && number > 0) {
        switch (m_bareNumber) {
        case BareNumber::Disk:
            if (number <= 65536) {
                return ByteCount::gibibytes(number);
            }
            break;
        case BareNumber::Memory:
            if (number <= 127) {
                return ByteCount::gibibytes(number);
            }
            if (number < (1U << 20)) {
                return ByteCount::mebibytes(number);
            }
            break;
        }
    }
    return ByteCount::parse(text);
}

void SizeBox::setSize(ByteCount size)
{
    // Two decimals do not say every size: then the exact text.
    const QString text = size.toString();
    const Result<ByteCount> read = ByteCount::parse(text);
    const QString exact = read && *read == size ? text : size.toExactString();
    if (lineEdit()->text() != exact) {
        lineEdit()->setText(exact);
    }
}

void SizeBox::settle()
{
    if (const Result<ByteCount> typed = size()) {
        setSize(*typed);
    }
}

void SizeBox::stepBy(int steps)
{
    const Result<ByteCount> from = size();
    if (!from) {
        return;
    }
    // Between two round sizes the first step goes to the nearer end in its direction.
    const auto above = std::ranges::upper_bound(m_steps, *from);
    const auto atOrAbove = std::ranges::lower_bound(m_steps, *from);
    const auto index = steps > 0 ? above - m_steps.begin() + steps - 1 : atOrAbove - m_steps.begin() + steps;
    const auto last = static_cast<std::ptrdiff_t>(m_steps.size()) - 1;
    setSize(m_steps[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(index, 0, last))]);
    Q_EMIT edited();
}

QSize SizeBox::sizeHint() const
{
    ensurePolished();
    QStyleOptionSpinBox option;
    initStyleOption(&option);
    const QSize words(
        fontMetrics().horizontalAdvance(QStringLiteral("1023.99 GiB  ")), lineEdit()->sizeHint().height());
    return style()->sizeFromContents(QStyle::CT_SpinBox, &option, words, this);
}

QAbstractSpinBox::StepEnabled SizeBox::stepEnabled() const
{
    const Result<ByteCount> now = size();
    if (!now) {
        return StepNone;
    }
    StepEnabled enabled = StepNone;
    if (*now > m_steps.front()) {
        enabled |= StepDownEnabled;
    }
    if (*now < m_steps.back()) {
        enabled |= StepUpEnabled;
    }
    return enabled;
}

} // namespace platter
