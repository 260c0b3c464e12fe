// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/storage_tab.h"

#include "ui/icons.h"
#include "ui/main_window/former_disk_notice.h"
#include "ui/main_window/machine_actions.h"

#include <QCoroFuture>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace platter {

namespace {

enum Column { SlotColumn, KindColumn, FileColumn, SizeColumn, HostColumn, TrimColumn, ColumnCount };

constexpr int slotRole = Qt::UserRole; // "0:3"
constexpr int fileRole = Qt::UserRole + 1;

// Rows with room to breathe, as a plain list has too little.
class RoomyDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(16, 12);
    }
};

QString fileOf(const Drive& drive)
{
    if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
        return disk->file;
    }
    return std::get<DvdDrive>(drive.what).medium;
}

} // namespace

StorageTab::StorageTab(MachineActions& actions, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
{
    setObjectName(QStringLiteral("storageTab"));
    m_list = new QTreeWidget;
    m_list->setObjectName(QStringLiteral("driveList"));
    m_list->setAccessibleName(tr("Drives"));
    m_list->setColumnCount(ColumnCount);
    m_list->setHeaderLabels({tr("Slot"), tr("Drive"), tr("File or medium"), tr("Size"), tr("On host"), tr("TRIM")});
    for (const int column : {SizeColumn, HostColumn, TrimColumn}) {
        m_list->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
    m_list->setUniformRowHeights(true);
    m_list->setItemsExpandable(false);
    m_list->setRootIsDecorated(false);
    m_list->setIndentation(16);
    m_list->setItemDelegate(new RoomyDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_list, &QWidget::customContextMenuRequested, this, &StorageTab::openMenu);
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(FileColumn, QHeaderView::Stretch);
    m_list->header()->setSectionsMovable(false);
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, &StorageTab::updateButtons);

    const auto button = [this](const char* name, const QString& icon, const QString& text, auto&& run) {
        auto* made = new QPushButton(symbolicIcon(icon), text);
        made->setObjectName(QLatin1String(name));
        connect(made, &QPushButton::clicked, this, run);
        // The same in the list's context menu, which keeps to what the button may do.
        auto* action = new QAction(symbolicIcon(icon), text, m_list);
        connect(action, &QAction::triggered, made, &QPushButton::click);
        m_list->addAction(action);
        return made;
    };
    m_edit = button("editDisk", QStringLiteral("drive-harddisk"), tr("Edit Disk…"), [this] {
        const Drive* drive = selectedDrive();
        if (drive != nullptr && std::holds_alternative<DiskDrive>(drive->what)) {
            Q_EMIT editDiskRequested(fileOf(*drive));
        }
    });
    m_compact = button("compactDisk", QStringLiteral("drive-harddisk"), tr("Compact…"), [this] {
        const Drive* drive = selectedDrive();
        if (drive != nullptr && std::holds_alternative<DiskDrive>(drive->what)) {
            Q_EMIT compactDiskRequested(fileOf(*drive));
        }
    });
    m_insert = button("insertIntoDrive", QStringLiteral("media-insert"), tr("Insert ISO…"), [this] {
        if (const Drive* drive = selectedDrive()) {
            m_actions.chooseMedium(drive->slot);
        }
    });
    m_eject = button("ejectFromDrive", QStringLiteral("media-eject"), tr("Eject"), [this] {
        if (const Drive* drive = selectedDrive()) {
            m_actions.setMedium(drive->slot, {});
        }
    });
    m_remove = button("removeDrive", QStringLiteral("user-trash"), tr("Remove…"), [this] {
        if (const Drive* drive = selectedDrive()) {
            m_actions.askToRemoveDrive(drive->slot);
        }
    });
    m_reason = new QLabel;
    m_reason->setObjectName(QStringLiteral("driveReason"));
    m_reason->setTextFormat(Qt::PlainText);
    m_reason->setWordWrap(true);

    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(16, 8, 16, 8);
    buttons->setSpacing(8);
    buttons->addWidget(m_edit);
    buttons->addWidget(m_compact);
    buttons->addWidget(m_insert);
    buttons->addWidget(m_eject);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    m_formerDisks = new QVBoxLayout;
    m_formerDisks->setSpacing(0);
    auto* remark = new QHBoxLayout;
    remark->setContentsMargins(16, 8, 16, 0);
    remark->addWidget(m_reason);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_list, 1);
    column->addLayout(m_formerDisks);
    column->addLayout(remark);
    column->addLayout(buttons);

    m_tick.setInterval(std::chrono::seconds(5));
    connect(&m_tick, &QTimer::timeout, this, &StorageTab::readFacts);
}

void StorageTab::openMenu(const QPoint& at)
{
    auto* menu = new QMenu(m_list);
    menu->setObjectName(QStringLiteral("driveMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true); // they say why something cannot be done
    menu->addActions(m_list->actions());
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

void StorageTab::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
    }
    m_session = session;
    if (session != nullptr) {
        connect(session, &MachineSession::definitionChanged, this, &StorageTab::fill);
        connect(session, &MachineSession::stateChanged, this, [this] {
            updateButtons();
            for (FormerDiskNotice* notice : std::as_const(m_notices)) {
                notice->refresh();
            }
        });
    }
    fill();
}

QTreeWidgetItem* StorageTab::addDrive(QTreeWidgetItem* controller, const Drive& drive)
{
    auto* item = new QTreeWidgetItem(controller);
    const QString file = fileOf(drive);
    item->setText(SlotColumn, drive.slot.toString());
    item->setData(SlotColumn, slotRole, drive.slot.toString());
    item->setData(SlotColumn, fileRole, file);
    const auto* disk = std::get_if<DiskDrive>(&drive.what);
    item->setIcon(KindColumn,
        symbolicIcon(disk != nullptr ? QStringLiteral("drive-harddisk") : QStringLiteral("media-optical")));
    item->setText(
        KindColumn, disk != nullptr ? tr("%1 disk", "a format").arg(displayName(disk->format)) : tr("DVD drive"));
    item->setText(FileColumn, file.isEmpty() ? tr("No medium") : QFileInfo(file).fileName());
    item->setToolTip(FileColumn, QDir::toNativeSeparators(file));
    for (const int column : {SizeColumn, HostColumn, TrimColumn}) {
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
    return item;
}

void StorageTab::fill()
{
    const Drive* before = selectedDrive();
    const QString selected = before != nullptr ? before->slot.toString() : QString();
    m_list->clear();
    fillFormerDisks();
    if (!m_session) {
        updateButtons();
        return;
    }
    const Definition& definition = m_session->machine().definition;
    QTreeWidgetItem* current = nullptr;
    for (int number = 0; number < definition.controllers; ++number) {
        auto* controller = new QTreeWidgetItem(m_list);
        int used = 0;
        for (const Drive& drive : definition.drives) {
            if (drive.slot.controller == number) {
                QTreeWidgetItem* item = addDrive(controller, drive);
                ++used;
                if (current == nullptr || drive.slot.toString() == selected) {
                    current = item;
                }
            }
        }
        controller->setText(
            SlotColumn, tr("SCSI controller %1: %2 of %3 slots").arg(number).arg(used).arg(slotsPerController));
        controller->setFirstColumnSpanned(true);
        QFont bold = m_list->font();
        bold.setBold(true);
        controller->setFont(SlotColumn, bold);
        controller->setExpanded(true);
    }
    if (current != nullptr) {
        m_list->setCurrentItem(current);
    }
    updateButtons();
    readFacts();
}

void StorageTab::fillFormerDisks()
{
    for (FormerDiskNotice* notice : std::as_const(m_notices)) {
        notice->hide();
        notice->deleteLater(); // its button may be what has changed the definition
    }
    m_notices.clear();
    if (!m_session) {
        return;
    }
    for (const Drive& drive : m_session->machine().definition.drives) {
        const auto* disk = std::get_if<DiskDrive>(&drive.what);
        if (disk != nullptr && disk->former) {
            auto* notice = new FormerDiskNotice(m_session, drive.slot);
            connect(notice, &FormerDiskNotice::failed, &m_actions, &MachineActions::failed);
            m_formerDisks->addWidget(notice);
            m_notices.append(notice);
        }
    }
}

const Drive* StorageTab::selectedDrive() const
{
    const QList<QTreeWidgetItem*> selected = m_list->selectedItems();
    if (selected.isEmpty() || !m_session) {
        return nullptr;
    }
    const Result<SlotId> slot = SlotId::parse(selected.first()->data(SlotColumn, slotRole).toString());
    return slot ? m_session->machine().definition.driveAt(*slot) : nullptr;
}

void StorageTab::updateButtons()
{
    const Drive* drive = selectedDrive();
    const auto* dvd = drive != nullptr ? std::get_if<DvdDrive>(&drive->what) : nullptr;
    const MachineSituation situation = m_actions.situation();
    std::optional<QString> noDrive;
    std::optional<QString> noMedium;
    std::optional<QString> noDisk;
    if (dvd != nullptr) {
        noDisk = tr("A medium cannot be edited.");
    }
    if (drive == nullptr) {
        noDrive = tr("No drive is selected.");
    } else if (dvd == nullptr) {
        noMedium = tr("A disk has no medium to change.");
    }
    const auto setUp = [](QPushButton* button, const std::optional<QString>& reason) {
        button->setEnabled(!reason);
        button->setToolTip(reason.value_or(QString()));
        button->setAccessibleDescription(reason.value_or(QString()));
    };
    const auto first = [](std::initializer_list<std::optional<QString>> reasons) -> std::optional<QString> {
        for (const std::optional<QString>& reason : reasons) {
            if (reason) {
                return reason;
            }
        }
        return std::nullopt;
    };
    std::optional<QString> isEmpty;
    if (dvd != nullptr && dvd->medium.isEmpty()) {
        isEmpty = tr("The drive has no medium.");
    }
    std::optional<QString> noCompacting;
    if (const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr) {
        if (disk->format != DiskFormat::Vhdx) {
            noCompacting = tr("Only a VHDX can be compacted in place.");
        }
    }
    const std::optional<QString> noRemoval = first({noDrive, obstacle(MachineAction::RemoveDrive, situation)});
    m_insert->setText(dvd != nullptr && !dvd->medium.isEmpty() ? tr("Change ISO…") : tr("Insert ISO…"));
    setUp(m_edit, first({noDrive, noDisk}));
    setUp(m_compact, first({noDrive, noDisk, noCompacting}));
    setUp(m_insert, first({noDrive, noMedium, obstacle(MachineAction::InsertMedium, situation)}));
    setUp(m_eject, first({noDrive, noMedium, isEmpty, obstacle(MachineAction::InsertMedium, situation)}));
    setUp(m_remove, noRemoval);
    const bool hasNone = m_session && m_session->machine().definition.drives.empty();
    if (hasNone) {
        m_reason->setText(tr("%1 has no drive. To get one with a disk or an ISO, make a new machine with New VM.")
                .arg(situation.name));
    } else {
        m_reason->setText(remarkOn(drive, noRemoval));
    }
    const QList<QAction*> actions = m_list->actions();
    const QPushButton* const buttons[] = {m_edit, m_compact, m_insert, m_eject, m_remove};
    for (qsizetype i = 0; i < actions.size(); ++i) {
        actions[i]->setText(buttons[i]->text());
        actions[i]->setEnabled(buttons[i]->isEnabled());
        actions[i]->setToolTip(buttons[i]->toolTip());
    }
}

// What there is to know about the selected drive, and why it cannot be removed.
QString StorageTab::remarkOn(const Drive* drive, const std::optional<QString>& noRemoval) const
{
    QStringList sentences;
    if (drive != nullptr && std::holds_alternative<DiskDrive>(drive->what)) {
        if (const auto trim = m_trim.constFind(fileOf(*drive)); trim != m_trim.constEnd()) {
            sentences << trim->sentence();
        }
    }
    if (drive != nullptr && noRemoval) {
        sentences << *noRemoval;
    }
    return sentences.join(QLatin1Char(' '));
}

void StorageTab::readFacts()
{
    if (!m_session || !isVisible() || m_reading) {
        return;
    }
    m_reading = true;
    QCoro::connect(QtConcurrent::run([drives = m_session->machine().definition.drives] {
        QList<FileFacts> found;
        for (const Drive& drive : drives) {
            const QString file = fileOf(drive);
            if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
                found.append({file, imageFacts(file, disk->format), trimReach(disk->format, holesIn(file))});
                if (disk->former) {
                    found.append({disk->former->file, mediumFacts(disk->former->file)});
                }
            } else if (!file.isEmpty()) {
                found.append({file, mediumFacts(file)});
            }
        }
        return found;
    }),
        this, [this](const QList<FileFacts>& found) {
            m_reading = false;
            for (const FileFacts& facts : found) {
                showFacts(facts);
            }
        });
}

void StorageTab::showFacts(const FileFacts& facts)
{
    for (FormerDiskNotice* notice : std::as_const(m_notices)) {
        if (notice->file() == facts.file) {
            notice->setSizeOnHost(facts.facts.transform([](const ImageFacts& found) { return found.sizeOnHost; }));
        }
    }
    if (facts.trim && m_trim.value(facts.file) != *facts.trim) {
        m_trim.insert(facts.file, *facts.trim);
        updateButtons();
    }
    for (QTreeWidgetItemIterator at(m_list); *at != nullptr; ++at) {
        QTreeWidgetItem* item = *at;
        if (facts.file.isEmpty() || item->data(SlotColumn, fileRole).toString() != facts.file) {
            continue;
        }
        if (facts.facts) {
            item->setText(SizeColumn, facts.facts->virtualSize.toString());
            item->setText(HostColumn, facts.facts->sizeOnHost.toString());
            item->setText(TrimColumn, facts.trim ? facts.trim->word() : QString());
            item->setToolTip(TrimColumn, facts.trim ? facts.trim->sentence() : QString());
            item->setIcon(FileColumn, {});
            item->setToolTip(FileColumn, QDir::toNativeSeparators(facts.file));
        } else {
            const Error& error = facts.facts.error();
            item->setText(SizeColumn, error.kind == ErrorKind::NotFound ? tr("Missing") : tr("Unreadable"));
            item->setText(HostColumn, {});
            item->setIcon(FileColumn, symbolicIcon(QStringLiteral("dialog-warning")));
            item->setToolTip(FileColumn, error.text());
        }
    }
}

void StorageTab::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_tick.start();
    readFacts();
}

void StorageTab::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_tick.stop();
}

} // namespace platter
