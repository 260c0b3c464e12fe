// SPDX-License-Identifier: GPL-3.0-or-later
// Making a machine: what somebody chose, what it leads to, what will be made, and making it. The New VM wizard and
// `platterctl machine create` edit a NewMachine and show plan(); neither decides anything itself. Values and
// blocking functions; create() may run in any thread.
#pragma once

#include "core/disk/new_image.h"
#include "core/machine/rules.h"
#include "core/machine/store.h"

#include <QStringList>

#include <variant>

namespace platter {

struct NewDisk {
    DiskFormat format = DiskFormat::Vhdx;
    ByteCount size = ByteCount::gibibytes(40);
    QString file = {}; // empty: "<name>.vhdx" in the machine's folder
};

QString suffixOf(DiskFormat format); // ".vhdx"

// Where a new disk will be.
QString newDiskFile(const NewDisk& disk, const QString& machineFolder);

struct ExistingDisk {
    QString file;
};

struct NoDisk { };

struct NewMachine {
    QString name;
    std::optional<QString> place = {}; // folder that gets the machine's folder; nothing: the store's own
    QString osId = {}; // libosinfo short id
    ByteCount memory = ByteCount::gibibytes(2);
    int cpus = 2;
    std::variant<NewDisk, ExistingDisk, NoDisk> disk = NewDisk{};
    QStringList media = {}; // ISOs, a DVD drive each, in this order (system first, virtio drivers second)
    bool bootFromNetwork = false; // the adapter goes into the boot order, before the media
    NetworkBoot networkBoot = {}; // what it boots from; nothing: what the network offers
    bool hasNetwork = true;
    std::vector<PortForward> forwards = {}; // without a network they lead nowhere and are left out
};

// The definition that the choices lead to: slots from 0:0 on (disk first, then DVD drives). Boot order: a new disk,
// which is passed over while it is empty, then the network if it is to be booted from, then the media; an existing
// disk goes last. The firmware is what the system asks for (suggestions.h). Looks into an existing disk for its
// format.
Definition definitionFor(const NewMachine& choices, const QString& machineFolder);

// Which choice a problem is about, and which of the chosen files where it is about one, so that a page can show it
// beside that choice.
enum class Choice { Name, Place, Memory, Processors, Disk, Media, Network };

struct Problem {
    Choice choice;
    Error error;
    QString file = {}; // as it is in the choices
};

// Everything that keeps the machine from being made, each with its sentence: the rules, names taken, places that
// cannot be written, too little space, images that do not exist, cannot be read, are VHD or in use, media that
// cannot be read.
std::vector<Problem> problems(const NewMachine& choices, const MachineStore& store, const HostResources& host);

// What will be made, as plain text in lines, naming every file with its size and the space it takes at first.
QString plan(const NewMachine& choices, const MachineStore& store);

// Makes folder, disk, definition. All or nothing. Refuses with the first of problems(), the others in the detail.
Result<StoredMachine> create(const NewMachine& choices, MachineStore& store);

} // namespace platter
