// SPDX-License-Identifier: GPL-3.0-or-later
// The left side of the window: the machines, filtered, the selected one, and what can be done where no machine is.
// It keeps the selected machine when the filter hides it. GUI thread; owned by the main window.
#pragma once

#include "core/live/machine_library.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;

namespace platter {

class MachineListModel;
class MachineListView;

class MachineListPanel : public QWidget {
    Q_OBJECT

public:
    explicit MachineListPanel(MachineLibrary& library, QWidget* parent = nullptr);

    // Belongs into the toolbar, which becomes its owner.
    QLineEdit* filterField() const { return m_filterField; }

    // A machine of that name, now or as soon as there is one.
    void select(const QString& machine);

    QString selected() const { return m_selected; }

    std::optional<LibraryEntry> selectedEntry() const;
    void setThumbnail(const QString& machine, const QImage& thumbnail);

Q_SIGNALS:
    void machineSelected(); // selectedEntry() is another one
    void machineActivated(); // Return, or a double click
    void contextMenuRequested(const QPoint& globalPosition);
    void isoDropped(const QString& iso);
    void filesDropped(const QString& machine, const QStringList& files); // on its row
    void visibleMachinesChanged(const QList<MachineSession*>& sessions);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void setFilter(const QString& text);
    void takeCurrent(const QModelIndex& index);
    void follow();
    void showSelection();
    void updateFooter();
    void tellVisible();

    MachineLibrary& m_library;
    MachineListModel* m_model = nullptr;
    QSortFilterProxyModel* m_filter = nullptr;
    QLineEdit* m_filterField = nullptr;
    MachineListView* m_list = nullptr;
    QLabel* m_noMatch = nullptr;
    QLabel* m_footer = nullptr;
    QString m_selected;
    bool m_isRearranging = false; // rows come and go: the list's current row means nothing
    QTimer m_settle; // before the visible rows are told
};

} // namespace platter
