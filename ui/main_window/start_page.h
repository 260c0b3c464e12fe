// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows while there is no machine: one sentence, one button. An ISO may be dropped here. GUI
// thread.
#pragma once

#include <QWidget>

class QPushButton;

namespace platter {

class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);

Q_SIGNALS:
    void newMachineRequested();
    void isoDropped(const QString& iso);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QPushButton* m_newVm = nullptr;
};

} // namespace platter
