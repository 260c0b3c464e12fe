// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/edit_disk/edit_draft.h"

#include "wizards/edit_disk/edit_actions.h"

#include <QtConcurrentRun>

#include <chrono>

namespace platter {

using namespace std::chrono_literals;

EditDraft::EditDraft(MachineLibrary& library, QObject* parent)
    : QObject(parent)
    , m_library(library)
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(300ms);
    connect(&m_pause, &QTimer::timeout, this, &EditDraft::begin);
    connect(&m_worker, &QFutureWatcher<Result<DiskLook>>::finished, this, [this] {
        if (!m_looking || m_pause.isActive()) {
            return; // another file was asked for meanwhile
        }
        m_looking = false;
        m_look = m_worker.result();
        Q_EMIT looked();
    });
    connect(&library, &MachineLibrary::changed, this, &EditDraft::follow);
    follow();
}

void EditDraft::edit(const std::function<void(EditRequest&)>& change)
{
    const EditRequest before = m_request;
    change(m_request);
    if (m_request != before) {
        Q_EMIT changed();
    }
}

void EditDraft::setFile(const QString& file, When when)
{
    if (file == m_request.file && (m_looking || (m_look && *m_look))) {
        if (when == When::Now) {
            hurry();
        }
        return;
    }
    const EditAction action = m_request.action;
    m_request = EditRequest{.file = file, .action = action};
    m_look.reset();
    m_looking = !file.isEmpty();
    m_pause.stop();
    m_use = findDiskUse(m_library, file);
    if (m_looking) {
        if (when == When::Now) {
            begin();
        } else {
            m_pause.start();
        }
    }
    Q_EMIT fileChanged();
}

void EditDraft::hurry()
{
    if (m_pause.isActive()) {
        begin();
    }
}

void EditDraft::lookAgain()
{
    if (!m_request.file.isEmpty()) {
        m_looking = true;
        begin();
    }
}

void EditDraft::begin()
{
    m_pause.stop();
    const InspectAccess access = m_use.isRunning() ? InspectAccess::Shared : InspectAccess::Locked;
    // The watcher leaves an older future behind, with its answer.
    m_worker.setFuture(QtConcurrent::run([file = m_request.file, parents = m_request.parents, access] {
        return lookAtDisk(file, parents, access);
    }));
}

void EditDraft::follow()
{
    for (const LibraryEntry& entry : m_library.entries()) {
        if (entry.session != nullptr) {
            connect(entry.session, &MachineSession::stateChanged, this, &EditDraft::follow, Qt::UniqueConnection);
            connect(
                entry.session, &MachineSession::definitionChanged, this, &EditDraft::follow, Qt::UniqueConnection);
        }
    }
    const DiskUse use = findDiskUse(m_library, m_request.file);
    if (use == m_use) {
        return;
    }
    m_use = use;
    // The machine may have written to it.
    lookAgain();
    Q_EMIT useChanged();
}

std::optional<QString> EditDraft::obstacle() const
{
    return disk() != nullptr ? obstacleTo(m_request.action, *disk(), m_use) : std::nullopt;
}

} // namespace platter
