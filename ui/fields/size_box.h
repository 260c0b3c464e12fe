// SPDX-License-Identifier: GPL-3.0-or-later
// A size as people write it ("40G", "1.5 TiB"), with arrows that go through round values. What is typed is never
// bent into a range: whoever owns the box says what is wrong with it. GUI thread; owned by its parent.
#pragma once

#include "core/byte_count.h"

#include <QAbstractSpinBox>

#include <vector>

namespace platter {

// LEAST, then the round sizes between (1, 1.5, 2, 3, 4, 6, 8, 12 … of each unit), then MOST.
std::vector<ByteCount> roundSizes(ByteCount least, ByteCount most);

class SizeBox : public QAbstractSpinBox {
    Q_OBJECT

public:
    // What a bare number means: nobody wants a disk of 40 bytes.
    enum class BareNumber {
        Disk, // GiB up to 65536
        Memory, // GiB up to 127, MiB up to 1048575
    };

    SizeBox(BareNumber bareNumber, std::vector<ByteCount> steps, QWidget* parent = nullptr);

    Result<ByteCount> size() const;
    void setSize(ByteCount size);

    void stepBy(int steps) override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void edited(); // by the user

protected:
    StepEnabled stepEnabled() const override;

private:
    void settle();

    BareNumber m_bareNumber;
    std::vector<ByteCount> m_steps;
};

} // namespace platter
