// SPDX-License-Identifier: GPL-3.0-or-later
// One line of text, shortened in its middle where it does not fit, whole in the tool tip. For paths and names of
// any length. GUI thread; owned by its parent.
#pragma once

#include <QWidget>

namespace platter {

class ElidedPath : public QWidget {
    Q_OBJECT

public:
    explicit ElidedPath(const QString& name, QWidget* parent = nullptr);

    void setText(const QString& text);

    QString text() const { return m_text; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name;
    QString m_text;
};

} // namespace platter
