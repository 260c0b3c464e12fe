// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/new_vm_wizard.h"

#include "core/live/machine_library.h"
#include "core/places.h"
#include "wizards/new_vm/disk_page.h"
#include "wizards/new_vm/machine_draft.h"
#include "wizards/new_vm/name_page.h"
#include "wizards/new_vm/network_page.h"
#include "wizards/new_vm/resources_page.h"
#include "wizards/new_vm/summary_page.h"
#include "wizards/new_vm/system_page.h"

#include <QCoroTask>

#include <algorithm>

namespace platter {

namespace {

// The pages in their order.
enum Page { SystemStep, NameStep, ResourcesStep, DiskStep, NetworkStep };

} // namespace

NewVmWizard::NewVmWizard(MachineLibrary& library, const Places& places, const HostResources& host, QWidget* parent)
    : WizardDialog(parent)
    , m_library(library)
    , m_draft(new MachineDraft(library.store(), host, places.firmwareDescriptors, this))
    , m_system(new SystemPage(*m_draft, places.sampleGuest))
    , m_summary(new SummaryPage(*m_draft))
{
    setWindowTitle(tr("New virtual machine"));
    addPage(m_system);
    addPage(new NamePage(*m_draft));
    addPage(new ResourcesPage(*m_draft));
    addPage(new DiskPage(*m_draft));
    addPage(new NetworkPage(*m_draft, library.forwardedPorts()));
    addPage(m_summary);
    connect(m_summary, &SummaryPage::startsNowChanged, this, &NewVmWizard::nameTheButton);
    connect(m_summary, &SummaryPage::changeRequested, this, &NewVmWizard::goToChoice);
    nameTheButton();
}

void NewVmWizard::setMedium(const QString& iso)
{
    m_system->setMedium(iso);
    goTo(SystemStep); // where it shows, also when it comes while the wizard is open
}

const NewMachine& NewVmWizard::choices() const
{
    return m_draft->choices();
}

void NewVmWizard::nameTheButton()
{
    setFinishText(m_summary->startsNow() ? tr("&Create and start") : tr("&Create"));
}

void NewVmWizard::goToChoice(Choice choice)
{
    switch (choice) {
    case Choice::Name:
    case Choice::Place:
        goTo(NameStep);
        break;
    case Choice::Memory:
    case Choice::Processors:
        goTo(ResourcesStep);
        break;
    case Choice::Disk:
        goTo(DiskStep);
        break;
    case Choice::Media:
        goTo(SystemStep);
        break;
    case Choice::Network:
        goTo(NetworkStep);
        break;
    }
}

void NewVmWizard::finish()
{
    setWorking(tr("Creating the machine…"));
    const QString name = m_draft->choices().name;
    FirstStart start = m_summary->startsNow() ? FirstStart::Now : FirstStart::Later;
    if (m_summary->answersKeyPrompt()) {
        start = FirstStart::NowWithKey;
    }
    QCoro::connect(m_library.create(m_draft->choices()), this, [this, name, start](Result<MachineSession*> made) {
        setWorking({});
        if (!made) {
            m_summary->showFailure(made.error());
            return;
        }
        m_system->remember();
        Q_EMIT created(name, start);
        accept();
    });
}

QString NewVmWizard::discardQuestion() const
{
    return tr("The new machine is not made yet. Throw away what you have entered?");
}

QString NewVmWizard::discardVerb() const
{
    return tr("&Throw away");
}

} // namespace platter
