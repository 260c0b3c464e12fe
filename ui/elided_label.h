// SPDX-License-Identifier: GPL-3.0-or-later
// A line of text that is shortened in the middle where it does not fit, with the whole of it as tool tip. GUI
// thread; owned by its parent.
#pragma once

#include <QLabel>

namespace platter {

class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    // SPOKEN is what a screen reader says, with the whole text for its %1, where the text alone says too little.
    explicit ElidedLabel(const QString& spoken, QWidget* parent = nullptr);

    void setFullText(const QString& text);

    QString fullText() const { return m_text; }

    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();

    QString m_spoken;
    QString m_text;
};

} // namespace platter
