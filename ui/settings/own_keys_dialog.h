// SPDX-License-Identifier: GPL-3.0-or-later
// Asks for the certificates of one's own that a machine's firmware is to trust, and says what is in the files. GUI
// thread; owned by its parent.
#pragma once

#include "core/boot/secure_boot.h"

#include <QDialog>

class QGridLayout;
class QLineEdit;
class QPushButton;

namespace platter {

class NoteLabel;

class OwnKeysDialog : public QDialog {
    Q_OBJECT

public:
    OwnKeysDialog(const QString& machine, QWidget* parent);

Q_SIGNALS:
    void chosen(const platter::OwnKeys& keys);

private:
    QLineEdit* addFile(QGridLayout* grid, const QString& label, const QString& explanation, const char* name);
    void read();

    QLineEdit* m_pk = nullptr;
    QLineEdit* m_kek = nullptr;
    QLineEdit* m_db = nullptr;
    NoteLabel* m_note = nullptr;
    QPushButton* m_enroll = nullptr;
    std::optional<OwnKeys> m_keys;
};

} // namespace platter
