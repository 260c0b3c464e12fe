// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's controllers and what sits in their slots, as a list: file, format, size, space on the host, and
// what can be done with the selected drive. GUI thread; owned by the machine's pane.
#pragma once

#include "core/disk/image_facts.h"
#include "core/disk/trim_reach.h"
#include "core/live/machine_session.h"

#include <QHash>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;
class QVBoxLayout;

namespace platter {

class FormerDiskNotice;
class MachineActions;

class StorageTab : public QWidget {
    Q_OBJECT

public:
    explicit StorageTab(MachineActions& actions, QWidget* parent = nullptr);

    void setSession(MachineSession* session);

Q_SIGNALS:
    void editDiskRequested(const QString& file);
    void compactDiskRequested(const QString& file);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    struct FileFacts {
        QString file;
        Result<ImageFacts> facts;
        std::optional<TrimReach> trim = {}; // of a disk
    };

    void fill(); // the drives
    void fillFormerDisks();
    void openMenu(const QPoint& at);
    void readFacts(); // their sizes, in a worker thread
    void showFacts(const FileFacts& facts);
    void updateButtons();
    QString remarkOn(const Drive* drive, const std::optional<QString>& noRemoval) const;
    const Drive* selectedDrive() const;
    QTreeWidgetItem* addDrive(QTreeWidgetItem* controller, const Drive& drive);

    MachineActions& m_actions;
    QPointer<MachineSession> m_session;
    QTreeWidget* m_list = nullptr;
    QPushButton* m_edit = nullptr;
    QPushButton* m_compact = nullptr;
    QPushButton* m_insert = nullptr;
    QPushButton* m_eject = nullptr;
    QPushButton* m_remove = nullptr;
    QVBoxLayout* m_formerDisks = nullptr;
    QList<FormerDiskNotice*> m_notices;
    QHash<QString, TrimReach> m_trim; // by file
    QLabel* m_reason = nullptr;
    QTimer m_tick; // images grow
    bool m_reading = false;
};

} // namespace platter
