// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_actions.h"

#include "ui/icons.h"
#include "ui/main_window/confirmation.h"
#include "ui/settings/settings_dialog.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <QUrl>

namespace platter {

namespace {

QString isoFolderKey()
{
    return QStringLiteral("folders/iso");
}

// A machine's disks, those in its folder or those elsewhere.
QStringList disks(const Definition& definition, const QString& folder, bool inFolder)
{
    QStringList files;
    for (const Drive& drive : definition.drives) {
        if (const auto* disk = std::get_if<DiskDrive>(&drive.what); disk != nullptr && !disk->file().isEmpty()
            && disk->file().startsWith(folder + QLatin1Char('/')) == inFolder) {
            files << disk->file();
        }
    }
    return files;
}

// KVM has failed under the machine, which may still be up and can never go on.
QCoro::Task<Result<void>> startAfresh(QPointer<MachineSession> session)
{
    if (isUp(session->state())) {
        if (Result<void> off = co_await session->powerOff(); !off) {
            co_return off;
        }
    }
    if (!session) {
        co_return std::unexpected(Error{.kind = ErrorKind::NotFound,
            .summary = MachineActions::tr("The machine went away before it could be started.")});
    }
    co_return co_await session->start(AcceleratorChoice::SoftwareEmulation);
}

} // namespace

MachineActions::MachineActions(MachineLibrary& library, QSettings& settings, QWidget* window)
    : QObject(window)
    , m_library(library)
    , m_settings(settings)
    , m_window(window)
{
    m_start = add("start", tr("&Start"), QStringLiteral("media-playback-start"), &MachineActions::doStart);
    m_start->setShortcut(Qt::CTRL | Qt::Key_R);
    m_startWithoutKvm = add("startWithoutKvm", tr("Start &without KVM"), QStringLiteral("media-playback-start"),
        &MachineActions::doStartWithoutKvm);
    m_pause = add("pause", tr("&Pause"), QStringLiteral("media-playback-pause"), &MachineActions::doPauseOrResume);
    m_pause->setShortcut(Qt::CTRL | Qt::Key_P);
    m_shutDown = add("shutDown", tr("Shut &down"), QStringLiteral("system-shutdown"), &MachineActions::doShutDown);
    m_shutDown->setShortcut(Qt::CTRL | Qt::Key_D);
    m_shutDownByAgent = add("shutDownByAgent", tr("Shut down by the guest &agent"),
        QStringLiteral("system-shutdown"), &MachineActions::doShutDownByAgent);
    m_powerOff =
        add("powerOff", tr("Power &off…"), QStringLiteral("media-playback-stop"), &MachineActions::doPowerOff);
    m_reset = add("reset", tr("&Reset…"), QStringLiteral("system-reboot"), &MachineActions::doReset);
    m_insertMedium =
        add("insertMedium", tr("&Insert ISO…"), QStringLiteral("media-insert"), &MachineActions::doInsertMedium);
    m_insertMedium->setShortcut(Qt::CTRL | Qt::Key_I);
    m_changeSettings =
        add("changeSettings", tr("S&ettings…"), QStringLiteral("configure"), &MachineActions::doChangeSettings);
    m_changeSettings->setShortcut(Qt::CTRL | Qt::Key_Comma);
    m_showFolder =
        add("showFolder", tr("Show its &folder"), QStringLiteral("folder-open"), &MachineActions::doShowFolder);
    m_moveToTrash =
        add("moveToTrash", tr("Move to &trash…"), QStringLiteral("user-trash"), &MachineActions::doMoveToTrash);

    m_shutDownMenu = std::make_unique<QMenu>();
    m_shutDownMenu->setToolTipsVisible(true);
    m_shutDownMenu->addActions({m_shutDown, m_shutDownByAgent});
    m_shutDownMenu->addSeparator();
    m_shutDownMenu->addActions({m_powerOff, m_reset});

    m_mediaMenu = std::make_unique<QMenu>(tr("&DVD drives"));
    m_mediaMenu->setIcon(symbolicIcon(QStringLiteral("media-optical")));
    m_mediaMenu->setToolTipsVisible(true);
    connect(m_mediaMenu.get(), &QMenu::aboutToShow, this, &MachineActions::fillMediaMenu);
    update();
}

MachineActions::~MachineActions() = default;

QAction* MachineActions::add(
    const char* name, const QString& text, const QString& icon, void (MachineActions::*slot)())
{
    auto* action = new QAction(symbolicIcon(icon), text, this);
    action->setObjectName(QLatin1String(name));
    connect(action, &QAction::triggered, this, slot);
    return action;
}

void MachineActions::setEntry(std::optional<LibraryEntry> entry)
{
    MachineSession* session = entry ? entry->session : nullptr;
    if (m_session != session) {
        if (m_session) {
            disconnect(m_session, nullptr, this, nullptr);
        }
        m_session = session;
        if (session != nullptr) {
            connect(session, &MachineSession::stateChanged, this, &MachineActions::update);
            connect(session, &MachineSession::definitionChanged, this, &MachineActions::update);
        }
    }
    m_name = entry ? entry->name : QString();
    m_folder = entry ? entry->folder : QString();
    m_isGone = entry && entry->isGone;
    update();
}

MachineSituation MachineActions::situation() const
{
    MachineSituation situation{.name = m_name};
    if (m_name.isEmpty()) {
        return situation;
    }
    if (!m_session) {
        situation.isBroken = true;
        situation.isGone = m_isGone;
        return situation;
    }
    situation.state = m_session->state();
    situation.canRetryWithoutKvm = m_session->canRetryWithoutKvm();
    for (const Drive& drive : m_session->machine().definition.drives) {
        if (const auto* dvd = std::get_if<DvdDrive>(&drive.what)) {
            ++situation.dvdDrives;
            situation.media += dvd->medium.isEmpty() ? 0 : 1;
        }
    }
    return situation;
}

void MachineActions::setUp(QAction* action, MachineAction what, const QString& tip)
{
    const std::optional<QString> reason = obstacle(what, situation());
    action->setEnabled(!reason);
    action->setToolTip(
        reason ? tr("%1 (%2)", "what an action does, and why it cannot be done now").arg(tip, *reason) : tip);
}

void MachineActions::update()
{
    const MachineSituation now = situation();
    const bool isStopped = !now.isBroken && !now.name.isEmpty()
        && (now.state == MachineState::Paused || now.state == MachineState::IoError);
    setUp(m_start, MachineAction::Start, tr("Start the machine"));
    setUp(m_startWithoutKvm, MachineAction::StartWithoutKvm,
        tr("Start the machine with software emulation, this once"));
    m_pause->setText(isStopped ? tr("Res&ume") : tr("&Pause"));
    m_pause->setIcon(
        symbolicIcon(isStopped ? QStringLiteral("media-playback-start") : QStringLiteral("media-playback-pause")));
    if (isStopped) {
        setUp(m_pause, MachineAction::Resume, tr("Let the machine go on"));
    } else {
        setUp(m_pause, MachineAction::Pause, tr("Stop the machine where it is, until it is resumed"));
    }
    setUp(m_shutDown, MachineAction::ShutDown, tr("Ask the guest to shut down, by the power button"));
    setUp(m_shutDownByAgent, MachineAction::ShutDownByAgent,
        tr("Ask the guest agent, where one is installed in the guest, to shut down"));
    setUp(m_powerOff, MachineAction::PowerOff, tr("Stop the machine at once, as if its plug were pulled"));
    setUp(m_reset, MachineAction::Reset, tr("Let the machine start over at once, as its reset button would"));
    setUp(m_insertMedium, MachineAction::InsertMedium, tr("Choose an ISO for the DVD drive"));
    setUp(m_changeSettings, MachineAction::ChangeSettings, tr("Memory, processors, display, network and more"));
    setUp(m_moveToTrash, MachineAction::MoveToTrash, tr("Move the machine with its disks to the trash"));
    setUp(m_showFolder, MachineAction::ShowFolder, tr("Open the machine's folder in the file manager"));
    setUp(m_mediaMenu->menuAction(), MachineAction::InsertMedium, tr("Insert and eject ISOs"));
}

void MachineActions::fill(QMenu* menu) const
{
    menu->setToolTipsVisible(true);
    menu->addActions({m_start, m_startWithoutKvm, m_pause});
    menu->addSeparator();
    menu->addActions({m_shutDown, m_shutDownByAgent, m_powerOff, m_reset});
    menu->addSeparator();
    menu->addMenu(m_mediaMenu.get());
    menu->addSeparator();
    menu->addActions({m_changeSettings, m_showFolder, m_moveToTrash});
}

void MachineActions::fillMediaMenu()
{
    m_mediaMenu->clear();
    if (!m_session) {
        return;
    }
    for (const Drive& drive : m_session->machine().definition.drives) {
        const auto* dvd = std::get_if<DvdDrive>(&drive.what);
        if (dvd == nullptr) {
            continue;
        }
        const SlotId slot = drive.slot;
        const bool isEmpty = dvd->medium.isEmpty();
        const QString medium = QFileInfo(dvd->medium).fileName().replace(QLatin1Char('&'), QLatin1String("&&"));
        m_mediaMenu->addSection(isEmpty
                ? tr("%1: no medium").arg(slot.toString())
                : tr("%1: %2", "a drive's slot and its medium").arg(slot.toString(), medium));
        m_mediaMenu->addAction(symbolicIcon(QStringLiteral("media-insert")),
            isEmpty ? tr("Insert ISO into %1…").arg(slot.toString()) : tr("Change ISO in %1…").arg(slot.toString()),
            this, [this, slot] { chooseMedium(slot); });
        QAction* eject = m_mediaMenu->addAction(symbolicIcon(QStringLiteral("media-eject")),
            tr("Eject %1", "a drive's slot").arg(slot.toString()), this, [this, slot] { setMedium(slot, {}); });
        eject->setEnabled(!isEmpty);
        if (isEmpty) {
            eject->setToolTip(tr("The drive has no medium."));
        }
    }
}

void MachineActions::run(QCoro::Task<Result<void>> task)
{
    QCoro::connect(std::move(task), this, [this, name = m_name](const Result<void>& result) {
        if (!result) {
            Q_EMIT failed(name, result.error());
        }
    });
}

void MachineActions::doStart()
{
    if (m_session) {
        Q_EMIT aboutToStart(m_name);
        run(m_session->start());
    }
}

void MachineActions::doStartWithoutKvm()
{
    if (m_session) {
        Q_EMIT aboutToStart(m_name);
        run(startAfresh(m_session));
    }
}

void MachineActions::doPauseOrResume()
{
    if (m_session) {
        const bool isStopped = !obstacle(MachineAction::Resume, situation());
        run(isStopped ? m_session->resume() : m_session->pause());
    }
}

void MachineActions::doShutDown()
{
    if (m_session) {
        run(m_session->shutDown(ShutdownWay::Acpi));
    }
}

void MachineActions::doShutDownByAgent()
{
    if (m_session) {
        run(m_session->shutDown(ShutdownWay::Agent));
    }
}

void MachineActions::doPowerOff()
{
    ask(m_window,
        {.question = tr("Power off %1?").arg(m_name),
            .consequence = tr("The guest gets no chance to save: what its programs have not saved, and what it has "
                              "not written to its disks yet, is lost. “Shut down” asks the guest instead."),
            .verb = tr("Power off %1").arg(m_name)},
        [this, session = m_session] {
            if (session) {
                run(session->powerOff());
            }
        });
}

void MachineActions::doReset()
{
    ask(m_window,
        {.question = tr("Reset %1?").arg(m_name),
            .consequence =
                tr("The machine starts over at once: what the guest's programs have not saved, and what it "
                   "has not written to its disks yet, is lost."),
            .verb = tr("Reset %1").arg(m_name)},
        [this, session = m_session] {
            if (session) {
                run(session->reset());
            }
        });
}

void MachineActions::doInsertMedium()
{
    if (!m_session) {
        return;
    }
    std::optional<SlotId> target;
    for (const Drive& drive : m_session->machine().definition.drives) {
        if (const auto* dvd = std::get_if<DvdDrive>(&drive.what)) {
            if (dvd->medium.isEmpty()) {
                target = drive.slot;
                break;
            }
            target = target.value_or(drive.slot);
        }
    }
    if (target) {
        chooseMedium(*target);
    }
}

void MachineActions::chooseMedium(SlotId slot)
{
    auto* dialog =
        new QFileDialog(m_window, tr("Insert an ISO into DVD drive %1 of %2").arg(slot.toString(), m_name),
            m_settings.value(isoFolderKey(), QStandardPaths::writableLocation(QStandardPaths::DownloadLocation))
                .toString(),
            tr("ISO images (*.iso *.ISO);;All files (*)"));
    dialog->setObjectName(QStringLiteral("chooseMedium"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setLabelText(QFileDialog::Accept, tr("Insert"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, slot, session = m_session](const QString& file) {
        m_settings.setValue(isoFolderKey(), QFileInfo(file).absolutePath());
        if (session) {
            changeMedium(session, slot, QFileInfo(file).absoluteFilePath(), TrayOpening::IfUnlocked);
        }
    });
    dialog->open();
}

void MachineActions::setMedium(SlotId slot, const QString& iso)
{
    if (m_session) {
        changeMedium(m_session, slot, iso, TrayOpening::IfUnlocked);
    }
}

void MachineActions::changeMedium(MachineSession* session, SlotId slot, const QString& iso, TrayOpening opening)
{
    QCoro::connect(session->setMedium(slot, iso, opening), this,
        [this, slot, iso, opening, name = session->name(), of = QPointer(session)](const Result<void>& result) {
            if (result) {
                return;
            }
            if (!of || result.error().kind != ErrorKind::InUse || opening == TrayOpening::ByForce) {
                Q_EMIT failed(name, result.error());
                return;
            }
            ask(m_window,
                {.question = tr("Open the tray of DVD drive %1 of %2 by force?").arg(slot.toString(), name),
                    .consequence = result.error().text(),
                    .verb = tr("Open the tray")},
                [this, slot, iso, of] {
                    if (of) {
                        changeMedium(of, slot, iso, TrayOpening::ByForce);
                    }
                });
        });
}

void MachineActions::addDvdDrive(int controller)
{
    addDrive(controller, DvdDrive{});
}

void MachineActions::addDisk(int controller, const DiskDrive& disk)
{
    addDrive(controller, disk);
}

void MachineActions::addDrive(int controller, const std::variant<DiskDrive, DvdDrive>& what)
{
    if (!m_session) {
        return;
    }
    QCoro::connect(m_session->drives().add(m_session->drives().firstFree(controller), what), this,
        [this, name = m_name](const Result<SlotId>& added) {
            if (!added) {
                Q_EMIT failed(name, added.error());
            }
        });
}

void MachineActions::addController()
{
    if (!m_session) {
        return;
    }
    if (const Result<void> added = m_session->drives().addController(); !added) {
        Q_EMIT failed(m_name, added.error());
    }
}

void MachineActions::removeController()
{
    if (!m_session) {
        return;
    }
    if (const Result<void> removed = m_session->drives().removeController(); !removed) {
        Q_EMIT failed(m_name, removed.error());
    }
}

std::optional<ImageUser> MachineActions::otherUserOf(const QString& file) const
{
    for (const LibraryEntry& entry : m_library.entries()) {
        if (entry.session != nullptr && entry.session != m_session) {
            if (auto user = imageUserIn(entry.session->machine(), file)) {
                return user;
            }
        }
    }
    return std::nullopt;
}

void MachineActions::moveDrive(SlotId from, SlotId to)
{
    if (m_session) {
        run(m_session->drives().move(from, to));
    }
}

void MachineActions::askToRemoveDrive(SlotId slot)
{
    if (!m_session) {
        return;
    }
    const Drive* drive = m_session->drives().at(slot);
    if (drive == nullptr) {
        return;
    }
    const auto* disk = std::get_if<DiskDrive>(&drive->what);
    const QString what = disk != nullptr ? disk->shortName() : tr("the DVD drive");
    ask(m_window,
        {.question = tr("Remove %1 from slot %2 of %3?").arg(what, slot.toString(), m_name),
            .consequence = disk != nullptr
                ? tr("The machine loses the disk. %1 stays as it is.").arg(disk->where())
                : tr("The machine loses the drive. The ISO in it, if any, stays where it is."),
            .verb = tr("Remove %1").arg(what)},
        [this, slot, what, session = m_session] {
            if (session) {
                removeDrive(session, slot, what, RemovalWay::Safely);
            }
        });
}

void MachineActions::removeDrive(MachineSession* session, SlotId slot, const QString& what, RemovalWay way)
{
    QCoro::connect(session->drives().remove(slot, way), this,
        [this, slot, what, way, name = session->name(), of = QPointer(session)](
            const Result<DriveRemoval>& removed) {
            if (removed) {
                if (!removed->sentences.isEmpty()) {
                    Q_EMIT told(name,
                        tr("%1 is out of slot %2.").arg(what, slot.toString()) + QLatin1Char(' ')
                            + removed->sentences.join(QLatin1Char(' ')));
                }
                return;
            }
            if (!of || removed.error().kind != ErrorKind::InUse || way == RemovalWay::Forcibly) {
                Q_EMIT failed(name, removed.error());
                return;
            }
            ask(m_window,
                {.question = tr("Remove %1 from slot %2 of %3 by force?").arg(what, slot.toString(), name),
                    .consequence = removed.error().text(),
                    .verb = tr("Remove %1 by force").arg(what),
                    .detail = removed.error().detail},
                [this, slot, what, of] {
                    if (of) {
                        removeDrive(of, slot, what, RemovalWay::Forcibly);
                    }
                });
        });
}

void MachineActions::doChangeSettings()
{
    if (m_session) {
        auto* dialog = new SettingsDialog(*m_session, m_library.forwardedPorts(), m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->open();
    }
}

void MachineActions::doShowFolder()
{
    if (!QFileInfo(m_folder).isDir()) {
        Q_EMIT failed(m_name,
            {.kind = ErrorKind::NotFound,
                .summary = tr("The folder %1 does not exist.").arg(QDir::toNativeSeparators(m_folder))});
    } else if (!QDesktopServices::openUrl(QUrl::fromLocalFile(m_folder))) {
        Q_EMIT failed(m_name,
            {.kind = ErrorKind::MissingProgram,
                .summary = tr("No program to show folders was found."),
                .advice = tr("The folder is %1.").arg(QDir::toNativeSeparators(m_folder))});
    }
}

void MachineActions::doMoveToTrash()
{
    if (m_name.isEmpty()) {
        return;
    }
    QString consequence = tr("Its folder %1 goes to the trash.").arg(QDir::toNativeSeparators(m_folder));
    if (m_session) {
        const Definition& definition = m_session->machine().definition;
        const QStringList inside = disks(definition, m_folder, true);
        const QStringList outside = disks(definition, m_folder, false);
        QStringList names;
        for (const QString& file : inside) {
            names << QFileInfo(file).fileName();
        }
        if (!names.isEmpty()) {
            consequence = tr("Its folder %1 goes to the trash, with what is on these disks: %2.")
                              .arg(QDir::toNativeSeparators(m_folder), QLocale().createSeparatedList(names));
        }
        if (!outside.isEmpty()) {
            consequence += QLatin1Char('\n')
                + tr("Disks kept elsewhere stay: %1.").arg(QLocale().createSeparatedList(outside));
        }
    }
    ask(m_window,
        {.question = tr("Move %1 to the trash?").arg(m_name),
            .consequence = consequence,
            .verb = tr("Move %1 to trash").arg(m_name)},
        [this, name = m_name] {
            QCoro::connect(m_library.remove(name, Removal::ToTrash), this, [this, name](const Result<void>& moved) {
                if (!moved && moved.error().kind == ErrorKind::Unsupported) {
                    askToDeleteForGood(name, moved.error());
                } else if (!moved) {
                    Q_EMIT failed(name, moved.error());
                }
            });
        });
}

void MachineActions::askToDeleteForGood(const QString& name, const Error& why)
{
    ask(m_window,
        {.question = tr("Delete %1 for good?").arg(name),
            .consequence = why.summary + QLatin1Char('\n')
                + tr("Deleted for good, its folder and the disks in it cannot be brought back."),
            .verb = tr("Delete %1 for good").arg(name),
            .detail = why.detail},
        [this, name] {
            QCoro::connect(
                m_library.remove(name, Removal::ForGood), this, [this, name](const Result<void>& deleted) {
                    if (!deleted) {
                        Q_EMIT failed(name, deleted.error());
                    }
                });
        });
}

} // namespace platter
