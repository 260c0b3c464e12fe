// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the size, format and place of a new disk, makes it and adds it to a machine, which may be running. What
// is wrong is said beside the fields, and the dialog stays. GUI thread; deletes itself when it is closed.
#pragma once

#include "core/live/new_disk.h"

#include <QDialog>

class QComboBox;
class QPushButton;

namespace platter {

class FieldMessage;
class PathField;
class SizeField;

class NewDiskDialog : public QDialog {
    Q_OBJECT

public:
    // Into the first free slot of CONTROLLER.
    NewDiskDialog(MachineSession* session, int controller, QWidget* parent = nullptr);

private:
    void build();
    void formatChanged();
    void create();
    void take(const Result<SlotId>& added);
    DiskFormat format() const;

    QPointer<MachineSession> m_session;
    int m_controller;
    QString m_suggested; // the file, as long as nobody has typed another
    SizeField* m_size = nullptr;
    QComboBox* m_format = nullptr;
    PathField* m_file = nullptr;
    FieldMessage* m_message = nullptr;
    QPushButton* m_create = nullptr;
};

} // namespace platter
