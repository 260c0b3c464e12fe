// SPDX-License-Identifier: GPL-3.0-or-later
// Asks where on the network a disk is, and says while it is typed what is wrong with it. GUI thread.
#pragma once

#include "core/machine/definition.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace platter {

class NoteLabel;

class NetworkDiskDialog : public QDialog {
    Q_OBJECT

public:
    // MACHINE: its name.
    explicit NetworkDiskDialog(const QString& machine, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const DiskDrive& disk);

private:
    void check();
    void choose();

    QLineEdit* m_location;
    QComboBox* m_format;
    QCheckBox* m_readOnly;
    NoteLabel* m_note;
    QPushButton* m_add;
    bool m_hasFormat = false; // somebody has chosen it
    bool m_wantsReadOnly = false; // what somebody has set where both are possible
};

} // namespace platter
