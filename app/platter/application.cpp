// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/application.h"

#include "core/machine/rules.h"
#include "wizards/new_vm/new_vm_wizard.h"

#include <QCoreApplication>
#include <QSettings>

namespace platter {

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
        connect(m_wizard, &NewVmWizard::created, &m_window, [this](const QString& machine, bool startNow) {
            if (startNow) {
                m_window.start(machine);
            } else {
                m_window.select(machine);
            }
        });
    }
    if (!iso.isEmpty()) {
        m_wizard->setMedium(iso);
    }
    m_wizard->show();
    m_wizard->raise();
    m_wizard->activateWindow();
}

} // namespace platter
