// SPDX-License-Identifier: GPL-3.0-or-later
// The list of a wizard's steps at its left: which are done, which is shown, and what was chosen in each. A step can
// be clicked to go there. GUI thread; owned by its dialog.
#pragma once

#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace platter {

class StepButton;

class StepList : public QWidget {
    Q_OBJECT

public:
    explicit StepList(QWidget* parent = nullptr);

    void addStep(const QString& name);
    void setChoice(int step, const QString& choice);
    void setCurrent(int step);

Q_SIGNALS:
    void requested(int step);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_layout;
    std::vector<StepButton*> m_buttons;
    int m_widest = 0;
};

} // namespace platter
