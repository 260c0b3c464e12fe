// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/choices.h"

#include "app/platterctl/network_boot_choice.h"
#include "app/platterctl/option_values.h"
#include "core/machine/suggestions.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

QCommandLineOption option(const char* name, const QString& description, const char* value = nullptr)
{
    QCommandLineOption made(QString::fromLatin1(name), description);
    if (value) {
        made.setValueName(QString::fromLatin1(value));
    }
    return made;
}

QString absolute(const QString& path)
{
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

Result<void> readDisk(const Arguments& arguments, NewMachine& choices)
{
    const QString size = arguments.value(QStringLiteral("disk"));
    const QString file = arguments.value(QStringLiteral("disk-file"));
    const QString format = arguments.value(QStringLiteral("disk-format"));
    choices.disk = NoDisk{};
    if (!size.isEmpty()) {
        const Result<ByteCount> bytes = ByteCount::parse(size);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        NewDisk disk{.size = *bytes, .file = file.isEmpty() ? QString() : absolute(file)};
        if (!format.isEmpty()) {
            const std::optional<DiskFormat> known = diskFormatFromString(format);
            if (!known) {
                return std::unexpected(
                    unusable(QStringLiteral("disk-format"), format, tr("It takes vhdx, qcow2 or raw.")));
            }
            disk.format = *known;
        }
        choices.disk = disk;
        return {};
    }
    if (!format.isEmpty()) {
        return std::unexpected(unusable(QStringLiteral("disk-format"), format,
            tr("It is for a new disk: say its size with --disk. An existing disk's format is read from the "
               "file.")));
    }
    if (!file.isEmpty()) {
        choices.disk = ExistingDisk{absolute(file)};
    }
    return {};
}

Result<void> readNetwork(const Arguments& arguments, NewMachine& choices)
{
    const QString network = arguments.value(QStringLiteral("network"));
    if (network != QLatin1String("nat") && network != QLatin1String("none")) {
        return std::unexpected(unusable(QStringLiteral("network"), network, tr("It takes nat or none.")));
    }
    choices.hasNetwork = network == QLatin1String("nat");
    const Result<NetworkBoot> boot = networkBootFrom(arguments.value(QStringLiteral("netboot-folder")),
        arguments.value(QStringLiteral("netboot-file")), arguments.value(QStringLiteral("http-boot")));
    if (!boot) {
        return std::unexpected(boot.error());
    }
    choices.networkBoot = *boot;
    choices.bootFromNetwork = arguments.isSet(QStringLiteral("network-boot")) || *boot != NetworkBoot{};
    const Result<std::vector<PortForward>> leads = forwards(arguments, QStringLiteral("forward"));
    if (!leads) {
        return std::unexpected(leads.error());
    }
    choices.forwards = *leads;
    if (!choices.hasNetwork && (choices.bootFromNetwork || !choices.forwards.empty())) {
        return std::unexpected(unusable(QStringLiteral("network"), network,
            tr("--network-boot, --netboot-folder, --http-boot and --forward need a network.")));
    }
    return {};
}

} // namespace

QList<QCommandLineOption> choiceOptions()
{
    QCommandLineOption network = option("network", tr("nat (default) or none."), "nat|none");
    network.setDefaultValue(QStringLiteral("nat"));
    return {
        option("memory", tr("Memory, as in 2G. By default what suits the system on the first ISO."), "size"),
        option("cpus", tr("Processors. By default what suits the system on the first ISO."), "number"),
        option("disk", tr("Make a disk of this size, as in 40G."), "size"),
        option("disk-format", tr("The new disk's format: vhdx (default), qcow2 or raw."), "format"),
        option("disk-file", tr("With --disk: where to make it. Alone: an existing disk image."), "file"),
        option("iso", tr("Add a DVD drive with this ISO; may be given several times, the system's first."), "file"),
        option("any-medium", tr("Take an ISO even if it cannot boot this machine.")),
        network,
        option("network-boot", tr("Boot from the network.")),
        option("netboot-folder",
            tr("Boot from the network what is in this folder, such as a system's netboot archive."), "folder"),
        option("netboot-file", tr("The boot loader in that folder; otherwise it is looked for."), "file"),
        option("http-boot", tr("Boot what is at this address, a boot loader or an ISO. This host is 10.0.2.2."),
            "url"),
        option("forward", tr("Lead a port of this host's 127.0.0.1 to one of the guest."), "[tcp:|udp:]host:guest"),
        option("place", tr("Keep the machine's folder in this folder."), "folder"),
        option("start", tr("Start it when it is made.")),
        option("dry-run", tr("Say what would be made, and make nothing.")),
    };
}

Result<NewMachine> choicesFrom(const Arguments& arguments)
{
    NewMachine choices;
    choices.name = arguments.positional[0];
    for (const QString& iso : arguments.values(QStringLiteral("iso"))) {
        choices.media.append(absolute(iso));
    }
    std::optional<InstallMedium> medium;
    if (!choices.media.isEmpty()) {
        // What is wrong with it is for mediaProblems() to say.
        if (const Result<InstallMedium> inspected = inspectMedium(choices.media.first())) {
            medium = *inspected;
            choices.osId = medium->osId;
        }
    }
    const Suggestion suggestion = suggestionFor(medium, HostResources::ofThisHost());
    const Result<ByteCount> memory = size(arguments, QStringLiteral("memory"), suggestion.memory);
    const Result<int> cpus = wholeNumber(arguments, QStringLiteral("cpus"), suggestion.cpus);
    if (!memory || !cpus) {
        return std::unexpected(memory ? cpus.error() : memory.error());
    }
    choices.memory = *memory;
    choices.cpus = *cpus;
    if (const QString place = arguments.value(QStringLiteral("place")); !place.isEmpty()) {
        choices.place = absolute(place);
    }
    if (const Result<void> disk = readDisk(arguments, choices); !disk) {
        return std::unexpected(disk.error());
    }
    if (const Result<void> network = readNetwork(arguments, choices); !network) {
        return std::unexpected(network.error());
    }
    return choices;
}

std::vector<Error> mediaProblems(const QStringList& media)
{
    if (media.isEmpty()) {
        return {};
    }
    const Result<InstallMedium> medium = inspectMedium(media.first());
    if (!medium) {
        return {medium.error()};
    }
    if (medium->uefi == UefiBoot::Yes) {
        return {};
    }
    return {Error{ErrorKind::Unsupported, QStringLiteral("%1: %2").arg(medium->file, medium->sentence()),
        tr("Choose a medium that boots with UEFI, or add --any-medium to use this one all the same.")}};
}

} // namespace platter::ctl
