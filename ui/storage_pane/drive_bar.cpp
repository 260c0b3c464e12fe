// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/drive_bar.h"

#include "ui/icons.h"
#include "ui/main_window/machine_actions.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

namespace platter {

namespace {

using Reason = std::optional<QString>;

Reason first(std::initializer_list<Reason> reasons)
{
    for (const Reason& reason : reasons) {
        if (reason) {
            return reason;
        }
    }
    return std::nullopt;
}

void setUp(QPushButton* button, const Reason& reason)
{
    button->setEnabled(!reason);
    button->setToolTip(reason.value_or(QString()));
    button->setAccessibleDescription(reason.value_or(QString()));
}

} // namespace

DriveBar::DriveBar(MachineActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
{
    m_edit = add("editDisk", QStringLiteral("drive-harddisk"), tr("Edit Disk…"), &DriveBar::edit);
    m_compact = add("compactDisk", QStringLiteral("drive-harddisk"), tr("Compact…"), &DriveBar::compact);
    m_insert = add("insertIntoDrive", QStringLiteral("media-insert"), tr("Insert ISO…"), &DriveBar::insert);
    m_eject = add("ejectFromDrive", QStringLiteral("media-eject"), tr("Eject"), &DriveBar::eject);
    m_remove = add("removeDrive", QStringLiteral("user-trash"), tr("Remove…"), &DriveBar::remove);
    m_reason = new QLabel;
    m_reason->setObjectName(QStringLiteral("driveReason"));
    m_reason->setTextFormat(Qt::PlainText);
    m_reason->setWordWrap(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : std::as_const(m_buttons)) {
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 12, 8);
    column->setSpacing(8);
    column->addWidget(m_reason);
    column->addLayout(buttons);
}

QPushButton* DriveBar::add(const char* name, const QString& icon, const QString& text, void (DriveBar::*run)())
{
    auto* button = new QPushButton(symbolicIcon(icon), text);
    button->setObjectName(QLatin1String(name));
    connect(button, &QPushButton::clicked, this, run);
    m_buttons << button;
    return button;
}

void DriveBar::fill(QMenu* menu) const
{
    menu->setToolTipsVisible(true); // they say why something cannot be done
    for (QPushButton* button : m_buttons) {
        QAction* action = menu->addAction(button->icon(), button->text(), button, &QPushButton::click);
        action->setEnabled(button->isEnabled());
        action->setToolTip(button->toolTip());
    }
}

void DriveBar::edit()
{
    if (const auto* disk = m_drive ? std::get_if<DiskDrive>(&m_drive->what) : nullptr) {
        Q_EMIT editDiskRequested(disk->file());
    }
}

void DriveBar::compact()
{
    if (const auto* disk = m_drive ? std::get_if<DiskDrive>(&m_drive->what) : nullptr) {
        Q_EMIT compactDiskRequested(disk->file());
    }
}

void DriveBar::insert()
{
    if (m_drive) {
        m_actions.chooseMedium(m_drive->slot);
    }
}

void DriveBar::eject()
{
    if (m_drive) {
        m_actions.setMedium(m_drive->slot, {});
    }
}

void DriveBar::remove()
{
    if (m_drive) {
        m_actions.askToRemoveDrive(m_drive->slot);
    }
}

void DriveBar::setDrive(const std::optional<Drive>& drive)
{
    m_drive = drive;
    const auto* disk = drive ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    const auto* dvd = drive ? std::get_if<DvdDrive>(&drive->what) : nullptr;
    const MachineSituation situation = m_actions.situation();
    Reason noDrive;
    Reason noDisk;
    Reason noMedium;
    Reason isEmpty;
    Reason noCompacting;
    if (!drive) {
        noDrive = tr("No drive is selected.");
    }
    if (dvd != nullptr) {
        noDisk = tr("A medium cannot be edited.");
        if (dvd->medium.isEmpty()) {
            isEmpty = tr("The drive has no medium.");
        }
    }
    if (disk != nullptr) {
        noMedium = tr("A disk has no medium to change.");
        if (drive->isOnNetwork()) {
            noDisk = tr("A disk on the network is edited with its server's own programs.");
        } else if (std::holds_alternative<HostDevice>(disk->source)) {
            noDisk = tr("A disk of this computer is passed through as it is.");
        }
        if (disk->format != DiskFormat::Vhdx) {
            noCompacting = tr("Only a VHDX can be compacted in place.");
        }
    }
    const Reason noInserting = obstacle(MachineAction::InsertMedium, situation);
    const Reason noRemoval = first({noDrive, obstacle(MachineAction::RemoveDrive, situation)});
    m_insert->setText(dvd != nullptr && !dvd->medium.isEmpty() ? tr("Change ISO…") : tr("Insert ISO…"));
    setUp(m_edit, first({noDrive, noDisk}));
    setUp(m_compact, first({noDrive, noDisk, noCompacting}));
    setUp(m_insert, first({noDrive, noMedium, noInserting}));
    setUp(m_eject, first({noDrive, noMedium, isEmpty, noInserting}));
    setUp(m_remove, noRemoval);
    setNote(drive && noRemoval ? *noRemoval : QString());
}

void DriveBar::setNote(const QString& note)
{
    m_reason->setText(note);
    m_reason->setVisible(!note.isEmpty());
}

} // namespace platter
