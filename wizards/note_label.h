// SPDX-License-Identifier: GPL-3.0-or-later
// Explaining text of less weight than the controls: plain, wrapped. GUI thread; owned by its parent.
#pragma once

#include <QLabel>

namespace platter {

class NoteLabel : public QLabel {
    Q_OBJECT

public:
    explicit NoteLabel(const QString& text = {}, QWidget* parent = nullptr);

protected:
    void changeEvent(QEvent* event) override;

private:
    void colour();

    bool m_colouring = false;
};

} // namespace platter
