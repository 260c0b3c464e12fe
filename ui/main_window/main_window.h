// SPDX-License-Identifier: GPL-3.0-or-later
// The application's one window: machines on the left, the selected one on the right, actions above, messages
// across. It asks for a new machine (newMachineRequested()) and does the rest itself on the library. GUI thread;
// owned by the application, which owns what it refers to.
#pragma once

#include "core/live/machine_library.h"
#include "ui/main_window/dropped_files.h"

#include <QHash>
#include <QMainWindow>

class QMenu;
class QSettings;
class QSplitter;
class QStackedWidget;
class QToolBar;
class QToolButton;

namespace platter {

class BrokenPage;
class ConsoleActions;
class ConsoleTab;
class DiskJobRunner;
class DriveWarning;
class FileAttacher;
class FullScreenBar;
class JobList;
class JobsBar;
class MachineActions;
class MachineListPanel;
class MachinePane;
class MachineScreens;
class MessageBar;
class StartPage;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(MachineLibrary& library, QSettings& settings);
    ~MainWindow() override;

    // Selects a machine; starts it with the same care as the Start button.
    void select(const QString& machine);
    void start(const QString& machine);
    // An error that belongs to the application or to a machine, in the bar.
    void report(const QString& machine, const Error& error);

    // The long work that this window shows.
    JobList& jobs() { return *m_jobs; }

    // Brings the window to the front.
    void raiseToFront();

Q_SIGNALS:
    // Empty: nothing chosen yet.
    void newMachineRequested(const QString& iso);
    void editDiskRequested(const QString& file);
    void compactDiskRequested(const QString& file);
    void convertDiskRequested(const QString& file);
    void newDiskRequested(MachineSession* session, int controller);
    // The user wants to see more of a job.
    void jobRequested(DiskJobRunner* job);

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragMoveEvent(QDragMoveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void makeActions();
    void makeToolBar();
    void offerOtherWaysToStop();
    void makeMenu();
    void restore();
    void remember();

    void follow(); // the library is another list
    void warnOfEntries();
    void watch(MachineSession* session);
    void noteState(MachineSession* session);
    StartPage* startPage();
    BrokenPage* brokenPage();
    void showSelected();
    void adoptConsole(ConsoleTab* console);
    void setConsoleFullScreen(bool full);
    // To the machine that is selected.
    void attachFiles(const std::vector<DroppedFile>& files, std::optional<SlotId> slot = {});
    void offerDisks(int controller);
    void chooseDisk(int controller);
    template <typename Dialog>
    void chooseElsewhere(int controller);
    void askToQuit(); // although work goes on
    void about();

    MachineLibrary& m_library;
    QSettings& m_settings;
    MachineActions* m_actions = nullptr;
    FileAttacher* m_attacher = nullptr;
    ConsoleActions* m_consoleActions = nullptr;
    MachineScreens* m_screens = nullptr;

    struct Said {
        std::optional<Error> error; // the last of the machine's that was reported
        DriveWarning* drives = nullptr; // gone with the session
    };

    QHash<const MachineSession*, Said> m_said;
    QHash<QString, Error> m_warned; // by name: what is wrong with those that run all the same

    JobList* m_jobs = nullptr;
    QAction* m_newVm = nullptr;
    QAction* m_editDisk = nullptr;
    QAction* m_find = nullptr;
    QAction* m_quit = nullptr;
    QAction* m_about = nullptr;
    QMenu* m_menu = nullptr;
    QToolBar* m_toolBar = nullptr;
    QToolButton* m_menuButton = nullptr;
    MessageBar* m_messages = nullptr;
    JobsBar* m_jobsBar = nullptr;
    QStackedWidget* m_content = nullptr;
    StartPage* m_startPage = nullptr; // made when it is needed, as most runs never show it
    QSplitter* m_splitter = nullptr;
    MachineListPanel* m_list = nullptr;
    QStackedWidget* m_right = nullptr;
    MachinePane* m_pane = nullptr;
    BrokenPage* m_broken = nullptr; // likewise
    FullScreenBar* m_fullScreenBar = nullptr;
    bool m_askingToQuit = false;
    bool m_wasMaximized = false; // before full screen
};

} // namespace platter
