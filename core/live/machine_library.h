// SPDX-License-Identifier: GPL-3.0-or-later
// All machines of the store with their sessions, kept true while other programs make, start, stop and delete
// machines. GUI thread; owned by the application.
#pragma once

#include "core/live/machine_removal.h"
#include "core/live/machine_session.h"
#include "core/machine/new_machine.h"

#include <QFileSystemWatcher>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <set>

namespace platter {

// A machine that can be used, or one that cannot be read or has gone. One that runs while its folder was deleted or
// its definition broken has both a session, until it stops, and an error.
struct LibraryEntry {
    QString name;
    QString folder;
    MachineSession* session = nullptr; // null: broken; deleted later, after changed(), when the machine is gone
    std::optional<Error> error = {}; // why
    bool isGone = false; // its folder was here and is no more; broken as well
};

class MachineLibrary : public QObject {
    Q_OBJECT

public:
    MachineLibrary(const Places& places, AcceleratorProbe& probe, QObject* parent = nullptr);
    ~MachineLibrary() override;

    MachineStore& store();
    const std::vector<LibraryEntry>& entries() const; // sorted by name
    MachineSession* find(const QString& name) const; // null when absent or broken
    std::set<quint16> forwardedPorts() const; // of this computer, to any of the machines

    // Makes the machine in a worker thread; its entry is there when the task ends.
    QCoro::Task<Result<MachineSession*>> create(NewMachine choices);
    // Only while off; in a worker thread. Its entry is gone when the task ends.
    QCoro::Task<Result<void>> remove(QString name, Removal removal);

    // Reads the store again, which the library does by itself when something changes on disk. A machine that
    // disappears under it stays as an entry with an error.
    void reload();
    // Takes a machine that is gone out of the list.
    void forget(const QString& name);

Q_SIGNALS:
    void changed(); // entries() is another list

private:
    // Shows machines that are gone, except FORGOTTEN.
    void read(const QString& forgotten);
    MachineSession* newSession(const StoredMachine& machine);
    void findOrphans(const QSet<QString>& listed);
    // Machines that run and are not in the store, or not readable there. FORGOTTEN needs a QEMU to count as
    // running.
    void addRunning(std::vector<LibraryEntry>& entries, QSet<QString>& seen, const QString& forgotten) const;
    // Machines that were here and are no more, except FORGOTTEN.
    void addGone(std::vector<LibraryEntry>& entries, const QSet<QString>& seen, const QString& forgotten) const;
    QStringList runtimeFolders() const; // their names, which are the machines' ids
    void lookAtRunning();
    bool hasUnknownQemu() const;
    void watch();

    Places m_places;
    AcceleratorProbe& m_probe;
    MachineStore m_store;
    std::vector<LibraryEntry> m_entries;
    QHash<QString, MachineSession*> m_sessions; // by id; children of this
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
};

} // namespace platter
