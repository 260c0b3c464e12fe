// SPDX-License-Identifier: GPL-3.0-or-later
// A boot order that is being edited, as a table: what is tried, first to last, then what is off. Rows are moved by
// dragging and switched by their boxes; names of entries are edited in place. GUI thread; owned by the editor.
#pragma once

#include "core/boot/boot_check.h"

#include <QAbstractTableModel>

#include <map>

namespace platter {

class BootModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Order, What, Where, Remark, columns };

    explicit BootModel(QObject* parent = nullptr);

    // FINDINGS are for ORDER's entries.
    void setOrder(const BootOrder& order, const std::vector<BootFinding>& findings, const Definition& definition);
    // Whether these are the ones that it has.
    bool hasFindings(const std::vector<BootFinding>& findings) const;
    void setReadOnly(bool isReadOnly);

    const BootOrder& draft() const { return m_draft; }

    // Changes the draft; the rows are other ones then.
    void edit(const std::function<void(BootOrder& draft)>& change);

    const BootEntry* entryAt(const QModelIndex& index) const; // null: there is none
    const BootFinding& findingOf(const BootEntry& entry) const;
    QString nameOf(const BootEntry& entry) const; // in one line
    int rowOf(std::uint16_t number) const; // -1: none

    // To be the one before ROW of the rows as they are. A row among those that are off is switched off.
    void move(std::uint16_t number, int row);
    int tried() const; // rows

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }

    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;
    bool dropMimeData(
        const QMimeData* data, Qt::DropAction action, int row, int column, const QModelIndex& parent) override;

Q_SIGNALS:
    void edited(std::uint16_t number); // by a drag, a box or a new name; the rows are other ones

private:
    QString text(const BootEntry& entry, int row, int column) const;
    QString remark(const BootEntry& entry) const;

    BootOrder m_draft;
    std::map<std::uint16_t, BootFinding> m_findings; // by number
    Definition m_definition;
    bool m_isReadOnly = true;
};

} // namespace platter
