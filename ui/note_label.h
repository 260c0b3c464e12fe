// SPDX-License-Identifier: GPL-3.0-or-later
// A wrapped sentence of less weight than the controls, or in a shade of its own. Its height follows from its width
// alone: QLabel's guess at both would leave gaps in layouts. GUI thread; owned by its parent.
#pragma once

#include <QLabel>

namespace platter {

class NoteLabel : public QLabel {
    Q_OBJECT

public:
    enum class Shade { Quiet, Plain, Error };

    explicit NoteLabel(const QString& text = {}, QWidget* parent = nullptr);

    void setShade(Shade shade);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;

private:
    void colour();

    Shade m_shade = Shade::Quiet;
    bool m_colouring = false;
};

} // namespace platter
