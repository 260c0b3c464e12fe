// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/machine_json.h"
#include "app/platterctl/option_values.h"
#include "core/live/machine_settings.h"

#include <QCoreApplication>
#include <QJsonArray>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

const QString optionMemory = QStringLiteral("memory");
const QString optionCpus = QStringLiteral("cpus");
const QString optionVideo = QStringLiteral("video");
const QString optionAgent = QStringLiteral("agent");
const QString optionNotes = QStringLiteral("notes");
const QString optionSession = QStringLiteral("start-with-session");
const QString optionDebugSerial = QStringLiteral("debug-serial");
const QString optionGdb = QStringLiteral("gdb");
const QString optionNat = QStringLiteral("nat");
const QString optionBridge = QStringLiteral("bridge");
const QString optionMac = QStringLiteral("mac");
const QString optionForward = QStringLiteral("forward");
const QString optionNoForward = QStringLiteral("no-forward");
const QString optionConnected = QStringLiteral("connected");

using Change = Result<void> (*)(const Arguments& arguments, Definition& definition);

// Changes the settings of the machine that the arguments name; DONE says it, with what waits for the next start.
QCoro::Task<int> changeWith(Context* context, Arguments arguments, Report report, Change change, QString done)
{
    const Result<std::shared_ptr<MachineSession>> session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    const Definition before = (*session)->machine().definition;
    Definition after = before;
    if (const Result<void> edited = change(arguments, after); !edited) {
        co_return report.failed(edited.error());
    }
    const Result<void> changed = co_await (*session)->changeSettings(before, after);
    if (!changed) {
        co_return report.failed(changed.error());
    }
    const QString words = after == before ? tr("%1 has these settings already.") : done;
    co_return report.done(
        (QStringList{words.arg((*session)->name())} + (*session)->waitingSettings()).join(QLatin1Char('\n')),
        toJson(**session));
}

Result<VideoAdapter> video(const Arguments& arguments, VideoAdapter otherwise)
{
    const QString value = arguments.value(optionVideo);
    if (value.isEmpty()) {
        return otherwise;
    }
    if (value == QLatin1String("standard")) {
        return VideoAdapter::StandardVga;
    }
    if (value == QLatin1String("virtio")) {
        return VideoAdapter::VirtioVga;
    }
    return std::unexpected(unusable(optionVideo, value, tr("Write standard or virtio.")));
}

// Puts a value that could be read into its place.
template <typename T>
Result<void> put(const Result<T>& value, T& place)
{
    if (!value) {
        return std::unexpected(value.error());
    }
    place = *value;
    return {};
}

Result<void> editMachine(const Arguments& arguments, Definition& machine)
{
    DebugPorts& debugging = machine.debugging;
    for (const Result<void>& done : {put(size(arguments, optionMemory, machine.memory), machine.memory),
             put(wholeNumber(arguments, optionCpus, machine.cpus), machine.cpus),
             put(video(arguments, machine.video), machine.video),
             put(yesOrNo(arguments, optionAgent, machine.hasGuestAgent), machine.hasGuestAgent),
             put(yesOrNo(arguments, optionSession, machine.startsWithSession), machine.startsWithSession),
             put(yesOrNo(arguments, optionDebugSerial, debugging.hasSerialPort), debugging.hasSerialPort),
             put(yesOrNo(arguments, optionGdb, debugging.hasGdbStub), debugging.hasGdbStub)}) {
        if (!done) {
            return done;
        }
    }
    if (arguments.isSet(optionNotes)) {
        machine.notes = arguments.value(optionNotes);
    }
    return {};
}

QCoro::Task<int> setMachine(Context* context, Arguments arguments, Report report)
{
    return changeWith(context, arguments, report, &editMachine, tr("The settings of %1 are changed."));
}

// What the options say of an adapter.
Result<void> editAdapter(const Arguments& arguments, NetworkAdapter& adapter)
{
    if (arguments.isSet(optionNat) && arguments.isSet(optionBridge)) {
        return std::unexpected(unusable(
            optionBridge, arguments.value(optionBridge), tr("An adapter is on NAT or on a bridge: name one.")));
    }
    if (arguments.isSet(optionNat)) {
        adapter.bridge.clear();
    }
    if (arguments.isSet(optionBridge)) {
        adapter.bridge = arguments.value(optionBridge);
        if (adapter.bridge.isEmpty()) {
            return std::unexpected(
                unusable(optionBridge, {}, tr("Name a bridge of this computer, or take --nat.")));
        }
    }
    if (arguments.isSet(optionMac)) {
        adapter.mac = arguments.value(optionMac).toLower();
    }
    if (arguments.isSet(optionNoForward)) {
        adapter.forwards.clear();
    }
    if (arguments.isSet(optionForward)) {
        if (const Result<void> done = put(forwards(arguments, optionForward), adapter.forwards); !done) {
            return done;
        }
    }
    return put(yesOrNo(arguments, optionConnected, adapter.isConnected), adapter.isConnected);
}

Result<AdapterId> adapterIn(const Arguments& arguments, const Definition& machine)
{
    const QString text = arguments.positional[1];
    bool isNumber = false;
    const int index = text.toInt(&isNumber);
    if (!isNumber || index < 0 || index >= std::ssize(machine.adapters)) {
        return std::unexpected(Error{ErrorKind::NotFound, tr("There is no network adapter “%1”.").arg(text),
            tr("platterctl network list shows those that there are."), {}});
    }
    return AdapterId{index};
}

Result<void> addAdapter(const Arguments& arguments, Definition& machine)
{
    NetworkAdapter adapter{.mac = randomMac()};
    const Result<void> edited = editAdapter(arguments, adapter);
    if (edited) {
        machine.adapters.push_back(adapter);
    }
    return edited;
}

Result<void> takeAdapterOut(const Arguments& arguments, Definition& machine)
{
    return adapterIn(arguments, machine).transform([&](AdapterId adapter) { removeAdapter(machine, adapter); });
}

Result<void> setAdapter(const Arguments& arguments, Definition& machine)
{
    return adapterIn(arguments, machine).and_then([&](AdapterId adapter) {
        return editAdapter(arguments, machine.adapters[std::size_t(adapter.index)]);
    });
}

QCoro::Task<int> add(Context* context, Arguments arguments, Report report)
{
    return changeWith(context, arguments, report, &addAdapter, tr("%1 has another network adapter."));
}

QCoro::Task<int> remove(Context* context, Arguments arguments, Report report)
{
    return changeWith(context, arguments, report, &takeAdapterOut, tr("%1 has a network adapter less."));
}

QCoro::Task<int> set(Context* context, Arguments arguments, Report report)
{
    return changeWith(context, arguments, report, &setAdapter, tr("The network adapter of %1 is changed."));
}

QCoro::Task<int> list(Context* context, Arguments arguments, Report report)
{
    const Result<StoredMachine> machine = context->store.load(arguments.positional[0]);
    if (!machine) {
        co_return report.failed(machine.error());
    }
    std::vector<QStringList> rows;
    QJsonArray json;
    for (std::size_t i = 0; i < machine->definition.adapters.size(); ++i) {
        const NetworkAdapter& adapter = machine->definition.adapters[i];
        QStringList ports;
        QJsonArray leads;
        for (const PortForward& forward : adapter.forwards) {
            const QString protocol =
                forward.protocol == Protocol::Tcp ? QStringLiteral("tcp") : QStringLiteral("udp");
            ports << QStringLiteral("%1:%2:%3").arg(protocol).arg(forward.hostPort).arg(forward.guestPort);
            leads.append(QJsonObject{{QStringLiteral("protocol"), protocol},
                {QStringLiteral("hostPort"), forward.hostPort}, {QStringLiteral("guestPort"), forward.guestPort}});
        }
        rows.push_back({QString::number(i), networkName(adapter), adapter.mac,
            adapter.isConnected ? tr("plugged in") : tr("unplugged"), ports.join(QLatin1Char(' '))});
        json.append(QJsonObject{{QStringLiteral("number"), int(i)}, {QStringLiteral("mac"), adapter.mac},
            {QStringLiteral("bridge"), adapter.bridge}, {QStringLiteral("connected"), adapter.isConnected},
            {QStringLiteral("forwards"), leads}});
    }
    co_return report.done(rows.empty()
            ? tr("%1 has no network adapter.").arg(machine->name)
            : table({tr("NUMBER"), tr("NETWORK"), tr("ADDRESS"), tr("CABLE"), tr("FORWARDS")}, rows),
        json);
}

} // namespace

std::vector<Verb> settingVerbs()
{
    const QString machine = QStringLiteral("MACHINE");
    const QString number = QStringLiteral("NUMBER");
    const QString yesNo = QStringLiteral("yes|no");
    const QList<QCommandLineOption> adapterOptions{
        {optionNat, tr("On this computer's own network (NAT), which is so unless a bridge is named.")},
        {optionBridge, tr("On this bridge of the computer, with an address of its own."), QStringLiteral("br0")},
        {optionMac, tr("Its hardware address. A new one gets one at random."), QStringLiteral("52:54:00:…")},
        {optionForward,
            tr("Leads a port of this computer's 127.0.0.1 to one of the guest; may be given several times, and "
               "takes the place of those before."),
            QStringLiteral("[tcp:|udp:]host:guest")},
        {optionConnected, tr("Whether its cable is plugged in; of a running machine at once."), yesNo}};
    return {
        {QStringLiteral("machine set"), {QStringLiteral("NAME")},
            tr("changes a machine's settings, of a running one from its next start on"),
            {{optionMemory, tr("Memory, as in 2G."), QStringLiteral("size")},
                {optionCpus, tr("Processors."), QStringLiteral("number")},
                {optionVideo,
                    tr("What shows the screen: a standard VGA, for which every system has a driver, or the faster "
                       "virtio-vga."),
                    QStringLiteral("standard|virtio")},
                {optionAgent, tr("Whether it has a channel for the guest agent."), yesNo},
                {optionNotes, tr("What there is to know about it."), QStringLiteral("text")},
                {optionSession, tr("Whether it starts when you log in to your desktop."), yesNo},
                {optionDebugSerial, tr("Whether it has a second serial port, on a unix socket."), yesNo},
                {optionGdb, tr("Whether gdb can connect to its processors, on a unix socket."), yesNo}},
            &setMachine},
        {QStringLiteral("network list"), {machine}, tr("lists a machine's network adapters"), {}, &list},
        {QStringLiteral("network add"), {machine}, tr("adds a network adapter"), adapterOptions, &add},
        {QStringLiteral("network remove"), {machine, number},
            tr("removes a network adapter; those behind it move up"), {}, &remove},
        {QStringLiteral("network set"), {machine, number}, tr("changes a network adapter"),
            adapterOptions + QList<QCommandLineOption>{{optionNoForward, tr("No port leads to the guest.")}}, &set},
    };
}

} // namespace platter::ctl
