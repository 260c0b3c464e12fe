// SPDX-License-Identifier: GPL-3.0-or-later
// The New VM wizard: six pages that edit one NewMachine, which the library makes at the end. Failures come back
// into the wizard, with nothing lost. GUI thread; owned by its opener; the library must outlive it.
#pragma once

#include "core/machine/new_machine.h"
#include "wizards/wizard_dialog.h"

namespace platter {

class MachineDraft;
class MachineLibrary;
struct Places;
class SummaryPage;
class SystemPage;

enum class FirstStart {
    Later,
    Now,
    NowWithKey, // and the medium's "Press any key" is to be answered
};

class NewVmWizard : public WizardDialog {
    Q_OBJECT

public:
    NewVmWizard(
        MachineLibrary& library, const Places& places, const HostResources& host, QWidget* parent = nullptr);

    // Begins with this ISO, as if it had been chosen on the first page.
    void setMedium(const QString& iso);
    const NewMachine& choices() const;

Q_SIGNALS:
    // The machine is in the library. Whoever opened the wizard starts it.
    void created(const QString& name, FirstStart start);

protected:
    void finish() override;
    QString discardQuestion() const override;
    QString discardVerb() const override;

private:
    void nameTheButton();
    void goToChoice(Choice choice);

    MachineLibrary& m_library;
    MachineDraft* m_draft;
    SystemPage* m_system;
    SummaryPage* m_summary;
};

} // namespace platter
