// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/boot_editor/boot_model.h"

#include "ui/icons.h"
#include "ui/shades.h"

#include <QGuiApplication>
#include <QMimeData>

#include <algorithm>

namespace platter {

namespace {

using Verdict = BootFinding::Verdict;

const QString mimeType = QStringLiteral("application/x-platter-boot-entry");

} // namespace

BootModel::BootModel(QObject* parent)
    : QAbstractTableModel(parent)
{
}

void BootModel::setOrder(
    const BootOrder& order, const std::vector<BootFinding>& findings, const Definition& definition)
{
    beginResetModel();
    m_draft = order;
    m_definition = definition;
    m_findings.clear();
    for (std::size_t i = 0; i < findings.size(); ++i) {
        m_findings.emplace(order.entries()[i].number, findings[i]);
    }
    endResetModel();
}

bool BootModel::hasFindings(const std::vector<BootFinding>& findings) const
{
    const std::vector<BootEntry>& entries = m_draft.entries();
    return findings.size() == entries.size()
        && std::ranges::equal(entries, findings, {}, [this](const BootEntry& entry) { return findingOf(entry); });
}

void BootModel::setReadOnly(bool isReadOnly)
{
    if (m_isReadOnly != isReadOnly) {
        beginResetModel();
        m_isReadOnly = isReadOnly;
        endResetModel();
    }
}

void BootModel::edit(const std::function<void(BootOrder& draft)>& change)
{
    beginResetModel();
    change(m_draft);
    endResetModel();
}

const BootEntry* BootModel::entryAt(const QModelIndex& index) const
{
    const auto row = std::size_t(index.row());
    return index.isValid() && row < m_draft.entries().size() ? &m_draft.entries()[row] : nullptr;
}

const BootFinding& BootModel::findingOf(const BootEntry& entry) const
{
    // One that was added for a loader that is there.
    static const BootFinding added{
        Verdict::Starts, {}, tr("It was added just now, for a boot loader that is there."), {}};
    const auto found = m_findings.find(entry.number);
    return found == m_findings.end() ? added : found->second;
}

QString BootModel::nameOf(const BootEntry& entry) const
{
    return entry.device() ? wordsFor(entry, findingOf(entry), m_definition).what : entry.option.description;
}

int BootModel::rowOf(std::uint16_t number) const
{
    const auto found = std::ranges::find(m_draft.entries(), number, &BootEntry::number);
    return found == m_draft.entries().end() ? -1 : int(found - m_draft.entries().begin());
}

int BootModel::tried() const
{
    return int(std::ranges::count_if(m_draft.entries(), &BootEntry::isOn));
}

void BootModel::move(std::uint16_t number, int row)
{
    const int from = rowOf(number);
    const int on = tried();
    if (from < 0) {
        return;
    }
    if (row > on || (row == on && from >= on)) {
        edit([number](BootOrder& draft) { draft.setOn(number, false); });
        return;
    }
    std::vector<std::uint16_t> numbers;
    for (int i = 0; i < on; ++i) {
        if (i == row) {
            numbers.push_back(number);
        }
        const std::uint16_t other = m_draft.entries()[std::size_t(i)].number;
        if (other != number) {
            numbers.push_back(other);
        }
    }
    if (row == on) {
        numbers.push_back(number);
    }
    edit([&numbers](BootOrder& draft) { draft.setOrder(numbers); });
}

// --- the table --------------------------------------------------------------------------------------------------

int BootModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_draft.entries().size());
}

int BootModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : columns;
}

QString BootModel::remark(const BootEntry& entry) const
{
    QStringList remarks;
    if (m_draft.next() == entry.number) {
        remarks << tr("next start, once");
    }
    switch (findingOf(entry).verdict) {
    case Verdict::Starts:
        break;
    case Verdict::Fails:
        remarks << tr("will not start");
        break;
    case Verdict::Gone:
        remarks << tr("gone");
        break;
    case Verdict::Unknown:
        remarks << tr("not known");
        break;
    }
    return remarks.join(QStringLiteral(", "));
}

QString BootModel::text(const BootEntry& entry, int row, int column) const
{
    const BootWords words = wordsFor(entry, findingOf(entry), m_definition);
    switch (column) {
    case Order:
        return entry.isOn ? QString::number(row + 1) : tr("off");
    case What:
        return words.what;
    case Where:
        return words.where;
    case Remark:
        return remark(entry);
    default:
        return {};
    }
}

QVariant BootModel::data(const QModelIndex& index, int role) const
{
    const BootEntry* entry = entryAt(index);
    if (entry == nullptr) {
        return {};
    }
    const BootFinding& finding = findingOf(*entry);
    switch (role) {
    case Qt::DisplayRole:
        return text(*entry, index.row(), index.column());
    case Qt::EditRole:
        return index.column() == What ? entry->option.description : QVariant();
    case Qt::CheckStateRole:
        return index.column() == Order ? QVariant(entry->isOn ? Qt::Checked : Qt::Unchecked) : QVariant();
    case Qt::DecorationRole:
        return index.column() == Remark && finding.verdict == Verdict::Gone
            ? QVariant(symbolicIcon(QStringLiteral("dialog-warning")))
            : QVariant();
    case Qt::ForegroundRole:
        return entry->isOn ? QVariant() : QVariant(quietText(QGuiApplication::palette(), QPalette::Base));
    case Qt::ToolTipRole:
        return QStringLiteral("%1 %2").arg(finding.sentence, finding.advice).trimmed();
    case Qt::AccessibleTextRole: {
        if (index.column() != Order) {
            return text(*entry, index.row(), index.column());
        }
        return entry->isOn ? tr("Tried as number %1").arg(index.row() + 1) : tr("Not tried");
    }
    default:
        return {};
    }
}

bool BootModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const BootEntry* entry = entryAt(index);
    if (entry == nullptr || m_isReadOnly) {
        return false;
    }
    const std::uint16_t number = entry->number;
    if (role == Qt::CheckStateRole && index.column() == Order) {
        const bool isOn = value.toInt() == Qt::Checked;
        edit([=](BootOrder& draft) { draft.setOn(number, isOn); });
    } else if (role == Qt::EditRole && index.column() == What && !entry->device()) {
        const QString name = value.toString().trimmed();
        if (name.isEmpty() || name == entry->option.description) {
            return false;
        }
        m_draft.rename(number, name); // no other row, so that the view can close its field in peace
        Q_EMIT dataChanged(index, index);
    } else {
        return false;
    }
    Q_EMIT edited(number);
    return true;
}

QVariant BootModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Order:
        return tr("Order");
    case What:
        return tr("What boots");
    case Where:
        return tr("Where");
    case Remark:
        return tr("Remark");
    default:
        return {};
    }
}

Qt::ItemFlags BootModel::flags(const QModelIndex& index) const
{
    const BootEntry* entry = entryAt(index);
    if (entry == nullptr) {
        return m_isReadOnly ? Qt::NoItemFlags : Qt::ItemIsDropEnabled; // between the rows
    }
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    if (!m_isReadOnly) {
        flags |= Qt::ItemIsDragEnabled;
        if (index.column() == Order) {
            flags |= Qt::ItemIsUserCheckable;
        }
        if (index.column() == What && !entry->device()) {
            flags |= Qt::ItemIsEditable;
        }
    }
    return flags;
}

QStringList BootModel::mimeTypes() const
{
    return {mimeType};
}

QMimeData* BootModel::mimeData(const QModelIndexList& indexes) const
{
    const BootEntry* entry = indexes.isEmpty() ? nullptr : entryAt(indexes.first());
    if (entry == nullptr) {
        return nullptr;
    }
    auto* data = new QMimeData;
    data->setData(mimeType, QByteArray::number(entry->number));
    return data;
}

bool BootModel::dropMimeData(
    const QMimeData* data, Qt::DropAction action, int row, int /*column*/, const QModelIndex& parent)
{
    bool isNumber = false;
    const uint number = data->data(mimeType).toUInt(&isNumber);
    if (!isNumber || action != Qt::MoveAction || m_isReadOnly) {
        return false;
    }
    move(std::uint16_t(number), row >= 0 ? row : parent.isValid() ? parent.row() : rowCount());
    Q_EMIT edited(std::uint16_t(number));
    return false; // the row has been moved: nothing is left to remove
}

} // namespace platter
