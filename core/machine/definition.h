// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's definition: what it consists of, as plain values. It knows no file format (definition_json.h), no
// rule (rules.h) and no running process. Paths are absolute.
#pragma once

#include "core/byte_count.h"
#include "core/disk/disk_format.h"
#include "core/machine/network_location.h"

#include <QString>
#include <QUuid>

#include <compare>
#include <optional>
#include <variant>
#include <vector>

namespace platter {

inline constexpr int maxControllers = 4; // as Hyper-V's generation 2
inline constexpr int slotsPerController = 64;

// Where a drive sits: SCSI controller 0..3, target 0..63. Written "0:3".
struct SlotId {
    int controller = 0;
    int target = 0;

    bool isValid() const
    {
        return controller >= 0 && controller < maxControllers && target >= 0 && target < slotsPerController;
    }

    QString toString() const;
    static Result<SlotId> parse(const QString& text); // InvalidInput with the two ranges

    friend auto operator<=>(const SlotId&, const SlotId&) = default;
};

// A network adapter by its place in Definition::adapters. Written "network 0".
struct AdapterId {
    int index = 0;
    friend auto operator<=>(const AdapterId&, const AdapterId&) = default;
};

struct MachineId {
    QUuid uuid;

    static MachineId random() { return {QUuid::createUuid()}; }

    QString toString() const { return uuid.toString(QUuid::WithoutBraces); }

    friend bool operator==(const MachineId&, const MachineId&) = default;

    friend auto operator<=>(const MachineId& a, const MachineId& b) { return a.toString() <=> b.toString(); }
};

// The disk that another one has taken the place of. Its file is kept until somebody deletes it.
struct FormerDisk {
    QString file;
    DiskFormat format = DiskFormat::Vhdx;
    bool isReplaced = false; // the guest's system has run from the new one
    friend bool operator==(const FormerDisk&, const FormerDisk&) = default;
};

// A disk or partition of the host, passed through.
struct HostDevice {
    QString path; // its stable name, in /dev/disk/by-id
    friend bool operator==(const HostDevice&, const HostDevice&) = default;
};

// Where a disk's content is; a text is the path of an image file.
using DiskSource = std::variant<QString, NetworkLocation, HostDevice>;

QString nameOf(const DiskSource& source); // "file", "network", "device"

struct DiskDrive {
    DiskSource source;
    DiskFormat format = DiskFormat::Vhdx;
    std::optional<FormerDisk> former = {};
    bool isReadOnly = false; // the guest cannot write to it; several machines may share it then
    bool discards = true; // what the guest frees (TRIM) is passed on to the image

    // The image file; empty: it is none.
    QString file() const;
    // What tells it from every other disk: the path of its file or device, or its location.
    QString where() const;
    // What one would call it: the last part of that.
    QString shortName() const;

    friend bool operator==(const DiskDrive&, const DiskDrive&) = default;
};

struct DvdDrive {
    QString medium = {}; // an ISO file; empty: no medium
    friend bool operator==(const DvdDrive&, const DvdDrive&) = default;
};

struct Drive {
    SlotId slot;
    std::variant<DiskDrive, DvdDrive> what;

    QString where() const; // of a DVD drive its medium, which may be empty
    bool isOnNetwork() const;
    friend bool operator==(const Drive&, const Drive&) = default;
};

enum class Protocol { Tcp, Udp };

// A port of the host (on 127.0.0.1 only) that leads to one of the guest.
struct PortForward {
    Protocol protocol = Protocol::Tcp;
    quint16 hostPort = 0;
    quint16 guestPort = 0;
    friend bool operator==(const PortForward&, const PortForward&) = default;
};

// What the user-mode network has for a guest that boots from it.
struct NetworkBoot {
    QString folder = {}; // served over TFTP by QEMU; empty: none
    QString file = {}; // the boot loader, relative to the folder
    QString url = {}; // of a boot loader or an ISO file, for UEFI's HTTP boot; empty: none
    friend bool operator==(const NetworkBoot&, const NetworkBoot&) = default;
};

// virtio-net, on QEMU's user-mode network (NAT, no privileges) or on a bridge of the host.
struct NetworkAdapter {
    QString mac; // "52:54:00:12:34:56"
    std::vector<PortForward> forwards = {}; // on the user-mode network
    NetworkBoot boot = {}; // on the user-mode network
    QString bridge = {}; // empty: the user-mode network
    bool isConnected = true; // the cable is plugged in
    friend bool operator==(const NetworkAdapter&, const NetworkAdapter&) = default;
};

using BootDevice = std::variant<SlotId, AdapterId>;

enum class AcceleratorChoice {
    Automatic, // KVM where it works, else software emulation
    SoftwareEmulation, // never KVM
};

// Whose boot loaders the firmware starts.
enum class SecureBoot {
    Off, // everybody's
    Microsoft, // Windows'
    MicrosoftAndThirdParty, // those too that Microsoft signs for others, Linux's shim above all
    OwnKeys, // those of keys that somebody enrolled into this machine
};

struct FirmwareSettings {
    SecureBoot secureBoot = SecureBoot::Off;
    bool hasTpm = false; // TPM 2.0
    bool showsBootMenu = false; // waits at each start for a key that opens it
    friend bool operator==(const FirmwareSettings&, const FirmwareSettings&) = default;
};

enum class VideoAdapter {
    StandardVga, // every system has a driver
    VirtioVga, // faster, for systems with its driver
};

// What helps to debug a kernel; both are unix sockets in the runtime folder.
struct DebugPorts {
    bool hasSerialPort = false; // the guest's second serial port
    bool hasGdbStub = false; // QEMU's own
    friend bool operator==(const DebugPorts&, const DebugPorts&) = default;
};

struct Definition {
    MachineId id;
    QString osId = {}; // libosinfo's short id of the system inside ("debian13"); empty: unknown
    ByteCount memory = ByteCount::gibibytes(2);
    int cpus = 2;
    AcceleratorChoice accelerator = AcceleratorChoice::Automatic;
    FirmwareSettings firmware = {};
    VideoAdapter video = VideoAdapter::StandardVga;
    bool hasGuestAgent = true; // the channel that the guest's agent is reached by
    bool startsWithSession = false; // when its user logs in to the host
    DebugPorts debugging = {};
    int controllers = 1; // 1..4
    std::vector<Drive> drives = {}; // sorted by slot, a slot at most once
    std::vector<NetworkAdapter> adapters = {}; // at most 8
    std::vector<BootDevice> bootOrder = {}; // what the firmware tries, first to last
    QString notes = {};

    const Drive* driveAt(SlotId slot) const;
    // The lowest free slot, controller 0 first; nothing when all are taken.
    std::optional<SlotId> firstFreeSlot() const;

    friend bool operator==(const Definition&, const Definition&) = default;
};

// A random unicast MAC address with QEMU's prefix 52:54:00.
QString randomMac();

} // namespace platter
