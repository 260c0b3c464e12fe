// SPDX-License-Identifier: GPL-3.0-or-later
// A number of processors typed exactly or dragged, both at once. GUI thread; owned by its parent.
#pragma once

#include <QWidget>

class QSlider;
class QSpinBox;

namespace platter {

class ProcessorField : public QWidget {
    Q_OBJECT

public:
    // The slider goes up to MOST, which is what the host has; what is typed may be more, and is refused in words.
    explicit ProcessorField(int most, QWidget* parent = nullptr);

    int count() const;
    void setCount(int count);

    QSpinBox* box() const { return m_box; }

Q_SIGNALS:
    void edited(); // by the user

private:
    QSpinBox* m_box;
    QSlider* m_slider;
};

} // namespace platter
