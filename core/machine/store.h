// SPDX-License-Identifier: GPL-3.0-or-later
// The machines on disk: one folder per machine below a root, named like the machine, with machine.json in it. A
// machine kept elsewhere is a symbolic link there. Several programs may use one store at once: writes take a lock
// and replace machine.json atomically. Blocking, short calls; thread-safe, for it keeps no state.
#pragma once

#include "core/machine/definition.h"

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace platter {

struct StoredMachine {
    QString name;
    QString folder; // absolute, links resolved
    Definition definition;

    QString definitionFile() const { return folder + QStringLiteral("/machine.json"); }

    QString nvramFile() const { return folder + QStringLiteral("/nvram.fd"); }

    // What its TPM keeps.
    QString tpmFolder() const { return folder + QStringLiteral("/tpm"); }

    QString logFolder() const { return folder + QStringLiteral("/log"); }

    QString serialLog() const { return logFolder() + QStringLiteral("/serial.log"); }

    QString tpmLog() const { return logFolder() + QStringLiteral("/tpm.log"); }

    QString qemuLog() const { return logFolder() + QStringLiteral("/qemu.log"); }
};

// One entry of the list: a machine, or a name with the reason why it cannot be read.
struct StoreEntry {
    QString name;
    QString folder;
    Result<Definition> definition;
};

class MachineStore {
public:
    explicit MachineStore(const QString& root);

    QString root() const { return m_root; }

    // Sorted by name as people sort. A link whose target is gone, a broken machine.json and a folder that has lost
    // its machine.json are entries with an error; a second machine with the same id is one too. Empty folders,
    // files and names that begin with a dot are nobody's machine.
    std::vector<StoreEntry> list() const;
    Result<StoredMachine> load(const QString& name) const;

    // The folder that a new machine would get; NAME is composed (NFC) as create() does.
    QString folderFor(const QString& name, const std::optional<QString>& place) const;
    // AlreadyExists when a machine, or at the place a file or folder, has that name.
    Result<void> checkNameIsFree(const QString& name, const std::optional<QString>& place) const;

    // Makes the folder below the root, or below PLACE with a link in the root. FILL puts further files into the
    // folder while it still has a temporary name (disks, NVRAM): where it fails, nothing is left behind. The
    // definition that FILL gets may be changed by it (paths of the files that it made); paths below the temporary
    // folder become paths below the final one. PLACE must exist.
    using Fill = std::function<Result<void>(Definition& definition, const QString& temporaryFolder)>;
    Result<StoredMachine> create(
        const QString& name, Definition definition, const std::optional<QString>& place, const Fill& fill);

    // Reads, lets CHANGE edit, writes, all under the machine's lock, so that nobody's change is lost. CHANGE is
    // short and does not touch the store. The id stays as it is; drives are sorted.
    using Change = std::function<Result<void>(Definition& definition)>;
    Result<StoredMachine> update(const QString& name, const Change& change);

    // Both also remove what cannot be read. A link goes with its folder where that is a machine's, alone where it
    // is not. Into the desktop's trash: the folder, and the link to it. Where there is no trash: Unsupported, and
    // nothing happens.
    Result<void> moveToTrash(const QString& name);
    // For good.
    Result<void> deleteForGood(const QString& name);

private:
    Result<void> remove(
        const QString& name, const std::function<Result<void>(const QString& folder)>& removeFolder);

    QString m_root;
};

} // namespace platter
