// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/disk_choice/host_disk_dialog.h"

#include "ui/note_label.h"

#include <QCheckBox>
#include <QCoroFuture>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

constexpr QSize usualSize(760, 420);

enum Column { Name, Device, Size, Reason };

} // namespace

HostDiskDialog::HostDiskDialog(const QString& machine, QWidget* parent, const DeviceRoots& roots)
    : QDialog(parent)
{
    setObjectName(QStringLiteral("hostDisk"));
    setWindowTitle(tr("Give a disk of this computer to %1").arg(machine));
    m_list = new QTreeWidget;
    m_list->setObjectName(QStringLiteral("hostDisks"));
    m_list->setAccessibleName(tr("Disks and partitions of this computer"));
    m_list->setHeaderLabels({tr("Disk"), tr("Device"), tr("Size"), tr("Can it be used?")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->header()->setStretchLastSection(true);
    m_readOnly = new QCheckBox(tr("The guest can only &read it"));
    m_readOnly->setObjectName(QStringLiteral("hostDiskReadOnly"));
    m_note = new NoteLabel(tr("Looking at the disks…"));
    m_note->setObjectName(QStringLiteral("hostDiskNote"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_add = buttons->addButton(tr("Give it to the machine"), QDialogButtonBox::AcceptRole);
    m_add->setObjectName(QStringLiteral("addHostDisk"));
    m_add->setEnabled(false);

    auto* column = new QVBoxLayout(this);
    column->addWidget(m_list, 1);
    column->addWidget(m_note);
    column->addWidget(m_readOnly);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &HostDiskDialog::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &HostDiskDialog::follow);
    resize(usualSize);
    QCoro::connect(QtConcurrent::run([roots] { return hostDevices(roots); }), this, &HostDiskDialog::fill);
}

void HostDiskDialog::fill(const std::vector<HostDeviceEntry>& disks)
{
    m_disks = disks;
    QTreeWidgetItem* usable = nullptr;
    for (const HostDeviceEntry& disk : m_disks) {
        auto* item = new QTreeWidgetItem(m_list,
            {QFileInfo(disk.path).fileName(), disk.node, disk.size.toString(),
                disk.obstacle ? disk.obstacle->summary : tr("Yes")});
        item->setToolTip(Reason, disk.obstacle ? disk.obstacle->text() : disk.path);
        if (disk.obstacle) { // to be selected all the same, for what it says
            for (int column = 0; column < m_list->columnCount(); ++column) {
                item->setForeground(column, palette().brush(QPalette::Disabled, QPalette::Text));
            }
        } else if (usable == nullptr) {
            usable = item;
        }
    }
    for (int column = 0; column < Reason; ++column) {
        m_list->resizeColumnToContents(column);
    }
    m_list->setCurrentItem(usable != nullptr ? usable : m_list->topLevelItem(0));
    follow();
}

const HostDeviceEntry* HostDiskDialog::current() const
{
    const int row = m_list->indexOfTopLevelItem(m_list->currentItem());
    return row >= 0 ? &m_disks.at(static_cast<std::size_t>(row)) : nullptr;
}

void HostDiskDialog::follow()
{
    const HostDeviceEntry* disk = current();
    m_add->setEnabled(disk != nullptr && !disk->obstacle);
    m_note->setShade(disk != nullptr && disk->obstacle ? NoteLabel::Shade::Error : NoteLabel::Shade::Quiet);
    m_note->setText(disk == nullptr
            ? tr("No disk of this computer has a stable name (/dev/disk/by-id): there is none "
                 "to give away.")
            : disk->obstacle
            ? disk->obstacle->text()
            : tr("The machine has %1 for itself alone while it runs: whatever is on it may be changed.")
                  .arg(disk->path));
}

void HostDiskDialog::choose()
{
    if (const HostDeviceEntry* disk = current(); disk != nullptr && !disk->obstacle) {
        Q_EMIT chosen(
            {.source = HostDevice{disk->path}, .format = DiskFormat::Raw, .isReadOnly = m_readOnly->isChecked()});
        accept();
    }
}

} // namespace platter
