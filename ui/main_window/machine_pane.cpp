// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_pane.h"

#include "ui/boot_editor/boot_editor.h"
#include "ui/details/details_tab.h"
#include "ui/icons.h"
#include "ui/main_window/console_tab.h"
#include "ui/main_window/dropped_files.h"
#include "ui/main_window/machine_actions.h"
#include "ui/main_window/machine_header.h"
#include "ui/storage_pane/storage_pane.h"
#include "ui/storage_pane/storage_view.h"

#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace platter {

MachinePane::MachinePane(MachineActions& actions, MachineScreens& screens, QSettings& settings, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
    , m_screens(screens)
    , m_settings(settings)
{
    m_header = new MachineHeader;
    m_tabs = new QTabWidget;
    m_tabs->setObjectName(QStringLiteral("machineTabs"));
    m_tabs->setAccessibleName(tr("Machine"));
    m_tabs->setDocumentMode(true);
    const auto addPlace = [this](const QString& icon, const QString& title) {
        auto* place = new QWidget;
        auto* layout = new QVBoxLayout(place);
        layout->setContentsMargins(0, 0, 0, 0);
        m_tabs->addTab(place, symbolicIcon(icon), title);
    };
    addPlace(QStringLiteral("video-display"), tr("&Console"));
    addPlace(QStringLiteral("drive-harddisk"), tr("S&torage"));
    addPlace(QStringLiteral("system-reboot"), tr("&Boot"));
    addPlace(QStringLiteral("utilities-terminal"), tr("D&etails"));
    connect(m_tabs, &QTabWidget::currentChanged, this, &MachinePane::ensureTab);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_tabs, 1);
}

void MachinePane::setSession(MachineSession* session)
{
    m_session = session;
    m_header->setSession(session);
    ensureTab(m_tabs->currentIndex());
    if (m_console != nullptr) {
        m_console->setSession(session);
    }
    if (m_storage != nullptr) {
        m_storage->setSession(session);
    }
    if (m_boot != nullptr) {
        m_boot->setSession(session);
    }
    if (m_details != nullptr) {
        m_details->setSession(session);
    }
}

void MachinePane::ensureTab(int index)
{
    QWidget* content = nullptr;
    if (index == Console && m_console == nullptr) {
        content = m_console = new ConsoleTab(m_actions, m_screens);
        connect(m_console, &ConsoleTab::nothingStarted, this, &MachinePane::failed);
        m_console->setSession(m_session);
        Q_EMIT consoleMade(m_console);
    } else if (index == Storage && m_storage == nullptr) {
        content = m_storage = new StoragePane(m_actions, m_settings);
        connect(m_storage, &StoragePane::editDiskRequested, this, &MachinePane::editDiskRequested);
        connect(m_storage, &StoragePane::compactDiskRequested, this, &MachinePane::compactDiskRequested);
        listenTo(m_storage->view());
        m_storage->setSession(m_session);
    } else if (index == Boot && m_boot == nullptr) {
        content = m_boot = new BootEditor;
        connect(m_boot, &BootEditor::failed, this, &MachinePane::failed);
        m_boot->setSession(m_session);
    } else if (index == Details && m_details == nullptr) {
        content = m_details = new DetailsTab;
        m_details->setSession(m_session);
    }
    if (content != nullptr) {
        m_tabs->widget(index)->layout()->addWidget(content);
    }
}

void MachinePane::listenTo(StorageView* view)
{
    view->setFileRule(
        [](const QStringList& files, std::optional<SlotId>) { return isAttachable(droppedFiles(files)); });
    view->setMoveRule([this](SlotId from, SlotId to) {
        const Drive* drive = m_session ? m_session->drives().at(from) : nullptr;
        return drive != nullptr && m_session->drives().at(to) == nullptr
            && (std::holds_alternative<DvdDrive>(drive->what) || !isUp(m_session->state()));
    });
    view->setAdding(true);
    connect(view, &StorageView::filesDropped, this, &MachinePane::filesDropped);
    connect(view, &StorageView::driveDragged, &m_actions, &MachineActions::moveDrive);
    connect(view, &StorageView::addDiskRequested, this, &MachinePane::addDiskRequested);
    connect(view, &StorageView::addDvdRequested, &m_actions, &MachineActions::addDvdDrive);
    connect(view, &StorageView::addControllerRequested, &m_actions, &MachineActions::addController);
    connect(view, &StorageView::removeControllerRequested, &m_actions, &MachineActions::removeController);
}

ConsoleTab* MachinePane::console()
{
    ensureTab(Console);
    return m_console;
}

void MachinePane::setBare(bool bare)
{
    if (bare) {
        m_tabs->setCurrentIndex(Console);
    }
    m_header->setVisible(!bare);
    m_tabs->tabBar()->setVisible(!bare);
}

} // namespace platter
