// SPDX-License-Identifier: GPL-3.0-or-later
// One entry of the list of steps: number or check mark, name, and what was chosen. GUI thread; owned by StepList.
#pragma once

#include <QAbstractButton>

namespace platter {

class StepButton : public QAbstractButton {
    Q_OBJECT

public:
    enum class Progress { Done, Current, Ahead };

    StepButton(int number, const QString& name, QWidget* parent = nullptr);

    void setChoice(const QString& choice);
    void setProgress(Progress progress);

    // What a step of this name needs to be shown whole.
    static int widthFor(const QFont& font, const QString& name);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void describe();

    int m_number;
    QString m_choice;
    Progress m_progress = Progress::Ahead;
};

} // namespace platter
