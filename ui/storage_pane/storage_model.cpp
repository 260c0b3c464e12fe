// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_model.h"

#include <QDir>

#include <algorithm>

namespace platter {

using Kind = StorageRow::Kind;

StorageModel::StorageModel(
    const ImageWatch& images, const DriveTraffic& traffic, const GuestSpaceWatch& spaces, QObject* parent)
    : QAbstractListModel(parent)
    , m_images(images)
    , m_traffic(traffic)
    , m_spaces(spaces)
{
    connect(&images, &ImageWatch::changed, this, &StorageModel::showImages);
    connect(&traffic, &DriveTraffic::changed, this, &StorageModel::showRates);
    connect(&spaces, &GuestSpaceWatch::changed, this, &StorageModel::showSpaces);
}

void StorageModel::setDefinition(
    const std::optional<Definition>& definition, const std::map<SlotId, ByteCount>& sizes)
{
    m_sizes = sizes;
    const bool isSame = m_definition && definition && m_definition->id == definition->id;
    m_definition = definition;
    if (!isSame) {
        m_unfolded.clear();
    }
    std::vector<StorageRow> rows = rowsNow();
    if (rows == m_rows) {
        makeCards();
        tellAll();
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    makeCards();
    endResetModel();
}

void StorageModel::setUnfolded(int controller, bool unfolded)
{
    const QModelIndex at = indexOf({Kind::EmptySlots, controller});
    if (!at.isValid() || unfolded == isUnfolded(controller)) {
        return;
    }
    const std::vector<StorageRow> slots = emptySlots(controller);
    const int first = at.row() + 1;
    const int last = at.row() + static_cast<int>(slots.size());
    if (unfolded) {
        beginInsertRows({}, first, last);
        m_unfolded.insert(controller);
        m_rows.insert(m_rows.begin() + first, slots.begin(), slots.end());
        endInsertRows();
    } else {
        beginRemoveRows({}, first, last);
        m_unfolded.erase(controller);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        endRemoveRows();
    }
    Q_EMIT dataChanged(at, at);
}

void StorageModel::toggle(int controller)
{
    setUnfolded(controller, !isUnfolded(controller));
}

void StorageModel::setAdding(bool adding)
{
    beginResetModel();
    m_adding = adding;
    m_rows = rowsNow();
    endResetModel();
}

std::vector<StorageRow> StorageModel::emptySlots(int controller) const
{
    std::vector<StorageRow> slots;
    for (int target = 0; target < slotsPerController; ++target) {
        if (m_definition->driveAt({controller, target}) == nullptr) {
            slots.push_back({Kind::Slot, controller, target});
        }
    }
    return slots;
}

std::vector<StorageRow> StorageModel::rowsNow() const
{
    std::vector<StorageRow> rows;
    if (!m_definition) {
        return rows;
    }
    for (int controller = 0; controller < m_definition->controllers; ++controller) {
        rows.push_back({Kind::Controller, controller});
        for (const Drive& drive : m_definition->drives) {
            if (drive.slot.controller == controller) {
                rows.push_back({Kind::Drive, controller, drive.slot.target});
            }
        }
        const std::vector<StorageRow> slots = emptySlots(controller);
        if (!slots.empty()) {
            rows.push_back({Kind::EmptySlots, controller});
        }
        if (isUnfolded(controller)) {
            rows.insert(rows.end(), slots.begin(), slots.end());
        }
    }
    if (m_adding && m_definition->controllers < maxControllers) {
        rows.push_back({Kind::AddController, m_definition->controllers});
    }
    return rows;
}

void StorageModel::makeCards()
{
    m_cards.clear();
    if (m_definition) {
        for (const Drive& drive : m_definition->drives) {
            makeCard(drive);
        }
    }
}

void StorageModel::makeCard(const Drive& drive)
{
    const auto size = m_sizes.find(drive.slot);
    DriveCard card = cardOf(drive, m_images.find(drive.where()), bootPlaceOf(*m_definition, drive.slot),
        size != m_sizes.end() ? std::optional(size->second) : std::nullopt);
    setRate(card, m_traffic.rateAt(drive.slot));
    if (m_spaces.spaces()) {
        setSpaces(card, drive.slot, *m_spaces.spaces());
    }
    m_cards[drive.slot] = std::move(card);
}

void StorageModel::showImages(const QStringList& files)
{
    if (!m_definition) {
        return;
    }
    QModelIndex first;
    QModelIndex last;
    for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
        const Drive* drive = driveAt(index(row));
        if (drive != nullptr && files.contains(drive->where())) {
            makeCard(*drive);
            first = first.isValid() ? first : index(row);
            last = index(row);
        }
    }
    if (first.isValid()) {
        Q_EMIT dataChanged(first, last);
    }
}

void StorageModel::showRates()
{
    if (!m_definition) {
        return;
    }
    for (auto& [slot, card] : m_cards) {
        setRate(card, m_traffic.rateAt(slot));
    }
    tellAll();
}

void StorageModel::showSpaces()
{
    makeCards();
    tellAll();
}

void StorageModel::tellAll()
{
    if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    }
}

StorageRow StorageModel::rowAt(const QModelIndex& index) const
{
    return m_rows.at(static_cast<std::size_t>(index.row()));
}

const Drive* StorageModel::driveAt(const QModelIndex& index) const
{
    if (!index.isValid() || !m_definition || rowAt(index).kind != Kind::Drive) {
        return nullptr;
    }
    return m_definition->driveAt(rowAt(index).slot());
}

const DriveCard* StorageModel::cardAt(const QModelIndex& index) const
{
    if (!index.isValid() || rowAt(index).kind != Kind::Drive) {
        return nullptr;
    }
    const auto card = m_cards.find(rowAt(index).slot());
    return card == m_cards.end() ? nullptr : &card->second;
}

QModelIndex StorageModel::indexOf(const StorageRow& row) const
{
    const auto found = std::ranges::find(m_rows, row);
    return found == m_rows.end() ? QModelIndex() : index(static_cast<int>(found - m_rows.begin()));
}

QModelIndex StorageModel::indexOfDrive(SlotId slot) const
{
    return indexOf({Kind::Drive, slot.controller, slot.target});
}

int StorageModel::used(int controller) const
{
    return m_definition ? static_cast<int>(std::ranges::count_if(m_definition->drives,
                              [&](const Drive& drive) { return drive.slot.controller == controller; }))
                        : 0;
}

std::optional<SlotId> StorageModel::firstEmpty(int controller) const
{
    const std::vector<StorageRow> slots = m_definition ? emptySlots(controller) : std::vector<StorageRow>();
    return slots.empty() ? std::nullopt : std::optional(slots.front().slot());
}

int StorageModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QString StorageModel::titleOf(const StorageRow& row) const
{
    switch (row.kind) {
    case Kind::Controller:
        return tr("SCSI controller %1: %2 of %3 slots")
            .arg(row.controller)
            .arg(used(row.controller))
            .arg(slotsPerController);
    case Kind::Drive:
        return m_cards.at(row.slot()).slot + QLatin1Char(' ') + m_cards.at(row.slot()).title;
    case Kind::EmptySlots: {
        const int count = slotsPerController - used(row.controller);
        return count == 1 ? tr("1 empty slot") : tr("%1 empty slots").arg(count);
    }
    case Kind::Slot:
        return row.slot().toString();
    case Kind::AddController:
        return tr("%1 of %2 controllers").arg(row.controller).arg(maxControllers);
    }
    Q_UNREACHABLE_RETURN({});
}

bool StorageModel::isRemovable(int controller) const
{
    return m_definition && controller > 0 && controller == m_definition->controllers - 1 && used(controller) == 0;
}

QVariant StorageModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const StorageRow row = rowAt(index);
    switch (role) {
    case Qt::DisplayRole:
        return titleOf(row);
    case SlotRole:
        return row.kind == Kind::Drive || row.kind == Kind::Slot ? row.slot().toString() : QVariant();
    case Qt::ToolTipRole:
        if (const Drive* drive = driveAt(index)) {
            const DriveCard& card = m_cards.at(drive->slot);
            const QString file = QDir::toNativeSeparators(drive->where());
            return card.isFaulty ? file + QLatin1Char('\n') + card.note : file;
        }
        return {};
    case Qt::AccessibleTextRole:
        switch (row.kind) {
        case Kind::Drive:
            return m_cards.at(row.slot()).spoken();
        case Kind::EmptySlots:
            return isUnfolded(row.controller)
                ? tr("%1 of controller %2, shown; Return hides them").arg(titleOf(row)).arg(row.controller)
                : tr("%1 of controller %2; Return shows them").arg(titleOf(row)).arg(row.controller);
        case Kind::Slot:
            return tr("Empty slot %1").arg(titleOf(row));
        case Kind::Controller:
        case Kind::AddController:
            return titleOf(row);
        }
        return {};
    default:
        return {};
    }
}

Qt::ItemFlags StorageModel::flags(const QModelIndex& index) const
{
    if (!index.isValid()) {
        return {};
    }
    const Qt::ItemFlags usual = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    return rowAt(index).kind == Kind::Drive ? usual | Qt::ItemIsDragEnabled : usual;
}

} // namespace platter
