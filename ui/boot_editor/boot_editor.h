// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's Boot tab: what its firmware tries, in its order, edited as a draft. Reads NVRAM and images in worker
// threads whenever the machine changes while it is shown, and every few seconds while the machine runs, for its
// guest may write entries of its own. GUI thread; owned by the machine's pane.
#pragma once

#include "core/live/machine_session.h"
#include "ui/boot_editor/boot_model.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QMenu;
class QPushButton;
class QTreeView;

namespace platter {

class NoteLabel;

class BootEditor : public QWidget {
    Q_OBJECT

public:
    explicit BootEditor(QWidget* parent = nullptr);
    ~BootEditor() override;

    void setSession(MachineSession* session);

    QTreeView* view() const { return m_view; }

    BootModel& model() { return m_model; }

Q_SIGNALS:
    void failed(const QString& machine, const platter::Error& error);

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Look;

    QPushButton* add(const char* name, const QString& text, void (BootEditor::*run)());
    void addKey(const QKeySequence& keys, void (BootEditor::*run)());
    // Looks at no image where the order is KNOWN already.
    static QCoro::Task<Look> look(StoredMachine machine, Places places, std::optional<BootOrder> known);

    void read(); // unless there is a draft that would be lost
    void readAgain(); // for what the guest may have changed
    void read(const std::optional<BootOrder>& known);
    void take(const Look& look);
    void follow(); // the machine's state
    void update(); // buttons and words, after the draft or the selection has changed
    bool isEditable() const;
    bool isChanged() const;
    const BootEntry* current() const;
    void select(std::uint16_t number);

    void moveUp();
    void moveDown();
    void bootOnce();
    void addEntry();
    void rename();
    void remove();
    void revert();
    void apply();
    void reset();

    QPointer<MachineSession> m_session;
    BootModel m_model;
    BootOrder m_order; // as it is
    Definition m_definition; // that it was read with
    std::optional<Error> m_error; // why it could not be read
    bool m_isKnown = false;
    int m_look = 0; // counts, so that a late answer is known as one
    QTimer m_again;

    NoteLabel* m_state = nullptr;
    QTreeView* m_view = nullptr;
    NoteLabel* m_finding = nullptr;
    QLabel* m_changes = nullptr;
    QPushButton* m_up = nullptr;
    QPushButton* m_down = nullptr;
    QPushButton* m_once = nullptr;
    QPushButton* m_add = nullptr;
    QPushButton* m_rename = nullptr;
    QPushButton* m_remove = nullptr;
    QPushButton* m_reset = nullptr;
    QPushButton* m_revert = nullptr;
    QPushButton* m_apply = nullptr;
};

} // namespace platter
