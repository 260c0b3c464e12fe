// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_list_panel.h"

#include "ui/main_window/dropped_files.h"
#include "ui/main_window/machine_delegate.h"
#include "ui/main_window/machine_list_model.h"
#include "ui/main_window/machine_list_view.h"
#include "ui/note_label.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

MachineListPanel::MachineListPanel(MachineLibrary& library, QWidget* parent)
    : QWidget(parent)
    , m_library(library)
{
    setAcceptDrops(true);
    m_model = new MachineListModel(library, this);
    m_filter = new QSortFilterProxyModel(this);
    m_filter->setSourceModel(m_model);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);

    m_filterField = new QLineEdit;
    m_filterField->setObjectName(QStringLiteral("filter"));
    m_filterField->setPlaceholderText(tr("Filter machines"));
    m_filterField->setAccessibleName(tr("Filter machines"));
    m_filterField->setClearButtonEnabled(true);
    m_filterField->setMinimumWidth(96);
    m_filterField->setMaximumWidth(200);
    m_filterField->installEventFilter(this);
    connect(m_filterField, &QLineEdit::textChanged, this, &MachineListPanel::setFilter);

    m_list = new MachineListView;
    m_list->setItemDelegate(new MachineDelegate(m_list));
    m_list->setModel(m_filter);
    m_list->setMinimumWidth(MachineDelegate::thumbnailSize().width() * 2);
    m_noMatch = new QLabel(tr("No machine matches the filter."));
    m_noMatch->setObjectName(QStringLiteral("noMatch"));
    m_noMatch->setWordWrap(true);
    m_noMatch->setMargin(8);
    m_noMatch->hide();
    m_footer = new NoteLabel;
    m_footer->setObjectName(QStringLiteral("listFooter"));
    m_footer->setMargin(8);

    setFocusProxy(m_list);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_noMatch);
    column->addWidget(m_list, 1);
    column->addWidget(m_footer);

    m_settle.setSingleShot(true);
    m_settle.setInterval(0);
    connect(&m_settle, &QTimer::timeout, this, &MachineListPanel::tellVisible);
    const auto settle = [this] { m_settle.start(); };
    connect(m_list, &MachineListView::visibleRowsChanged, this, settle);
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, settle);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, settle);
    connect(m_list, &MachineListView::isoDropped, this, &MachineListPanel::isoDropped);
    connect(
        m_list, &MachineListView::filesDropped, this, [this](const QModelIndex& machine, const QStringList& files) {
            Q_EMIT filesDropped(machine.data().toString(), files);
        });
    connect(m_list, &MachineListView::contextMenuRequested, this, &MachineListPanel::contextMenuRequested);
    connect(m_list, &QListView::activated, this, &MachineListPanel::machineActivated);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &MachineListPanel::takeCurrent);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &MachineListPanel::updateFooter);
    connect(m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_isRearranging = true; });
    connect(m_model, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] { m_isRearranging = true; });
    // After the model, which connected first: its rows are the library's again.
    connect(&library, &MachineLibrary::changed, this, &MachineListPanel::follow);
    follow();
}

void MachineListPanel::follow()
{
    m_isRearranging = false;
    const std::vector<LibraryEntry>& entries = m_library.entries();
    if (m_model->rowOf(m_selected) < 0 && !entries.empty()) {
        // The neighbour that the list moved to, or the first.
        const QModelIndex current = m_list->currentIndex();
        m_selected = current.isValid() ? current.data().toString() : entries.front().name;
        showSelection();
        Q_EMIT machineSelected();
    } else {
        showSelection();
    }
    updateFooter();
    m_settle.start();
}

void MachineListPanel::select(const QString& machine)
{
    if (machine.isEmpty() || machine == m_selected) {
        return;
    }
    m_selected = machine;
    if (m_model->rowOf(machine) >= 0
        && !m_filter->mapFromSource(m_model->index(m_model->rowOf(machine))).isValid()) {
        m_filterField->clear(); // what somebody asked for must be seen
    }
    showSelection();
    Q_EMIT machineSelected();
}

std::optional<LibraryEntry> MachineListPanel::selectedEntry() const
{
    const int row = m_model->rowOf(m_selected);
    return row < 0 ? std::nullopt : std::optional(m_model->entry(row));
}

void MachineListPanel::setThumbnail(const QString& machine, const QImage& thumbnail)
{
    m_model->setThumbnail(machine, thumbnail);
}

void MachineListPanel::takeCurrent(const QModelIndex& index)
{
    if (m_isRearranging || !index.isValid() || index.data().toString() == m_selected) {
        return;
    }
    m_selected = index.data().toString();
    Q_EMIT machineSelected();
}

void MachineListPanel::showSelection()
{
    const int row = m_model->rowOf(m_selected);
    const QModelIndex index = row < 0 ? QModelIndex() : m_filter->mapFromSource(m_model->index(row));
    if (index.isValid()) {
        m_list->setCurrentIndex(index);
        m_list->scrollTo(index);
    } else {
        m_list->selectionModel()->clear();
    }
}

void MachineListPanel::setFilter(const QString& text)
{
    m_isRearranging = true;
    m_filter->setFilterFixedString(text);
    m_isRearranging = false;
    showSelection();
    if (!m_list->currentIndex().isValid()) {
        m_list->scrollToTop();
    }
    m_noMatch->setVisible(m_filter->rowCount() == 0 && m_model->rowCount() > 0);
}

void MachineListPanel::updateFooter()
{
    const bool anyRuns = std::ranges::any_of(m_library.entries(),
        [](const LibraryEntry& entry) { return entry.session != nullptr && isUp(entry.session->state()); });
    const QString hint = tr("Drop an ISO here for a new machine.");
    const QString text =
        anyRuns ? hint + QLatin1Char('\n') + tr("Machines go on running when this window is closed.") : hint;
    if (m_footer->text() != text) {
        m_footer->setText(text);
    }
}

void MachineListPanel::tellVisible()
{
    QList<MachineSession*> sessions;
    const QRect area = m_list->viewport()->rect();
    for (QModelIndex index = m_list->indexAt(area.topLeft() + QPoint(1, 1)); index.isValid();
        index = index.siblingAtRow(index.row() + 1)) {
        if (!m_list->visualRect(index).intersects(area)) {
            break;
        }
        if (MachineSession* session = m_model->entry(m_filter->mapToSource(index).row()).session) {
            sessions.append(session);
        }
    }
    Q_EMIT visibleMachinesChanged(sessions);
}

bool MachineListPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_filterField && event->type() == QEvent::KeyPress) {
        const int key = static_cast<const QKeyEvent*>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            m_list->setFocus(Qt::OtherFocusReason);
            if (!m_list->currentIndex().isValid() && m_filter->rowCount() > 0) {
                m_list->setCurrentIndex(m_filter->index(0, 0));
            }
            return true;
        }
        if (key == Qt::Key_Escape) {
            m_filterField->clear();
            m_list->setFocus(Qt::OtherFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void MachineListPanel::dragEnterEvent(QDragEnterEvent* event)
{
    takeIso(event);
}

void MachineListPanel::dropEvent(QDropEvent* event)
{
    if (const QString iso = takeIso(event); !iso.isEmpty()) {
        Q_EMIT isoDropped(iso);
    }
}

} // namespace platter
