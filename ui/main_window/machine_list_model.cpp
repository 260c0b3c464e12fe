// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_list_model.h"

#include <algorithm>

namespace platter {

QString stateIconName(MachineState state)
{
    switch (state) {
    case MachineState::Off:
        return QStringLiteral("media-playback-stop");
    case MachineState::Starting:
    case MachineState::ShuttingDown:
        return QStringLiteral("process-working");
    case MachineState::Running:
        return QStringLiteral("media-playback-start");
    case MachineState::Paused:
        return QStringLiteral("media-playback-pause");
    case MachineState::Crashed:
    case MachineState::IoError:
    case MachineState::InternalError:
    case MachineState::GuestPanicked:
        break;
    }
    return QStringLiteral("dialog-warning");
}

MachineListModel::MachineListModel(MachineLibrary& library, QObject* parent)
    : QAbstractListModel(parent)
    , m_library(library)
{
    connect(&library, &MachineLibrary::changed, this, &MachineListModel::follow);
    m_entries = library.entries();
    for (const LibraryEntry& entry : m_entries) {
        watch(entry.session);
    }
}

int MachineListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QString MachineListModel::stateText(const LibraryEntry& entry) const
{
    if (entry.session != nullptr) {
        return displayName(entry.session->state());
    }
    return entry.isGone ? tr("Gone") : tr("Cannot be read");
}

QVariant MachineListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const LibraryEntry& machine = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return machine.name;
    case Qt::ToolTipRole:
        return machine.error ? machine.error->text() : machine.name;
    case Qt::AccessibleTextRole:
        return tr("%1, %2", "a machine's name and its state").arg(machine.name, stateText(machine));
    case Qt::AccessibleDescriptionRole:
        return machine.error ? machine.error->text() : QString();
    case StateTextRole:
        return stateText(machine);
    case StateIconRole:
        return machine.session != nullptr ? stateIconName(machine.session->state())
                                          : QStringLiteral("dialog-warning");
    case ThumbnailRole:
        return m_thumbnails.value(machine.name);
    case IsUpRole:
        return machine.session != nullptr && isUp(machine.session->state());
    case IsBrokenRole:
        return machine.session == nullptr;
    default:
        return {};
    }
}

int MachineListModel::rowOf(const QString& name) const
{
    const auto at = std::ranges::find(m_entries, name, &LibraryEntry::name);
    return at == m_entries.end() ? -1 : static_cast<int>(at - m_entries.begin());
}

void MachineListModel::setThumbnail(const QString& name, const QImage& image)
{
    const int row = rowOf(name);
    if (row < 0 || (image.isNull() && !m_thumbnails.contains(name))) {
        return;
    }
    if (image.isNull()) {
        m_thumbnails.remove(name);
    } else {
        m_thumbnails.insert(name, image);
    }
    Q_EMIT dataChanged(index(row), index(row), {ThumbnailRole});
}

void MachineListModel::watch(MachineSession* session)
{
    if (session == nullptr) {
        return;
    }
    connect(session, &MachineSession::stateChanged, this, [this, session] { refresh(session); });
    connect(session, &MachineSession::definitionChanged, this, [this, session] { refresh(session); });
}

void MachineListModel::refresh(const MachineSession* session)
{
    const auto at = std::ranges::find(m_entries, session, &LibraryEntry::session);
    if (at == m_entries.end()) {
        return;
    }
    if (!isUp(session->state())) {
        m_thumbnails.remove(at->name);
    }
    const QModelIndex changed = index(static_cast<int>(at - m_entries.begin()));
    Q_EMIT dataChanged(changed, changed);
}

// Both lists are sorted alike, so removing what went and inserting what came gives the new one.
void MachineListModel::follow()
{
    const std::vector<LibraryEntry>& now = m_library.entries();
    const auto isIn = [](const std::vector<LibraryEntry>& list, const QString& name) {
        return std::ranges::find(list, name, &LibraryEntry::name) != list.end();
    };
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (!isIn(now, entry(row).name)) {
            beginRemoveRows({}, row, row);
            m_thumbnails.remove(entry(row).name);
            m_entries.erase(m_entries.begin() + row);
            endRemoveRows();
        }
    }
    for (int row = 0; row < static_cast<int>(now.size()); ++row) {
        const LibraryEntry& incoming = now[static_cast<std::size_t>(row)];
        if (row < rowCount() && entry(row).name == incoming.name) {
            LibraryEntry& kept = m_entries[static_cast<std::size_t>(row)];
            if (kept.session != incoming.session) {
                watch(incoming.session);
            }
            kept = incoming;
            Q_EMIT dataChanged(index(row), index(row));
        } else if (const int old = rowOf(incoming.name); old > row) {
            // Sorted differently after all (another locale): move it.
            beginMoveRows({}, old, old, {}, row);
            std::rotate(m_entries.begin() + row, m_entries.begin() + old, m_entries.begin() + old + 1);
            endMoveRows();
            --row;
        } else {
            beginInsertRows({}, row, row);
            m_entries.insert(m_entries.begin() + row, incoming);
            endInsertRows();
            watch(incoming.session);
        }
    }
}

} // namespace platter
