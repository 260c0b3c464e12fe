// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/machine_library.h"

#include "core/live/machine_trouble.h"
#include "core/live/running_records.h"
#include "core/machine/name_order.h"

#include <QCoroFuture>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QtConcurrentRun>

#include <algorithm>

namespace platter {

namespace {

// Somebody who makes or deletes a machine touches several files.
constexpr std::chrono::milliseconds settling{100};

bool sameEntry(const LibraryEntry& a, const LibraryEntry& b)
{
    return a.name == b.name && a.folder == b.folder && a.session == b.session && a.error == b.error
        && a.isGone == b.isGone;
}

Result<StoredMachine> makeMachine(const NewMachine& choices, MachineStore store)
{
    return platter::create(choices, store);
}

} // namespace

MachineLibrary::MachineLibrary(const Places& places, AcceleratorProbe& probe, QObject* parent)
    : QObject(parent)
    , m_places(places)
    , m_probe(probe)
    , m_store(places.machines)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(settling);
    connect(&m_settle, &QTimer::timeout, this, &MachineLibrary::reload);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this](const QString& path) {
        if (path.startsWith(m_places.runtime)) {
            // Machines come and go there; nobody should wait to see that.
            lookAtRunning();
            if (hasUnknownQemu()) {
                m_settle.start();
            }
        } else {
            m_settle.start();
        }
    });
    // Many an editor writes a definition in place, which leaves its folder as it was.
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this](const QString& path) {
        // One that was replaced is another file under the same name.
        m_watcher.removePath(path);
        m_watcher.addPath(path);
        m_settle.start();
    });
    // What is not there cannot be watched. Where it cannot be made, making the first machine says why.
    QDir().mkpath(m_places.machines);
    reload();
}

MachineLibrary::~MachineLibrary() = default;

MachineStore& MachineLibrary::store()
{
    return m_store;
}

const std::vector<LibraryEntry>& MachineLibrary::entries() const
{
    return m_entries;
}

std::set<quint16> MachineLibrary::forwardedPorts() const
{
    std::set<quint16> ports;
    for (const LibraryEntry& entry : m_entries) {
        if (!entry.session) {
            continue;
        }
        for (const NetworkAdapter& adapter : entry.session->machine().definition.adapters) {
            for (const PortForward& forward : adapter.forwards) {
                ports.insert(forward.hostPort);
            }
        }
    }
    return ports;
}

MachineSession* MachineLibrary::find(const QString& name) const
{
    const auto found = std::ranges::find(m_entries, name, &LibraryEntry::name);
    return found == m_entries.end() ? nullptr : found->session;
}

MachineSession* MachineLibrary::newSession(const StoredMachine& machine)
{
    auto* session = new MachineSession(machine, m_places, m_probe, QmpSeat::Application, this);
    connect(session, &MachineSession::stateChanged, this, [this, session] {
        // One whose machine is gone was kept only as long as it was up.
        if (!isUp(session->state())) {
            m_settle.start();
        }
    });
    m_sessions.insert(machine.definition.id.toString(), session);
    return session;
}

void MachineLibrary::reload()
{
    read({});
}

void MachineLibrary::forget(const QString& name)
{
    read(name);
}

void MachineLibrary::read(const QString& forgotten)
{
    std::vector<LibraryEntry> entries;
    QSet<QString> seen;
    for (StoreEntry& stored : m_store.list()) {
        LibraryEntry entry{.name = stored.name, .folder = stored.folder};
        if (stored.definition) {
            const QString id = stored.definition->id.toString();
            const StoredMachine machine{stored.name, stored.folder, std::move(*stored.definition)};
            seen.insert(id);
            entry.session = m_sessions.value(id);
            if (entry.session != nullptr) {
                entry.session->setMachine(machine);
            } else {
                entry.session = newSession(machine);
            }
        } else {
            entry.error = stored.definition.error();
        }
        entries.push_back(std::move(entry));
    }
    const std::size_t listed = entries.size();
    findOrphans(seen);
    addRunning(entries, seen, forgotten);
    addGone(entries, seen, forgotten);
    if (entries.size() > listed) {
        sortByName(entries);
    }

    std::vector<MachineSession*> unused;
    for (auto it = m_sessions.begin(); it != m_sessions.end();) {
        if (seen.contains(it.key())) {
            ++it;
        } else {
            unused.push_back(it.value());
            it = m_sessions.erase(it);
        }
    }
    const bool isAnother = !std::ranges::equal(entries, m_entries, sameEntry);
    m_entries = std::move(entries);
    if (isAnother) {
        Q_EMIT changed();
    }
    for (MachineSession* session : unused) {
        session->deleteLater();
    }
    lookAtRunning();
}

void MachineLibrary::findOrphans(const QSet<QString>& listed)
{
    for (const LaunchRecord& record : recordsOfRunning(m_places.runtime)) {
        const QString id = record.machine.definition.id.toString();
        if (!listed.contains(id) && !m_sessions.contains(id)) {
            newSession(record.machine);
        }
    }
}

void MachineLibrary::addRunning(
    std::vector<LibraryEntry>& entries, QSet<QString>& seen, const QString& forgotten) const
{
    for (auto it = m_sessions.cbegin(); it != m_sessions.cend(); ++it) {
        MachineSession* session = it.value();
        // Whoever deletes a machine holds its start lock, which looks like a start.
        const bool seemsUp = isUp(session->state()) && session->name() != forgotten;
        if (seen.contains(it.key())
            || (!seemsUp && !RuntimeFolder::of(m_places.runtime, session->machine().definition.id).runningQemu())) {
            continue;
        }
        seen.insert(it.key());
        // The definition is there and broken, or all of it is gone; the guest runs on in either case.
        const auto broken = std::ranges::find(entries, session->name(), &LibraryEntry::name);
        if (broken != entries.end() && broken->session == nullptr) {
            broken->session = session;
            continue;
        }
        entries.push_back({.name = session->name(),
            .folder = session->machine().folder,
            .session = session,
            .error = folderIsGone(session->machine())});
    }
}

void MachineLibrary::addGone(
    std::vector<LibraryEntry>& entries, const QSet<QString>& seen, const QString& forgotten) const
{
    for (const LibraryEntry& before : m_entries) {
        if (before.name == forgotten) {
            continue;
        }
        const bool isBack = std::ranges::find(entries, before.name, &LibraryEntry::name) != entries.end()
            || (before.session != nullptr && seen.contains(before.session->machine().definition.id.toString()));
        if (isBack) {
            continue;
        }
        // One that could not be read before is gone all the same; one that ran on without its folder has told.
        if (before.session == nullptr ? !QFileInfo::exists(before.folder) : !before.error) {
            entries.push_back({.name = before.name,
                .folder = before.folder,
                .error = Error{ErrorKind::NotFound,
                    tr("“%1” is gone: its folder %2 has been moved or deleted.").arg(before.name, before.folder),
                    tr("Put the folder back where it was, or remove the machine from the list.")},
                .isGone = true});
        }
    }
}

QStringList MachineLibrary::runtimeFolders() const
{
    return QDir(m_places.runtime).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
}

void MachineLibrary::lookAtRunning()
{
    for (const QString& id : runtimeFolders()) {
        if (MachineSession* session = m_sessions.value(id)) {
            QCoro::connect(session->refresh(), this, [] { });
        }
    }
    watch();
}

bool MachineLibrary::hasUnknownQemu() const
{
    return std::ranges::any_of(runtimeFolders(), [this](const QString& id) {
        return !m_sessions.contains(id)
            && RuntimeFolder{m_places.runtime + QLatin1Char('/') + id}.runningQemu().has_value();
    });
}

void MachineLibrary::watch()
{
    QStringList wanted{m_places.machines, m_places.runtime};
    for (const LibraryEntry& entry : m_entries) {
        wanted << entry.folder << StoredMachine{entry.name, entry.folder, {}}.definitionFile();
    }
    for (const QString& id : runtimeFolders()) {
        wanted << m_places.runtime + QLatin1Char('/') + id;
    }
    const QStringList watched = m_watcher.directories() + m_watcher.files();
    const QSet<QString> have(watched.begin(), watched.end());
    const QSet<QString> want(wanted.begin(), wanted.end());
    if (const QStringList gone = (have - want).values(); !gone.isEmpty()) {
        m_watcher.removePaths(gone);
    }
    // What does not exist is left out, without a word.
    QStringList fresh;
    for (const QString& path : want - have) {
        if (QFileInfo::exists(path)) {
            fresh << path;
        }
    }
    if (!fresh.isEmpty()) {
        m_watcher.addPaths(fresh);
    }
}

QCoro::Task<Result<MachineSession*>> MachineLibrary::create(NewMachine choices)
{
    const QPointer<MachineLibrary> self(this);
    const Result<StoredMachine> made = co_await QtConcurrent::run(makeMachine, choices, m_store);
    if (!made) {
        co_return std::unexpected(made.error());
    }
    MachineSession* session = nullptr;
    if (self) {
        reload();
        session = m_sessions.value(made->definition.id.toString());
    }
    if (session == nullptr) {
        co_return std::unexpected(
            Error{ErrorKind::Interrupted, tr("“%1” was made, and has disappeared since.").arg(made->name),
                tr("Look for it in the list."), made->folder});
    }
    co_return session;
}

QCoro::Task<Result<void>> MachineLibrary::remove(QString name, Removal removal)
{
    const QPointer<MachineLibrary> self(this);
    const MachineSession* session = find(name);
    const bool isEntryOnly = session == nullptr;
    // Also one that this program is about to start, which nothing on disk tells yet.
    if (session != nullptr && isUp(session->state())) {
        co_return std::unexpected(
            Error{ErrorKind::WrongState, tr("“%1” cannot be deleted while it is up.").arg(name),
                tr("Shut it down or power it off first."), nameOf(session->state())});
    }
    const Result<void> removed = co_await QtConcurrent::run(removeMachine, m_places, name, removal);
    // One that disappeared under the library is an entry and nothing else.
    const bool isGone = !removed && removed.error().kind == ErrorKind::NotFound && isEntryOnly;
    if (!removed && !isGone) {
        co_return removed;
    }
    if (self) {
        forget(name);
    }
    co_return Result<void>();
}

} // namespace platter
