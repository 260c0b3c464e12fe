// SPDX-License-Identifier: GPL-3.0-or-later
// The small sign before a sentence: error, warning, good news, or a ring that turns while something is found out.
// Told apart by shape, not by colour alone. GUI thread; owned by its parent.
#pragma once

#include <QTimer>
#include <QWidget>

namespace platter {

class StatusMark : public QWidget {
    Q_OBJECT

public:
    enum class Sign { None, Good, Warning, Error, Busy };

    explicit StatusMark(QWidget* parent = nullptr);

    void setSign(Sign sign);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Sign m_sign = Sign::None;
    QTimer m_turning;
    int m_angle = 0;
};

} // namespace platter
