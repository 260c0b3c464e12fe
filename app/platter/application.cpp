// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/application.h"

#include "core/disk/operations/kept_copy.h"
#include "core/machine/rules.h"
#include "ui/jobs/job_list.h"
#include "wizards/edit_disk/edit_disk_wizard.h"
#include "wizards/new_disk/new_disk_dialog.h"
#include "wizards/new_vm/new_vm_wizard.h"

#include <QCoreApplication>
#include <QCoroTask>
#include <QSettings>
#include <QtConcurrentRun>

namespace platter {

namespace {

void bringForward(QWidget& window)
{
    window.show();
    window.raise();
    window.activateWindow();
}

// How often it is looked for copies that were kept long enough.
constexpr std::chrono::hours tidyingInterval{1};

} // namespace

void Application::introduce()
{
    QCoreApplication::setOrganizationName(QStringLiteral("platter"));
    QCoreApplication::setApplicationName(QStringLiteral("platter"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
}

Application::Application(const Places& places, QSettings& settings)
    : m_places(places)
    , m_probe(places.cache)
    , m_library(places, m_probe)
    , m_window(m_library, settings)
{
    connect(&m_window, &MainWindow::newMachineRequested, this, &Application::newMachine);
    connect(&m_window, &MainWindow::editDiskRequested, this, [this](const QString& file) { editDisk(file); });
    connect(&m_window, &MainWindow::compactDiskRequested, this,
        [this](const QString& file) { editDisk(file, EditAction::Compact); });
    connect(&m_window, &MainWindow::convertDiskRequested, this,
        [this](const QString& file) { editDisk(file, EditAction::Convert); });
    connect(&m_window, &MainWindow::newDiskRequested, this, &Application::newDisk);
    connect(&m_window, &MainWindow::jobRequested, this, &Application::showJob);
    m_tidying.setInterval(tidyingInterval);
    connect(&m_tidying, &QTimer::timeout, this, &Application::dropOldCopies);
    m_tidying.start();
    dropOldCopies();
}

Application::~Application() = default;

void Application::open(const StartRequest& request)
{
    if (!request.activationToken.isEmpty()) {
        qputenv("XDG_ACTIVATION_TOKEN", request.activationToken.toUtf8());
    }
    if (m_window.isVisible()) {
        m_window.raiseToFront();
    } else {
        m_window.show();
    }
    if (request.newMachine) {
        newMachine(request.iso);
    }
    if (request.editDisk) {
        editDisk(request.disk);
    }
}

void Application::newMachine(const QString& iso)
{
    // One wizard at a time: what was entered in it is worth more than a second, empty one.
    if (m_wizard == nullptr) {
        m_wizard = new NewVmWizard(m_library, m_places, HostResources::ofThisHost(), &m_window);
        // However it ends: a dialog that ends while it is being closed is not deleted by Qt::WA_DeleteOnClose.
        connect(m_wizard, &QDialog::finished, this, [this] {
            m_wizard->deleteLater();
            m_wizard.clear();
        });
        connect(m_wizard, &NewVmWizard::created, &m_window, [this](const QString& machine, FirstStart start) {
            if (start == FirstStart::Later) {
                m_window.select(machine);
                return;
            }
            m_window.start(machine);
            if (MachineSession* session = m_library.find(machine); session && start == FirstStart::NowWithKey) {
                QCoro::connect(session->answerKeyPrompt(), session, [] { });
            }
        });
    }
    if (!iso.isEmpty()) {
        m_wizard->setMedium(iso);
    }
    bringForward(*m_wizard);
}

void Application::newDisk(MachineSession* session, int controller)
{
    (new NewDiskDialog(session, controller, &m_window))->open();
}

void Application::dropOldCopies()
{
    QStringList files;
    for (const LibraryEntry& entry : m_library.entries()) {
        const std::vector<Drive> none;
        for (const Drive& drive : entry.session != nullptr ? entry.session->machine().definition.drives : none) {
            if (const auto* disk = std::get_if<DiskDrive>(&drive.what)) {
                files << disk->file();
            }
        }
    }
    // Storage that hangs must not take the window with it.
    auto dropping = QtConcurrent::run([files] {
        for (const QString& file : files) {
            dropCopiesOf(file, CopiesToDrop::Old);
        }
    });
    Q_UNUSED(dropping)
}

void Application::editDisk(const QString& file, std::optional<EditAction> action)
{
    // One that has not begun its work takes the file; one at work is left alone.
    EditDiskWizard* wizard = nullptr;
    for (EditDiskWizard* each : m_editWizards) {
        if (each->job() == nullptr) {
            wizard = each;
        }
    }
    if (wizard == nullptr) {
        wizard = newEditWizard();
    }
    if (!file.isEmpty()) {
        wizard->setFile(file, action);
    }
    bringForward(*wizard);
}

EditDiskWizard* Application::newEditWizard()
{
    auto* wizard = new EditDiskWizard(m_library, m_window.jobs(), &m_window);
    m_editWizards.append(wizard);
    const auto forget = [this, wizard] {
        if (m_editWizards.removeOne(wizard)) {
            wizard->deleteLater();
        }
    };
    connect(wizard, &QDialog::finished, this, forget);
    // Its result was taken off the bar without being looked at.
    connect(&m_window.jobs(), &JobList::dismissed, wizard, [wizard, forget](const DiskJobRunner* job) {
        if (wizard->job() == job && !wizard->isVisible()) {
            forget();
        }
    });
    return wizard;
}

void Application::showJob(DiskJobRunner* job)
{
    for (EditDiskWizard* wizard : m_editWizards) {
        if (wizard->job() == job) {
            bringForward(*wizard);
        }
    }
}

} // namespace platter
