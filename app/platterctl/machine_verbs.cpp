// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/choices.h"
#include "app/platterctl/machine_json.h"
#include "app/platterctl/roster.h"
#include "core/live/machine_firmware.h"
#include "core/live/machine_removal.h"
#include "core/live/session_start.h"
#include "core/machine/suggestions.h"
#include "core/qemu/command_line.h"

#include <QCoreApplication>
#include <QCoroSignal>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

QCommandLineOption flag(const char* name, const QString& description)
{
    return {QString::fromLatin1(name), description};
}

QCoro::Task<int> list(Context* context, Arguments, Report report)
{
    QStringList heading{tr("NAME"), tr("STATE"), tr("CPUS"), tr("MEMORY"), tr("FOLDER")};
    std::vector<QStringList> rows;
    QJsonArray json;
    std::vector<Error> remarks;
    for (const RosterEntry& entry : roster(*context)) {
        if (entry.error) {
            remarks.push_back(*entry.error);
        }
        if (!entry.machine) {
            rows.push_back({entry.name, tr("cannot be read"), {}, {}, entry.folder});
            json.append(QJsonObject{{QStringLiteral("name"), entry.name}, {QStringLiteral("folder"), entry.folder},
                {QStringLiteral("error"), entry.error->text()}});
            continue;
        }
        const auto session = co_await sessionOf(context, *entry.machine);
        const Definition& definition = entry.machine->definition;
        rows.push_back({entry.name, displayName(session->state()), QString::number(definition.cpus),
            definition.memory.toString(), entry.folder});
        json.append(toJson(*session, entry.error));
    }
    const int code =
        report.done(rows.empty() ? tr("There is no machine yet. Make one: platterctl machine create NAME")
                                 : table(heading, rows),
            json);
    for (const Error& error : remarks) {
        report.remark(error);
    }
    co_return remarks.empty() ? code : exitFailed;
}

QCoro::Task<int> show(Context* context, Arguments arguments, Report report)
{
    const Result<RosterEntry> entry = findMachine(*context, arguments.positional[0]);
    if (!entry) {
        co_return report.failed(entry.error());
    }
    const auto session = co_await sessionOf(context, *entry->machine);
    if (entry->error) {
        report.remark(*entry->error);
    }
    co_return report.done(describe(*session), toJson(*session, entry->error));
}

QCoro::Task<int> showCommandLine(Context* context, Arguments arguments, Report report)
{
    const auto session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    const Result<QStringList> words = co_await (*session)->commandLine();
    if (!words) {
        co_return report.failed(words.error());
    }
    co_return report.done(shellText(*words), QJsonArray::fromStringList(*words));
}

QCoro::Task<int> create(Context* context, Arguments arguments, Report report)
{
    const Result<NewMachine> choices = choicesFrom(arguments);
    if (!choices) {
        co_return report.failed(choices.error());
    }
    std::vector<Error> errors;
    bool hasUnusableMedium = false;
    for (const Problem& problem : problems(*choices, context->store, HostResources::ofThisHost())) {
        errors.push_back(problem.error);
        hasUnusableMedium = hasUnusableMedium || problem.choice == Choice::Media;
    }
    const FirmwareSettings firmware = firmwareFor(choices->osId);
    if (const Result<void> possible = checkFirmware(firmware, context->places.firmwareDescriptors);
        firmware != FirmwareSettings{} && !possible) {
        errors.push_back(possible.error());
    }
    // One that cannot even be opened has been told.
    if (!hasUnusableMedium && !arguments.isSet(QStringLiteral("any-medium"))) {
        for (const Error& error : mediaProblems(choices->media)) {
            errors.push_back(error);
        }
    }
    if (!errors.empty()) {
        co_return report.failed(errors);
    }
    const QString text = plan(*choices, context->store);
    if (arguments.isSet(QStringLiteral("dry-run"))) {
        co_return report.done(text, QJsonObject{{QStringLiteral("plan"), text}});
    }
    report.progress(text);
    const Result<StoredMachine> made = platter::create(*choices, context->store);
    if (!made) {
        co_return report.failed(made.error());
    }
    const auto session = co_await sessionOf(context, made->name);
    if (!session) {
        co_return report.failed(session.error());
    }
    if (arguments.isSet(QStringLiteral("start"))) {
        const Result<void> started = co_await (*session)->start();
        if (!started) {
            co_return report.failed(started.error());
        }
    }
    co_return report.done(tr("Made %1 in %2.").arg(made->name, made->folder), toJson(**session));
}

// What the verbs that change a machine's state have in common: find it, do it, say the state that it is in then.
template <typename Act>
QCoro::Task<int> act(Context* context, Arguments arguments, Report report, Act perform)
{
    const auto session = co_await sessionOf(context, arguments.positional[0]);
    if (!session) {
        co_return report.failed(session.error());
    }
    const Result<void> outcome = co_await perform(session->get(), arguments);
    if (!outcome) {
        co_return report.failed(outcome.error());
    }
    co_return report.done(
        QStringLiteral("%1: %2").arg((*session)->name(), displayName((*session)->state())), toJson(**session));
}

QCoro::Task<Result<void>> startMachine(MachineSession* session, Arguments arguments)
{
    const Result<void> started = co_await session->start(arguments.isSet(QStringLiteral("software-emulation"))
            ? AcceleratorChoice::SoftwareEmulation
            : AcceleratorChoice::Automatic);
    if (started && arguments.isSet(QStringLiteral("press-key"))) {
        co_await session->answerKeyPrompt();
    }
    co_return started;
}

// Ends when the machine is off, or with TimedOut.
QCoro::Task<Result<void>> waitUntilOff(MachineSession* session, std::chrono::seconds patience)
{
    const QDeadlineTimer deadline(patience);
    while (isUp(session->state())) {
        const std::chrono::milliseconds left(deadline.remainingTime());
        if (left.count() <= 0) {
            co_return std::unexpected(Error{ErrorKind::TimedOut,
                tr("%1 has not shut down within %2 seconds.").arg(session->name()).arg(patience.count()),
                tr("Shut it down from inside, or switch it off: platterctl machine poweroff NAME")});
        }
        co_await qCoro(session, &MachineSession::stateChanged, left);
    }
    co_return {};
}

QCoro::Task<Result<void>> shutDownMachine(MachineSession* session, Arguments arguments)
{
    int patience = 0;
    if (const QString text = arguments.value(QStringLiteral("wait")); !text.isEmpty()) {
        bool ok = false;
        patience = text.toInt(&ok);
        if (!ok || patience < 0) {
            co_return std::unexpected(
                Error{ErrorKind::InvalidInput, tr("“%1” is not a number of seconds.").arg(text), {}, {}});
        }
    }
    const ShutdownWay way = arguments.isSet(QStringLiteral("agent")) ? ShutdownWay::Agent : ShutdownWay::Acpi;
    const Result<void> asked = co_await session->shutDown(way);
    if (!asked || patience == 0) {
        co_return asked;
    }
    co_return co_await waitUntilOff(session, std::chrono::seconds(patience));
}

// Those that are to start when their user logs in.
QCoro::Task<int> startWithSession(Context* context, Arguments arguments, Report report)
{
    // The last one may have been deleted since.
    if (const Result<void> kept = keepSessionStart(context->store, QCoreApplication::applicationFilePath());
        !kept) {
        report.remark(kept.error());
    }
    std::vector<Error> errors;
    QJsonArray started;
    for (const StoreEntry& entry : context->store.list()) {
        if (!entry.definition || !entry.definition->startsWithSession) {
            continue;
        }
        const auto session =
            co_await sessionOf(context, StoredMachine{entry.name, entry.folder, *entry.definition});
        if (isUp(session->state())) {
            continue;
        }
        const Result<void> outcome = co_await startMachine(session.get(), arguments);
        if (outcome) {
            started.append(entry.name);
        } else {
            errors.push_back(outcome.error());
            errors.back().summary = QStringLiteral("%1: %2").arg(entry.name, outcome.error().summary);
        }
    }
    if (!errors.empty()) {
        co_return report.failed(errors);
    }
    co_return report.done(tr("Machines started: %1.").arg(started.size()), started);
}

QCoro::Task<int> start(Context* context, Arguments arguments, Report report)
{
    const bool isForSession = arguments.isSet(QStringLiteral("with-session"));
    if (isForSession != arguments.positional.isEmpty()) {
        report.failed(Error{ErrorKind::InvalidInput,
            tr("Either a machine is started by its name, or all that start with the session are."),
            tr("Name a machine, or write --with-session: see platterctl machine start --help."), {}});
        co_return exitUsage;
    }
    if (isForSession && arguments.isSet(QStringLiteral("press-key"))) {
        report.failed(Error{ErrorKind::InvalidInput, tr("--press-key is for one machine, whose medium asks."),
            tr("Leave it out, or name the machine."), {}});
        co_return exitUsage;
    }
    if (isForSession) {
        co_return co_await startWithSession(context, arguments, report);
    }
    co_return co_await act(context, arguments, report, &startMachine);
}

QCoro::Task<int> shutDown(Context* context, Arguments arguments, Report report)
{
    return act(context, arguments, report, &shutDownMachine);
}

template <auto Member>
QCoro::Task<int> simple(Context* context, Arguments arguments, Report report)
{
    return act(
        context, arguments, report, [](MachineSession* session, const Arguments&) { return (session->*Member)(); });
}

QCoro::Task<int> remove(Context* context, Arguments arguments, Report report)
{
    const QString name = arguments.positional[0];
    const bool forGood = arguments.isSet(QStringLiteral("for-good"));
    const Result<void> gone = removeMachine(context->places, name, forGood ? Removal::ForGood : Removal::ToTrash);
    if (!gone) {
        co_return report.failed(gone.error());
    }
    co_return report.done(
        forGood ? tr("%1 and its disks are deleted.").arg(name) : tr("%1 is in the trash.").arg(name),
        QJsonObject{{QStringLiteral("deleted"), name}});
}

} // namespace

QCoro::Task<std::shared_ptr<MachineSession>> sessionOf(Context* context, StoredMachine machine)
{
    auto session =
        std::make_shared<MachineSession>(std::move(machine), context->places, context->probe, QmpSeat::CommandLine);
    co_await session->refresh();
    co_return session;
}

QCoro::Task<Result<std::shared_ptr<MachineSession>>> sessionOf(Context* context, QString name)
{
    const Result<RosterEntry> entry = findMachine(*context, name);
    if (!entry) {
        co_return std::unexpected(entry.error());
    }
    co_return co_await sessionOf(context, *entry->machine);
}

std::vector<Verb> machineVerbs()
{
    const QStringList name{QStringLiteral("NAME")};
    return {
        {QStringLiteral("machine list"), {}, tr("lists the machines and their states"), {}, &list},
        {QStringLiteral("machine show"), name, tr("shows what a machine consists of and how it is"), {}, &show},
        {QStringLiteral("machine create"), name, tr("makes a machine"), choiceOptions(), &create},
        {QStringLiteral("machine start"), {QStringLiteral("[NAME]")}, tr("starts a machine that is off"),
            {flag("software-emulation", tr("Do not use KVM.")),
                flag("press-key",
                    tr("Answer the “Press any key to boot from CD or DVD” of Windows' media; waits until its "
                       "system is being read.")),
                flag("with-session", tr("Instead of one machine all that are to start when you log in."))},
            &start},
        {QStringLiteral("machine pause"), name, tr("stops a machine's processors"), {},
            &simple<&MachineSession::pause>},
        {QStringLiteral("machine resume"), name, tr("lets a paused machine go on"), {},
            &simple<&MachineSession::resume>},
        {QStringLiteral("machine shutdown"), name, tr("asks the guest to shut down, by the power button"),
            {flag("agent", tr("Ask the guest agent instead of pressing the power button.")),
                {QStringLiteral("wait"), tr("Wait until the machine is off, at most so long."),
                    QStringLiteral("seconds")}},
            &shutDown},
        {QStringLiteral("machine poweroff"), name, tr("switches a machine off at once, as if unplugged"), {},
            &simple<&MachineSession::powerOff>},
        {QStringLiteral("machine reset"), name, tr("restarts a machine at once, as by its reset button"), {},
            &simple<&MachineSession::reset>},
        {QStringLiteral("machine delete"), name, tr("moves a machine that is off to the trash"),
            {flag("for-good", tr("Delete it and its disks now, past the trash."))}, &remove},
        {QStringLiteral("machine command-line"), name, tr("prints the QEMU command line"), {}, &showCommandLine},
    };
}

} // namespace platter::ctl
