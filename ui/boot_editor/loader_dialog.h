// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses a boot loader on one of a machine's disks, to make a boot entry for it. The disks are read in a worker
// thread. GUI thread; owned by its parent.
#pragma once

#include "core/boot/boot_check.h"

#include <QDialog>

class QComboBox;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace platter {

class NoteLabel;

class LoaderDialog : public QDialog {
    Q_OBJECT

public:
    LoaderDialog(const Definition& definition, QWidget* parent);

Q_SIGNALS:
    void chosen(const QString& description, const platter::FileTarget& file);

private:
    void look();
    void show(const Result<std::vector<LoaderOnDisk>>& loaders);
    void update();
    void choose();

    Definition m_definition;
    std::vector<LoaderOnDisk> m_loaders;
    QComboBox* m_disk = nullptr;
    QListWidget* m_list = nullptr;
    QLineEdit* m_name = nullptr;
    NoteLabel* m_note = nullptr;
    QPushButton* m_add = nullptr;
    int m_look = 0; // counts, so that a late answer is known as one
};

} // namespace platter
