// SPDX-License-Identifier: GPL-3.0-or-later
// The selected machine's actions, for toolbar, menu and context menu alike: what is impossible now is disabled and
// says why. They ask before they destroy. GUI thread; owned by the main window.
#pragma once

#include "core/live/disk_trouble.h"
#include "core/live/machine_library.h"
#include "ui/main_window/action_rules.h"

#include <QAction>
#include <QMenu>
#include <QPointer>

class QSettings;

namespace platter {

class MachineActions : public QObject {
    Q_OBJECT

public:
    MachineActions(MachineLibrary& library, QSettings& settings, QWidget* window);
    ~MachineActions() override;

    // The machine that the actions are about; nothing: none is selected.
    void setEntry(std::optional<LibraryEntry> entry);

    MachineSession* session() const { return m_session; }

    // Another machine than the one selected that has FILE as a disk.
    std::optional<ImageUser> otherUserOf(const QString& file) const;

    MachineSituation situation() const;

    QAction* start() const { return m_start; }

    QAction* startWithoutKvm() const { return m_startWithoutKvm; }

    QAction* pause() const { return m_pause; } // or resume

    QAction* shutDown() const { return m_shutDown; }

    QAction* shutDownByAgent() const { return m_shutDownByAgent; }

    QAction* powerOff() const { return m_powerOff; }

    QAction* reset() const { return m_reset; }

    QAction* insertMedium() const
    {
        return m_insertMedium;
    } // into the first DVD drive, an empty one if there is one

    QAction* settings() const { return m_changeSettings; }

    QAction* showFolder() const { return m_showFolder; }

    QAction* moveToTrash() const { return m_moveToTrash; }

    // Insert and eject for every DVD drive.
    QMenu* mediaMenu() const { return m_mediaMenu.get(); }

    QMenu* shutDownMenu() const { return m_shutDownMenu.get(); }

    // Adds everything that can be done with a machine.
    void fill(QMenu* menu) const;

    void chooseMedium(SlotId slot);
    void setMedium(SlotId slot, const QString& iso); // empty: eject
    void askToRemoveDrive(SlotId slot);
    void moveDrive(SlotId from, SlotId to);
    // Into the controller's first free slot.
    void addDvdDrive(int controller);
    void addDisk(int controller, const DiskDrive& disk);
    void addController();
    void removeController(); // the last one

Q_SIGNALS:
    void failed(const QString& machine, const Error& error);
    void told(const QString& machine, const QString& what); // what came of something
    void aboutToStart(const QString& machine);

private:
    QAction* add(const char* name, const QString& text, const QString& icon, void (MachineActions::*slot)());
    void setUp(QAction* action, MachineAction what, const QString& tip);
    void update();
    void fillMediaMenu();

    void doStart();
    void doStartWithoutKvm();
    void doPauseOrResume();
    void doShutDown();
    void doShutDownByAgent();
    void doPowerOff();
    void doReset();
    void doInsertMedium();
    void doChangeSettings();
    void doShowFolder();
    void doMoveToTrash();
    void askToDeleteForGood(const QString& name, const Error& why);
    void run(QCoro::Task<Result<void>> task);
    void addDrive(int controller, const std::variant<DiskDrive, DvdDrive>& what);
    void changeMedium(MachineSession* session, SlotId slot, const QString& iso, TrayOpening opening);
    void removeDrive(MachineSession* session, SlotId slot, const QString& what, RemovalWay way);

    MachineLibrary& m_library;
    QSettings& m_settings;
    QWidget* m_window;
    QPointer<MachineSession> m_session;
    QString m_name; // empty: none
    QString m_folder;
    bool m_isGone = false;
    QAction* m_start = nullptr;
    QAction* m_startWithoutKvm = nullptr;
    QAction* m_pause = nullptr;
    QAction* m_shutDown = nullptr;
    QAction* m_shutDownByAgent = nullptr;
    QAction* m_powerOff = nullptr;
    QAction* m_reset = nullptr;
    QAction* m_insertMedium = nullptr;
    QAction* m_changeSettings = nullptr;
    QAction* m_showFolder = nullptr;
    QAction* m_moveToTrash = nullptr;
    std::unique_ptr<QMenu> m_mediaMenu;
    std::unique_ptr<QMenu> m_shutDownMenu;
};

} // namespace platter
