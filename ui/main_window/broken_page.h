// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows for a machine that cannot be read: why, what to do, its folder; and for one that
// has gone from under the application. GUI thread.
#pragma once

#include "core/live/machine_library.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace platter {

class ElidedLabel;

class BrokenPage : public QWidget {
    Q_OBJECT

public:
    explicit BrokenPage(QWidget* parent = nullptr);

    void setEntry(const LibraryEntry& entry);

Q_SIGNALS:
    void showFolderRequested();
    void moveToTrashRequested();
    void readAgainRequested();
    void forgetRequested(const QString& machine);

private:
    QString m_machine;
    ElidedLabel* m_name = nullptr;
    QLabel* m_summary = nullptr;
    QLabel* m_advice = nullptr;
    QWidget* m_folderButtons = nullptr;
    QPushButton* m_forget = nullptr;
    QPlainTextEdit* m_detail = nullptr;
};

} // namespace platter
