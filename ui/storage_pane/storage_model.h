// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's storage as rows: each controller, its drives, and its empty slots, which are one row until that is
// unfolded. Follows the definition, what is known of the images, what goes between drives and guest, and how
// full the guest says that they are. GUI thread; owned by the pane.
#pragma once

#include "core/live/guest_space.h"
#include "ui/storage_pane/drive_card.h"

#include <QAbstractListModel>

#include <map>
#include <set>

namespace platter {

struct StorageRow {
    enum class Kind {
        Controller,
        Drive,
        EmptySlots, // how many there are; folds and unfolds them
        Slot, // an empty one
        AddController,
    };

    Kind kind = Kind::Controller;
    int controller = 0;
    int target = 0; // of a drive or a slot

    SlotId slot() const { return {controller, target}; }

    friend bool operator==(const StorageRow&, const StorageRow&) = default;
};

class StorageModel : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr int SlotRole = Qt::UserRole; // "0:3"; of drives and empty slots

    StorageModel(const ImageWatch& images, const DriveTraffic& traffic, const GuestSpaceWatch& spaces,
        QObject* parent = nullptr);

    // Nothing: there is no machine. SIZES: of its disks while it runs.
    void setDefinition(const std::optional<Definition>& definition, const std::map<SlotId, ByteCount>& sizes = {});
    void setUnfolded(int controller, bool unfolded);
    void toggle(int controller);

    bool isUnfolded(int controller) const { return m_unfolded.contains(controller); }

    // Shows a row for one controller more, where one more is possible.
    void setAdding(bool adding);

    StorageRow rowAt(const QModelIndex& index) const;
    const Drive* driveAt(const QModelIndex& index) const; // null: none
    const DriveCard* cardAt(const QModelIndex& index) const; // null: no drive
    QModelIndex indexOf(const StorageRow& row) const;
    QModelIndex indexOfDrive(SlotId slot) const;
    int used(int controller) const; // slots
    std::optional<SlotId> firstEmpty(int controller) const;
    bool isRemovable(int controller) const; // the last, empty, not the only one

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    std::vector<StorageRow> rowsNow() const;
    std::vector<StorageRow> emptySlots(int controller) const;
    QString titleOf(const StorageRow& row) const;
    void makeCards();
    void makeCard(const Drive& drive);
    void showImages(const QStringList& files);
    void showRates();
    void showSpaces();
    void tellAll(); // that every row may have changed

    const ImageWatch& m_images;
    const DriveTraffic& m_traffic;
    const GuestSpaceWatch& m_spaces;
    std::optional<Definition> m_definition;
    std::map<SlotId, ByteCount> m_sizes;
    std::vector<StorageRow> m_rows;
    std::map<SlotId, DriveCard> m_cards;
    std::set<int> m_unfolded; // controllers
    bool m_adding = false;
};

} // namespace platter
