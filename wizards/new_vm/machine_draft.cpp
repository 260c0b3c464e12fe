// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/machine_draft.h"

#include "core/machine/suggestions.h"

#include <QtConcurrentRun>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace platter {

using namespace std::chrono_literals;

MachineDraft::MachineDraft(
    MachineStore store, const HostResources& host, const QStringList& firmwareDescriptors, QObject* parent)
    : QObject(parent)
    , m_store(std::move(store))
    , m_host(host)
    , m_firmwareDescriptors(firmwareDescriptors)
{
    // Somebody who types is not interrupted at every key.
    m_pause.setSingleShot(true);
    m_pause.setInterval(120ms);
    connect(&m_pause, &QTimer::timeout, this, &MachineDraft::assessNow);
    connect(&m_worker, &QFutureWatcher<Assessment>::finished, this, [this] {
        m_assessment = m_worker.result();
        m_assessed = m_running;
        m_running = 0;
        Q_EMIT assessed();
    });
    setMedium(std::nullopt);
}

void MachineDraft::edit(Choice choice, const std::function<void(NewMachine&)>& change)
{
    m_chosen.insert(choice);
    change(m_choices);
    touch();
}

void MachineDraft::setMedium(const std::optional<InstallMedium>& medium)
{
    m_medium = medium;
    const Suggestion suggestion = suggestionFor(medium, m_host);
    m_choices.osId = medium ? medium->osId : QString();
    if (!m_chosen.contains(Choice::Name)) {
        m_choices.name = freeName(suggestion.name, m_store, m_choices.place);
    }
    if (!m_chosen.contains(Choice::Memory)) {
        m_choices.memory = suggestion.memory;
    }
    if (!m_chosen.contains(Choice::Processors)) {
        m_choices.cpus = suggestion.cpus;
    }
    if (auto* disk = std::get_if<NewDisk>(&m_choices.disk); disk && !m_chosen.contains(Choice::Disk)) {
        disk->size = suggestion.disk;
    }
    touch();
}

std::vector<Problem> MachineDraft::problemsWith(const std::vector<Choice>& about) const
{
    std::vector<Problem> found;
    std::ranges::copy_if(m_assessment.problems, std::back_inserter(found),
        [&](const Problem& problem) { return std::ranges::contains(about, problem.choice); });
    return found;
}

void MachineDraft::touch()
{
    ++m_generation;
    m_pause.start();
    Q_EMIT changed();
}

void MachineDraft::assessNow()
{
    m_pause.stop();
    if (isAssessed() || m_running == m_generation) {
        return;
    }
    m_running = m_generation;
    // A worker that is still busy with an older draft is left behind: its answer is about something else.
    m_worker.setFuture(QtConcurrent::run(
        [choices = m_choices, store = m_store, host = m_host, descriptors = m_firmwareDescriptors] {
            return assess(choices, store, host, descriptors);
        }));
}

void MachineDraft::assessAgain()
{
    ++m_generation;
    assessNow();
}

} // namespace platter
