// SPDX-License-Identifier: GPL-3.0-or-later
// The machines of the library as a list model: one row each, broken ones with their reason. It keeps the rows that
// stay when the library changes, so that selection and scroll position survive. GUI thread; owned by the main
// window.
#pragma once

#include "core/live/machine_library.h"

#include <QAbstractListModel>
#include <QHash>
#include <QImage>

namespace platter {

// The icon that goes with a state's words.
QString stateIconName(MachineState state);

class MachineListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        NameRole = Qt::DisplayRole,
        StateTextRole = Qt::UserRole, // "Running", "Cannot be read"
        StateIconRole, // an icon's name
        ThumbnailRole, // QImage; null: none
        IsUpRole,
        IsBrokenRole,
    };

    explicit MachineListModel(MachineLibrary& library, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    const LibraryEntry& entry(int row) const { return m_entries[static_cast<std::size_t>(row)]; }

    int rowOf(const QString& name) const; // -1: absent
    void setThumbnail(const QString& name, const QImage& image);

private:
    void follow(); // the library is another list
    void watch(MachineSession* session);
    void refresh(const MachineSession* session);
    QString stateText(const LibraryEntry& entry) const;

    MachineLibrary& m_library;
    std::vector<LibraryEntry> m_entries;
    QHash<QString, QImage> m_thumbnails;
};

} // namespace platter
