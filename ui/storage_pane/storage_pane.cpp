// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/storage_pane/storage_pane.h"

#include "ui/main_window/machine_actions.h"
#include "ui/storage_pane/disk_trouble_notice.h"
#include "ui/storage_pane/drive_bar.h"
#include "ui/storage_pane/former_disk_notice.h"
#include "ui/storage_pane/storage_details.h"
#include "ui/storage_pane/storage_view.h"

#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QSplitter>
#include <QVBoxLayout>

namespace platter {

namespace {

using Kind = StorageRow::Kind;

QString splitterKey()
{
    return QStringLiteral("storage/splitter");
}

} // namespace

StoragePane::StoragePane(MachineActions& actions, QSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
    , m_settings(settings)
    , m_model(m_images, m_traffic, m_spaces)
{
    setObjectName(QStringLiteral("storagePane"));
    m_view = new StorageView(m_model);
    m_details = new StorageDetails;
    m_bar = new DriveBar(actions);
    m_trouble = new DiskTroubleNotice;
    m_splitter = new QSplitter;
    m_splitter->setObjectName(QStringLiteral("storageSplitter"));
    m_splitter->addWidget(m_view);
    m_splitter->addWidget(m_details);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setCollapsible(0, false);
    m_splitter->setHandleWidth(1);
    m_splitter->restoreState(settings.value(splitterKey()).toByteArray());
    m_formerDisks = new QVBoxLayout;
    m_formerDisks->setSpacing(0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_splitter, 1);
    column->addLayout(m_formerDisks);
    column->addWidget(m_trouble);
    column->addWidget(m_bar);

    connect(m_splitter, &QSplitter::splitterMoved, this,
        [this] { m_settings.setValue(splitterKey(), m_splitter->saveState()); });
    connect(m_trouble, &DiskTroubleNotice::failed, &m_actions, &MachineActions::failed);
    connect(m_bar, &DriveBar::editDiskRequested, this, &StoragePane::editDiskRequested);
    connect(m_bar, &DriveBar::compactDiskRequested, this, &StoragePane::compactDiskRequested);
    connect(m_view, &StorageView::contextMenuRequested, this, &StoragePane::openMenu);
    connect(m_view, &StorageView::visibleRowsChanged, this, &StoragePane::wantVisible);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
        if (now.isValid()) {
            m_selected = m_model.rowAt(now);
        }
        showSelected();
    });
    connect(&m_images, &ImageWatch::changed, this, [this](const QStringList& files) {
        showFormerSizes(files);
        const Drive* drive = m_model.driveAt(m_view->currentIndex());
        if (drive != nullptr && files.contains(drive->where())) {
            showSelected();
        }
    });
    connect(&m_spaces, &GuestSpaceWatch::changed, this, &StoragePane::showSelected);
}

StoragePane::~StoragePane()
{
    delete m_splitter; // the view, before its model
}

void StoragePane::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
        disconnect(&m_session->drives(), nullptr, this, nullptr);
    }
    m_session = session;
    m_selected.reset();
    m_traffic.setSession(session);
    m_spaces.setSession(session);
    if (session != nullptr) {
        connect(session, &MachineSession::definitionChanged, this, &StoragePane::fill);
        connect(&session->drives(), &MachineDrives::changed, this, &StoragePane::fill);
        connect(session, &MachineSession::stateChanged, this, &StoragePane::followState);
    }
    fill();
    followState();
}

Definition StoragePane::shown() const
{
    Definition definition = m_session->machine().definition;
    definition.drives = m_session->drives().list();
    return definition;
}

void StoragePane::fill()
{
    const int scrolled = m_view->verticalScrollBar()->value();
    std::vector<WatchedImage> images;
    if (m_session) {
        for (const Drive& drive : m_session->drives().list()) {
            const auto* disk = std::get_if<DiskDrive>(&drive.what);
            if (!drive.isOnNetwork()) {
                images.push_back({.file = drive.where(),
                    .format = disk != nullptr ? std::optional(disk->format) : std::nullopt,
                    .discards = disk == nullptr || disk->discards,
                    .isDevice = disk != nullptr && std::holds_alternative<HostDevice>(disk->source)});
            }
            if (disk != nullptr && disk->former) {
                images.push_back({.file = disk->former->file, .isRead = false});
            }
        }
    }
    m_images.setImages(images);
    m_model.setDefinition(m_session ? std::optional(shown()) : std::nullopt,
        m_session ? m_session->drives().sizes() : std::map<SlotId, ByteCount>());
    fillFormerDisks();
    select();
    m_view->verticalScrollBar()->setValue(scrolled);
    wantVisible();
}

// What was selected, as far as it is there; else the first drive.
void StoragePane::select()
{
    QModelIndex at = m_selected ? m_model.indexOf(*m_selected) : QModelIndex();
    for (int row = 0; !at.isValid() && row < m_model.rowCount(); ++row) {
        if (m_model.driveAt(m_model.index(row)) != nullptr) {
            at = m_model.index(row);
        }
    }
    if (!at.isValid()) {
        at = m_model.index(0);
    }
    if (at != m_view->currentIndex()) {
        m_view->setCurrentIndex(at);
    }
    showSelected();
}

void StoragePane::followState()
{
    m_images.setInUse(m_session && isUp(m_session->state()));
    showSelected();
    for (FormerDiskNotice* notice : std::as_const(m_notices)) {
        notice->refresh();
    }
}

void StoragePane::fillFormerDisks()
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
            showFormerSizes({notice->file()});
        }
    }
}

void StoragePane::showFormerSizes(const QStringList& files)
{
    for (FormerDiskNotice* notice : std::as_const(m_notices)) {
        const KnownImage* image = files.contains(notice->file()) ? m_images.find(notice->file()) : nullptr;
        if (image != nullptr) {
            notice->setSizeOnHost(image->sizes.transform([](const ImageFacts& sizes) { return sizes.sizeOnHost; }));
        }
    }
}

void StoragePane::wantVisible()
{
    QStringList files;
    if (m_session) {
        for (const SlotId slot : m_view->visibleDrives()) {
            if (const Drive* drive = m_session->drives().at(slot)) {
                files << drive->where();
            }
        }
    }
    m_images.setWanted(files);
}

void StoragePane::showSelected()
{
    const QModelIndex at = m_view->currentIndex();
    const Drive* drive = m_model.driveAt(at);
    const KnownImage* image = drive != nullptr ? m_images.find(drive->where()) : nullptr;
    m_bar->setDrive(drive != nullptr ? std::optional(*drive) : std::nullopt);
    showTrouble(drive, image);
    if (!m_session) {
        m_details->setFacts({});
        return;
    }
    const Definition definition = shown();
    if (definition.drives.empty()) {
        m_bar->setNote(
            tr("%1 has no drive. Drop an ISO or a disk image here, or add one above.").arg(m_session->name()));
    }
    if (drive != nullptr) {
        const auto size = m_session->drives().sizes().find(drive->slot);
        m_details->setFacts(factsOfDrive(definition, *drive, image, m_model.cardAt(at)->segments,
            size != m_session->drives().sizes().end() ? std::optional(size->second) : std::nullopt));
    } else if (at.isValid() && m_model.rowAt(at).kind == Kind::Slot) {
        m_details->setFacts(factsOfSlot(m_model.rowAt(at).slot()));
    } else if (at.isValid() && m_model.rowAt(at).kind != Kind::AddController) {
        m_details->setFacts(factsOfController(definition, m_model.rowAt(at).controller));
    } else {
        m_details->setFacts({});
    }
}

void StoragePane::showTrouble(const Drive* drive, const KnownImage* image)
{
    const auto* disk = drive != nullptr ? std::get_if<DiskDrive>(&drive->what) : nullptr;
    std::optional<DiskTrouble> trouble;
    if (m_session && disk != nullptr && image != nullptr) {
        trouble = troubleOf(*disk, image->access, m_actions.otherUserOf(disk->where()));
    }
    if (trouble) {
        m_trouble->tell(m_session, drive->slot, *disk, *trouble);
    } else {
        m_trouble->hide();
    }
}

void StoragePane::openMenu(const QPoint& at)
{
    auto* menu = new QMenu(m_view);
    menu->setObjectName(QStringLiteral("driveMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_bar->fill(menu);
    menu->popup(at);
}

void StoragePane::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_images.start();
    m_traffic.start();
    m_spaces.start();
    wantVisible();
}

void StoragePane::hideEvent(QHideEvent* event)
{
    QWidget::hideEvent(event);
    m_images.stop();
    m_traffic.stop();
    m_spaces.stop();
}

} // namespace platter
