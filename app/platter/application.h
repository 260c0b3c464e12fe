// SPDX-License-Identifier: GPL-3.0-or-later
// Where core, ui and wizards meet: owns the library and the window, opens the wizard that the window asks for. GUI
// thread; owned by main() (and by the tour).
#pragma once

#include "app/platter/start_request.h"
#include "core/live/machine_library.h"
#include "core/places.h"
#include "core/qemu/accelerator.h"
#include "ui/main_window/main_window.h"
#include "wizards/edit_disk/edit_request.h"

#include <QPointer>
#include <QTimer>

namespace platter {

class DiskJobRunner;
class EditDiskWizard;
class NewVmWizard;

class Application : public QObject {
    Q_OBJECT

public:
    // Names the program, and by that the one file of settings that every QSettings() means. Before the
    // QApplication.
    static void introduce();

    Application(const Places& places, QSettings& settings);
    ~Application() override;

    MainWindow& window() { return m_window; }

    MachineLibrary& library() { return m_library; }

    // Shows the window and does what is asked for.
    void open(const StartRequest& request);

private:
    void newMachine(const QString& iso);
    void newDisk(MachineSession* session, int controller);
    void editDisk(const QString& file, std::optional<EditAction> action = {});
    void dropOldCopies();
    EditDiskWizard* newEditWizard();
    void showJob(DiskJobRunner* job);

    Places m_places;
    AcceleratorProbe m_probe;
    MachineLibrary m_library;
    MainWindow m_window;
    QTimer m_tidying;
    QPointer<NewVmWizard> m_wizard;
    QList<EditDiskWizard*> m_editWizards; // children of the window
};

} // namespace platter
