// SPDX-License-Identifier: GPL-3.0-or-later
// A size typed exactly or dragged, both at once: a SizeBox and a slider over round sizes. GUI thread; owned by its
// parent.
#pragma once

#include "ui/fields/size_box.h"

#include <QWidget>

class QSlider;

namespace platter {

class SizeField : public QWidget {
    Q_OBJECT

public:
    // The slider goes from LEAST to MOST; what is typed may be anything. NAME is for screen readers.
    SizeField(const QString& name, SizeBox::BareNumber bareNumber, ByteCount least, ByteCount most,
        QWidget* parent = nullptr);

    Result<ByteCount> size() const { return m_box->size(); }

    void setSize(ByteCount size);

    SizeBox* box() const { return m_box; }

    QSlider* slider() const { return m_slider; }

Q_SIGNALS:
    void edited(); // by the user

private:
    void followBox();

    std::vector<ByteCount> m_sizes;
    SizeBox* m_box;
    QSlider* m_slider;
};

// For a machine's memory on a host that has HOST.
SizeField* memoryField(ByteCount host);

} // namespace platter
