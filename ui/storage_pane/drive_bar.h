// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the selected drive: buttons, and beside what is impossible the reason. GUI thread; owned by
// the pane.
#pragma once

#include "core/machine/definition.h"

#include <QWidget>

#include <optional>

class QLabel;
class QMenu;
class QPushButton;

namespace platter {

class MachineActions;
class NoteLabel;

class DriveBar : public QWidget {
    Q_OBJECT

public:
    explicit DriveBar(MachineActions& actions, QWidget* parent = nullptr);

    // Nothing: no drive is selected.
    void setDrive(const std::optional<Drive>& drive);
    // Says this where nothing is to be said of a drive.
    void setNote(const QString& note);
    // The same as the buttons do.
    void fill(QMenu* menu) const;

Q_SIGNALS:
    void editDiskRequested(const QString& file);
    void compactDiskRequested(const QString& file);

private:
    QPushButton* add(const char* name, const QString& icon, const QString& text, void (DriveBar::*run)());
    void edit();
    void compact();
    void insert();
    void eject();
    void remove();

    MachineActions& m_actions;
    std::optional<Drive> m_drive;
    QList<QPushButton*> m_buttons;
    QPushButton* m_edit = nullptr;
    QPushButton* m_compact = nullptr;
    QPushButton* m_insert = nullptr;
    QPushButton* m_eject = nullptr;
    QPushButton* m_remove = nullptr;
    QLabel* m_reason = nullptr;
};

} // namespace platter
