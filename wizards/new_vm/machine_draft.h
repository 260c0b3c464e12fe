// SPDX-License-Identifier: GPL-3.0-or-later
// The NewMachine that the wizard's pages edit, with what core says about it, found out in a worker thread so that
// no page ever waits for a disk. Remembers which choices the user made, for those no suggestion touches. GUI
// thread; owned by the wizard.
#pragma once

#include "core/media/install_medium.h"
#include "wizards/new_vm/assessment.h"

#include <QFutureWatcher>
#include <QObject>
#include <QTimer>

#include <functional>
#include <set>

namespace platter {

class MachineDraft : public QObject {
    Q_OBJECT

public:
    // FIRMWARE_DESCRIPTORS as assess() has them.
    MachineDraft(
        MachineStore store, const HostResources& host, const QStringList& firmwareDescriptors, QObject* parent);

    const NewMachine& choices() const { return m_choices; }

    const MachineStore& store() const { return m_store; }

    const HostResources& host() const { return m_host; }

    // What the machine starts with, as far as it is known.
    const std::optional<InstallMedium>& medium() const { return m_medium; }

    // The user makes CHOICE.
    void edit(Choice choice, const std::function<void(NewMachine&)>& change);
    // What is on the medium is known, or nothing is: everything that the user did not choose follows from it.
    void setMedium(const std::optional<InstallMedium>& medium);

    // False while the draft differs from what assessment() is about.
    bool isAssessed() const { return m_assessed == m_generation; }

    const Assessment& assessment() const { return m_assessment; }

    std::vector<Problem> problemsWith(const std::vector<Choice>& about) const;
    // Without waiting for more edits.
    void assessNow();
    // Anew, for the world may have changed.
    void assessAgain();

Q_SIGNALS:
    void changed();
    void assessed();

private:
    void touch();

    MachineStore m_store;
    HostResources m_host;
    QStringList m_firmwareDescriptors;
    NewMachine m_choices;
    std::optional<InstallMedium> m_medium;
    std::set<Choice> m_chosen;
    Assessment m_assessment;
    QFutureWatcher<Assessment> m_worker;
    QTimer m_pause;
    quint64 m_generation = 1; // counts edits
    quint64 m_running = 0; // the generation that the worker looks at
    quint64 m_assessed = 0; // the generation that m_assessment is about
};

} // namespace platter
