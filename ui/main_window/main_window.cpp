// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/main_window.h"

#include "ui/console/console_widget.h"
#include "ui/details/qmp_log.h"
#include "ui/disk_choice/host_disk_dialog.h"
#include "ui/disk_choice/network_disk_dialog.h"
#include "ui/icons.h"
#include "ui/jobs/jobs_bar.h"
#include "ui/main_window/broken_page.h"
#include "ui/main_window/console_actions.h"
#include "ui/main_window/console_tab.h"
#include "ui/main_window/drive_warning.h"
#include "ui/main_window/file_attacher.h"
#include "ui/main_window/full_screen_bar.h"
#include "ui/main_window/machine_actions.h"
#include "ui/main_window/machine_delegate.h"
#include "ui/main_window/machine_list_panel.h"
#include "ui/main_window/machine_pane.h"
#include "ui/main_window/machine_screens.h"
#include "ui/main_window/message_bar.h"
#include "ui/main_window/start_page.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QFileDialog>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

namespace {

constexpr QSize usualSize(1120, 720);
constexpr int usualListWidth = 264;
constexpr int buttonHeight = 30;

QString geometryKey()
{
    return QStringLiteral("window/geometry");
}

QString splitterKey()
{
    return QStringLiteral("window/splitter");
}

QString machineKey()
{
    return QStringLiteral("window/machine");
}

QString tabKey()
{
    return QStringLiteral("window/tab");
}

} // namespace

MainWindow::MainWindow(MachineLibrary& library, QSettings& settings)
    : m_library(library)
    , m_settings(settings)
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Platter"));
    m_actions = new MachineActions(library, settings, this);
    m_consoleActions = new ConsoleActions(settings, this);
    m_screens = new MachineScreens(MachineDelegate::thumbnailSize() * devicePixelRatioF(), this);
    connect(m_actions, &MachineActions::failed, this, &MainWindow::report);
    connect(m_actions, &MachineActions::told, this, [this](const QString& machine, const QString& what) {
        m_messages->add(
            {.subject = machine, .severity = MessageBar::Severity::Information, .error = {.summary = what}});
    });
    m_attacher = new FileAttacher(this);
    connect(m_attacher, &FileAttacher::failed, this, &MainWindow::report);
    connect(m_attacher, &FileAttacher::conversionNeeded, this, &MainWindow::convertDiskRequested);
    connect(m_attacher, &FileAttacher::attached, this,
        [this](const QString& machine, const QString& what, const std::function<void()>& undo) {
            MessageBar::Message message{
                .subject = machine, .severity = MessageBar::Severity::Information, .error = {.summary = what}};
            message.fixes.push_back({tr("Undo"), undo});
            m_messages->add(std::move(message));
        });
    connect(m_actions, &MachineActions::aboutToStart, this,
        [this](const QString& name) { m_messages->removeAbout(name); });
    connect(m_consoleActions, &ConsoleActions::failed, this, &MainWindow::report);
    connect(m_consoleActions->fullScreen(), &QAction::toggled, this, &MainWindow::setConsoleFullScreen);

    m_jobs = new JobList(this);
    m_jobsBar = new JobsBar(*m_jobs);
    m_messages = new MessageBar;
    m_list = new MachineListPanel(library);
    m_pane = new MachinePane(*m_actions, *m_screens, settings);
    m_right = new QStackedWidget;
    m_right->addWidget(m_pane);
    m_splitter = new QSplitter;
    m_splitter->setObjectName(QStringLiteral("splitter"));
    m_splitter->addWidget(m_list);
    m_splitter->addWidget(m_right);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setHandleWidth(1);
    m_content = new QStackedWidget;
    m_content->addWidget(m_splitter);
    auto* central = new QWidget;
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_messages);
    column->addWidget(m_content, 1);
    column->addWidget(m_jobsBar);
    setCentralWidget(central);

    makeActions();
    makeToolBar();
    makeMenu();
    m_fullScreenBar = new FullScreenBar(m_consoleActions->keys(), this);
    connect(m_fullScreenBar, &FullScreenBar::leaveRequested, this,
        [this] { m_consoleActions->fullScreen()->setChecked(false); });

    connect(m_list, &MachineListPanel::isoDropped, this, &MainWindow::newMachineRequested);
    connect(
        m_list, &MachineListPanel::filesDropped, this, [this](const QString& machine, const QStringList& files) {
            if (MachineSession* session = m_library.find(machine)) {
                m_attacher->attach(session, droppedFiles(files));
            }
        });
    connect(m_list, &MachineListPanel::machineSelected, this, &MainWindow::showSelected);
    connect(m_list, &MachineListPanel::machineActivated, this, [this] {
        m_pane->tabs()->setCurrentIndex(MachinePane::Console);
        m_pane->console()->setFocus();
    });
    connect(m_list, &MachineListPanel::visibleMachinesChanged, m_screens, &MachineScreens::setVisible);
    connect(m_list, &MachineListPanel::contextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        m_actions->fill(menu);
        menu->popup(at);
    });
    connect(m_screens, &MachineScreens::thumbnailChanged, m_list, &MachineListPanel::setThumbnail);
    connect(m_pane, &MachinePane::editDiskRequested, this, &MainWindow::editDiskRequested);
    connect(m_pane, &MachinePane::compactDiskRequested, this, &MainWindow::compactDiskRequested);
    connect(m_jobsBar, &JobsBar::showRequested, this, &MainWindow::jobRequested);
    connect(m_pane, &MachinePane::addDiskRequested, this, &MainWindow::offerDisks);
    connect(m_pane, &MachinePane::failed, this, &MainWindow::report);
    connect(m_pane, &MachinePane::filesDropped, this,
        [this](const QStringList& files, std::optional<SlotId> slot) { attachFiles(droppedFiles(files), slot); });
    connect(m_pane, &MachinePane::consoleMade, this, &MainWindow::adoptConsole);
    connect(&library, &MachineLibrary::changed, this, &MainWindow::follow);
    setAcceptDrops(true);
    restore();
    follow();
}

MainWindow::~MainWindow()
{
    // The tabs refer to the screens and actions, which are children too and would go first.
    delete centralWidget();
}

void MainWindow::makeActions()
{
    m_newVm = new QAction(symbolicIcon(QStringLiteral("list-add")), tr("&New VM"), this);
    m_newVm->setObjectName(QStringLiteral("newVm"));
    m_newVm->setShortcut(QKeySequence::New);
    m_newVm->setToolTip(tr("Make a new virtual machine"));
    connect(m_newVm, &QAction::triggered, this, [this] { Q_EMIT newMachineRequested({}); });
    m_editDisk = new QAction(symbolicIcon(QStringLiteral("drive-harddisk")), tr("&Edit Disk…"), this);
    m_editDisk->setObjectName(QStringLiteral("editAnyDisk"));
    m_editDisk->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    m_editDisk->setToolTip(tr("Expand, shrink, compact, convert or look into a disk image"));
    connect(m_editDisk, &QAction::triggered, this, [this] { Q_EMIT editDiskRequested({}); });
    m_find = new QAction(symbolicIcon(QStringLiteral("edit-find")), tr("&Find a machine"), this);
    m_find->setShortcut(QKeySequence::Find);
    m_about = new QAction(symbolicIcon(QStringLiteral("dialog-information")), tr("&About Platter"), this);
    connect(m_about, &QAction::triggered, this, &MainWindow::about);
    m_quit = new QAction(symbolicIcon(QStringLiteral("window-close")), tr("&Quit"), this);
    m_quit->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_Q));
    m_quit->setToolTip(tr("Close Platter; machines go on running"));
    connect(m_quit, &QAction::triggered, this, &QWidget::close);
    // Shortcuts work whichever menu or bar an action is in, and in full screen.
    addActions({m_newVm, m_editDisk, m_find, m_quit, m_actions->start(), m_actions->pause(), m_actions->shutDown(),
        m_actions->insertMedium(), m_actions->settings(), m_consoleActions->fullScreen(),
        m_consoleActions->screenshot()});
}

void MainWindow::makeToolBar()
{
    m_toolBar = addToolBar(tr("Tools"));
    m_toolBar->setObjectName(QStringLiteral("toolBar"));
    m_toolBar->setMovable(false);
    m_toolBar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_toolBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    // Wider than high: the style leaves too little room between an icon and its text.
    m_toolBar->setIconSize(QSize(20, 16));
    m_toolBar->layout()->setSpacing(4);
    m_toolBar->addAction(m_newVm);
    m_toolBar->addSeparator();
    m_toolBar->addActions({m_actions->start(), m_actions->pause(), m_actions->shutDown()});
    m_toolBar->addSeparator();
    m_toolBar->addActions({m_actions->insertMedium(), m_consoleActions->fullScreen(), m_actions->settings()});
    qobject_cast<QToolButton*>(m_toolBar->widgetForAction(m_actions->settings()))
        ->setToolButtonStyle(Qt::ToolButtonIconOnly); // the narrow window has no room for more words
    const auto withMenu = [this](QAction* action, QMenu* menu, const QString& name) {
        auto* button = qobject_cast<QToolButton*>(m_toolBar->widgetForAction(action));
        button->setMenu(menu);
        button->setPopupMode(QToolButton::MenuButtonPopup);
        button->setAccessibleDescription(name);
    };
    // Pause becomes Resume: what follows must not move under the mouse.
    QWidget* pause = m_toolBar->widgetForAction(m_actions->pause());
    const QFontMetrics metrics = pause->fontMetrics();
    const int grows = metrics.horizontalAdvance(tr("Resume")) - metrics.horizontalAdvance(tr("Pause"));
    pause->setMinimumWidth(pause->sizeHint().width() + qMax(0, grows));
    withMenu(m_actions->shutDown(), m_actions->shutDownMenu(),
        tr("The arrow key down opens more ways to stop the machine"));
    offerOtherWaysToStop();
    withMenu(m_actions->insertMedium(), m_actions->mediaMenu(), tr("The arrow key down opens all DVD drives"));

    auto* spacer = new QWidget;
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_toolBar->addWidget(spacer);
    m_toolBar->addWidget(m_list->filterField());
    connect(m_find, &QAction::triggered, m_list->filterField(), [field = m_list->filterField()] {
        field->setFocus(Qt::ShortcutFocusReason);
        field->selectAll();
    });
    m_menuButton = new QToolButton;
    m_menuButton->setObjectName(QStringLiteral("menuButton"));
    m_menuButton->setIcon(symbolicIcon(QStringLiteral("application-menu")));
    m_menuButton->setText(tr("Menu"));
    m_menuButton->setToolButtonStyle(Qt::ToolButtonIconOnly);
    m_menuButton->setToolTip(tr("Menu (F10)"));
    m_menuButton->setAccessibleName(tr("Menu"));
    m_menuButton->setPopupMode(QToolButton::InstantPopup);
    m_toolBar->addWidget(m_menuButton);
    // A toolbar's buttons stay out of the tab order unless they are told otherwise.
    for (QToolButton* button : m_toolBar->findChildren<QToolButton*>()) {
        button->setFocusPolicy(Qt::TabFocus);
        button->setMinimumHeight(buttonHeight);
    }
}

// A guest that is paused or has crashed cannot be asked to shut down. The button then opens its menu, which can do
// without the guest.
void MainWindow::offerOtherWaysToStop()
{
    auto* button = qobject_cast<QToolButton*>(m_toolBar->widgetForAction(m_actions->shutDown()));
    const QList<QAction*> ways = m_actions->shutDownMenu()->actions();
    const auto follow = [button, ways] {
        button->setEnabled(
            std::ranges::any_of(ways, [](const QAction* way) { return !way->isSeparator() && way->isEnabled(); }));
    };
    for (const QAction* way : ways) {
        connect(way, &QAction::changed, button, follow);
    }
    follow();
    connect(button, &QToolButton::clicked, this, [this, button] {
        if (!m_actions->shutDown()->isEnabled()) {
            button->showMenu();
        }
    });
}

void MainWindow::makeMenu()
{
    m_menu = new QMenu(this);
    m_menu->setObjectName(QStringLiteral("menu"));
    m_menu->setToolTipsVisible(true);
    m_menu->addAction(m_newVm);
    m_menu->addAction(m_editDisk);
    m_menu->addSeparator();
    QMenu* machine = m_menu->addMenu(symbolicIcon(QStringLiteral("media-playback-start")), tr("&Machine"));
    m_actions->fill(machine);
    QMenu* console = m_menu->addMenu(symbolicIcon(QStringLiteral("video-display")), tr("&Console"));
    console->setToolTipsVisible(true);
    m_consoleActions->fill(console);
    m_menu->addAction(m_find);
    m_menu->addSeparator();
    m_menu->addActions({m_about, m_quit});
    m_menuButton->setMenu(m_menu);
    auto* open = new QAction(this);
    open->setShortcut(Qt::Key_F10);
    connect(open, &QAction::triggered, this,
        [this] { m_menu->popup(m_menuButton->mapToGlobal(m_menuButton->rect().bottomLeft())); });
    addAction(open);
}

void MainWindow::restore()
{
    if (!restoreGeometry(m_settings.value(geometryKey()).toByteArray())) {
        // Room for the frame and a panel: scaled up, or on a small screen, the usual size would not fit.
        resize(usualSize.boundedTo(screen()->availableSize() - QSize(32, 64)));
    }
    if (!m_splitter->restoreState(m_settings.value(splitterKey()).toByteArray())) {
        m_splitter->setSizes({usualListWidth, usualSize.width() - usualListWidth});
    }
    m_pane->tabs()->setCurrentIndex(m_settings.value(tabKey(), MachinePane::Console).toInt());
    m_list->select(m_settings.value(machineKey()).toString());
}

void MainWindow::remember()
{
    m_settings.setValue(geometryKey(), saveGeometry());
    m_settings.setValue(splitterKey(), m_splitter->saveState());
    m_settings.setValue(tabKey(), m_pane->tabs()->currentIndex());
    m_settings.setValue(machineKey(), m_list->selected());
}

void MainWindow::follow()
{
    for (const LibraryEntry& entry : m_library.entries()) {
        if (entry.session != nullptr && !m_said.contains(entry.session)) {
            watch(entry.session);
        }
    }
    warnOfEntries();
    const bool isEmpty = m_library.entries().empty();
    QWidget* content = isEmpty ? static_cast<QWidget*>(startPage()) : m_splitter;
    if (m_content->currentWidget() != content || focusWidget() == nullptr) {
        m_content->setCurrentWidget(content);
        (isEmpty ? content : m_list)->setFocus();
    }
    m_list->filterField()->setEnabled(!isEmpty);
    showSelected();
}

// Said once, and taken back when it is no longer so.
void MainWindow::warnOfEntries()
{
    QHash<QString, Error> wrong;
    for (const LibraryEntry& entry : m_library.entries()) {
        if (entry.session != nullptr && entry.error) {
            wrong.insert(entry.name, *entry.error);
        }
    }
    for (auto it = m_warned.cbegin(); it != m_warned.cend(); ++it) {
        if (const auto now = wrong.constFind(it.key()); now == wrong.cend() || *now != *it) {
            m_messages->remove(it.key(), *it);
        }
    }
    for (auto it = wrong.cbegin(); it != wrong.cend(); ++it) {
        if (const auto before = m_warned.constFind(it.key()); before == m_warned.cend() || *before != *it) {
            m_messages->add({.subject = it.key(), .severity = MessageBar::Severity::Warning, .error = *it});
        }
    }
    m_warned = wrong;
}

void MainWindow::watch(MachineSession* session)
{
    auto* drives = new DriveWarning(session, m_messages, this);
    connect(drives, &DriveWarning::keepingFailed, this, &MainWindow::report);
    m_said.insert(session, {{}, drives});
    QmpLog::of(session); // listens from now on
    connect(session, &MachineSession::stateChanged, this, [this, session] { noteState(session); });
    connect(session, &QObject::destroyed, this, [this, session] { m_said.remove(session); });
    noteState(session);
}

void MainWindow::noteState(MachineSession* session)
{
    Said& said = m_said[session];
    const std::optional<Error>& error = session->lastError();
    if (error && said.error != error) {
        report(session->name(), *error);
    } else if (!error && said.error) {
        m_messages->removeAbout(session->name());
        said.drives->beginAnew();
    }
    said.error = error;
    if (session->name() == m_list->selected()) {
        m_consoleActions->update(m_actions->situation());
        if (!isUp(session->state())) {
            m_consoleActions->fullScreen()->setChecked(false);
        }
    }
}

void MainWindow::report(const QString& machine, const Error& error)
{
    MessageBar::Message message{.subject = machine, .severity = MessageBar::Severity::Error, .error = error};
    const MachineSession* session = m_library.find(machine);
    const auto offer = [this, &message, machine](QAction* action, const QString& label) {
        message.fixes.push_back({label, [this, machine, action] {
                                     select(machine);
                                     action->trigger();
                                 }});
    };
    if (session != nullptr && session->lastError() == error) {
        if (session->canRetryWithoutKvm()) {
            offer(m_actions->startWithoutKvm(), tr("Start without KVM"));
        } else if (!isUp(session->state())) {
            offer(m_actions->start(), tr("Start again"));
        } else if (session->state() == MachineState::IoError) {
            offer(m_actions->pause(), tr("Resume"));
        } else if (session->state() == MachineState::GuestPanicked) {
            offer(m_actions->reset(), tr("Reset…"));
        } else {
            offer(m_actions->powerOff(), tr("Power off…"));
        }
    }
    m_messages->add(std::move(message));
}

void MainWindow::select(const QString& machine)
{
    m_list->select(machine);
}

void MainWindow::start(const QString& machine)
{
    select(machine);
    if (m_list->selected() == machine) {
        m_pane->tabs()->setCurrentIndex(MachinePane::Console);
        m_pane->console()->setFocus();
        m_actions->start()->trigger();
    }
}

StartPage* MainWindow::startPage()
{
    if (m_startPage == nullptr) {
        m_startPage = new StartPage;
        m_content->addWidget(m_startPage);
        connect(m_startPage, &StartPage::newMachineRequested, this, [this] { Q_EMIT newMachineRequested({}); });
        connect(m_startPage, &StartPage::isoDropped, this, &MainWindow::newMachineRequested);
    }
    return m_startPage;
}

BrokenPage* MainWindow::brokenPage()
{
    if (m_broken == nullptr) {
        m_broken = new BrokenPage;
        m_right->addWidget(m_broken);
        connect(m_broken, &BrokenPage::readAgainRequested, &m_library, &MachineLibrary::reload);
        connect(m_broken, &BrokenPage::forgetRequested, &m_library, &MachineLibrary::forget);
        connect(m_broken, &BrokenPage::showFolderRequested, m_actions->showFolder(), &QAction::trigger);
        connect(m_broken, &BrokenPage::moveToTrashRequested, m_actions->moveToTrash(), &QAction::trigger);
    }
    return m_broken;
}

void MainWindow::showSelected()
{
    const std::optional<LibraryEntry> entry = m_list->selectedEntry();
    m_actions->setEntry(entry);
    m_pane->setSession(entry ? entry->session : nullptr);
    if (entry && entry->session == nullptr) {
        brokenPage()->setEntry(*entry);
        m_right->setCurrentWidget(brokenPage());
    } else {
        m_right->setCurrentWidget(m_pane);
    }
    m_right->setVisible(entry.has_value());
    m_consoleActions->update(m_actions->situation());
    setWindowTitle(
        entry ? tr("%1 — Platter", "the window's title with a machine's name").arg(entry->name) : tr("Platter"));
}

void MainWindow::adoptConsole(ConsoleTab* console)
{
    m_consoleActions->setConsole(console->console());
    console->console()->setFullScreenHint(
        tr("F11, while the keyboard is yours, or the top edge of the screen leads out of full screen."));
}

void MainWindow::setConsoleFullScreen(bool full)
{
    ConsoleWidget* console = m_pane->console()->console();
    m_toolBar->setVisible(!full);
    m_jobsBar->setPresented(!full);
    m_list->setVisible(!full);
    m_pane->setBare(full);
    console->setPresentation(
        full ? ConsoleWidget::Presentation::FullScreen : ConsoleWidget::Presentation::Embedded);
    if (full) {
        m_wasMaximized = isMaximized();
        showFullScreen();
        console->setFocus();
        m_fullScreenBar->begin(m_list->selected());
    } else {
        m_fullScreenBar->end();
        if (isFullScreen()) {
            m_wasMaximized ? showMaximized() : showNormal();
        }
    }
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    // The window manager has a say too.
    if (event->type() == QEvent::WindowStateChange && !isFullScreen() && m_consoleActions != nullptr) {
        m_consoleActions->fullScreen()->setChecked(false);
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const std::vector<DroppedFile> files = droppedFiles(event->mimeData());
    if (!files.empty() && !isAttachable(files)) {
        m_messages->add({.subject = {},
            .severity = MessageBar::Severity::Information,
            .error = {.summary = whyNotAttachable(files.front().file)}});
    }
    dragMoveEvent(event);
}

void MainWindow::dragMoveEvent(QDragMoveEvent* event)
{
    if (isAttachable(droppedFiles(event->mimeData()))) {
        event->setDropAction(Qt::CopyAction);
        event->accept();
    } else {
        event->ignore();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const std::vector<DroppedFile> files = droppedFiles(event->mimeData());
    if (!isAttachable(files)) {
        event->ignore();
        return;
    }
    event->setDropAction(Qt::CopyAction);
    event->accept();
    attachFiles(files);
}

// Where the disk is to come from.
void MainWindow::offerDisks(int controller)
{
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("addDiskMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto offer = [&](const char* name, const QString& text, auto&& choose) {
        menu->addAction(text, this, choose)->setObjectName(QLatin1String(name));
    };
    offer("addNewDisk", tr("&New disk…"), [this, controller] {
        if (m_actions->session() != nullptr) {
            Q_EMIT newDiskRequested(m_actions->session(), controller);
        }
    });
    offer("addImage", tr("Disk &image…"), [this, controller] { chooseDisk(controller); });
    offer("addNetworkDisk", tr("Net&work location…"),
        [this, controller] { chooseElsewhere<NetworkDiskDialog>(controller); });
    offer("addHostDisk", tr("&Host disk…"), [this, controller] { chooseElsewhere<HostDiskDialog>(controller); });
    // Below the button that asked for it.
    const QWidget* button = focusWidget();
    menu->popup(button != nullptr ? button->mapToGlobal(button->rect().bottomLeft()) : QCursor::pos());
}

template <typename Dialog>
void MainWindow::chooseElsewhere(int controller)
{
    MachineSession* session = m_actions->session();
    if (session == nullptr) {
        return;
    }
    auto* dialog = new Dialog(session->name(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &Dialog::chosen, this, [this, of = QPointer(session), controller](const DiskDrive& disk) {
        if (of && of == m_actions->session()) {
            m_actions->addDisk(controller, disk);
        }
    });
    dialog->open();
}

void MainWindow::chooseDisk(int controller)
{
    MachineSession* session = m_actions->session();
    if (session == nullptr) {
        return;
    }
    auto* dialog = new QFileDialog(this, tr("Choose a disk image for %1").arg(session->name()));
    dialog->setObjectName(QStringLiteral("chooseDisk"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {tr("Disk images (*.vhdx *.avhdx *.qcow2 *.img *.raw *.vhd *.vmdk *.vdi)"), tr("All files (*)")});
    dialog->setDirectory(session->machine().folder);
    connect(
        dialog, &QFileDialog::fileSelected, this, [this, of = QPointer(session), controller](const QString& file) {
            if (of) {
                m_attacher->attach(of, droppedFiles(QStringList{file}), of->drives().firstFree(controller));
            }
        });
    dialog->open();
}

void MainWindow::attachFiles(const std::vector<DroppedFile>& files, std::optional<SlotId> slot)
{
    if (MachineSession* session = m_actions->session()) {
        m_attacher->attach(session, files, slot);
        return;
    }
    // Without a machine: what one would do with such a file.
    for (const DroppedFile& dropped : files) {
        if (dropped.kind == DroppedFile::Kind::Iso) {
            Q_EMIT newMachineRequested(dropped.file);
            return;
        }
        if (dropped.kind != DroppedFile::Kind::Other) {
            Q_EMIT editDiskRequested(dropped.file);
            return;
        }
    }
}

void MainWindow::askToQuit()
{
    if (m_askingToQuit) {
        return;
    }
    m_askingToQuit = true;
    auto* question = new QMessageBox(QMessageBox::Question, tr("Quit Platter"),
        tr("Work on a disk is still going on. Cancel it and quit?"), QMessageBox::NoButton, this);
    question->setObjectName(QStringLiteral("confirmation"));
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(tr("What is cancelled leaves nothing half done. Machines go on running."));
    const QPushButton* quit = question->addButton(tr("&Cancel it and quit"), QMessageBox::DestructiveRole);
    QPushButton* stay = question->addButton(tr("&Go on"), QMessageBox::RejectRole);
    question->setDefaultButton(stay);
    question->setEscapeButton(stay);
    connect(question, &QMessageBox::finished, this, [this, question, quit] {
        m_askingToQuit = false;
        if (question->clickedButton() == quit) {
            connect(m_jobs, &JobList::allFinished, this, &QWidget::close);
            m_jobs->cancelAll();
            if (!m_jobs->isRunning()) {
                close();
            }
        }
    });
    question->open();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_jobs->isRunning()) {
        event->ignore();
        askToQuit();
        return;
    }
    m_consoleActions->fullScreen()->setChecked(false);
    remember();
    QMainWindow::closeEvent(event);
}

void MainWindow::raiseToFront()
{
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

void MainWindow::about()
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Platter"),
        tr("Platter %1").arg(QCoreApplication::applicationVersion()), QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(applicationIcon().pixmap(QSize(64, 64), devicePixelRatioF()));
    box->setInformativeText(
        tr("Virtual machines on QEMU, built around their storage.\n\nFree software under the GNU "
           "General Public License, version 3 or later. It comes without any warranty."));
    box->open();
}

} // namespace platter
