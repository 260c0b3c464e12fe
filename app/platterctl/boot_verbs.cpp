// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/network_boot_choice.h"
#include "app/platterctl/verb.h"
#include "core/boot/boot_check.h"
#include "core/live/machine_boot.h"
#include "core/live/machine_firmware.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonObject>

#include <algorithm>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

const QString optionExplain = QStringLiteral("explain");
const QString optionName = QStringLiteral("name");
const QString optionAdapter = QStringLiteral("adapter");
const QString optionFolder = QStringLiteral("folder");
const QString optionFile = QStringLiteral("file");
const QString optionUrl = QStringLiteral("url");
const QString optionNone = QStringLiteral("none");
const QString optionCancel = QStringLiteral("cancel");

// What the arguments name, and the order as it is.
struct Subject {
    StoredMachine machine;
    BootOrder order;
};

Result<Subject> subjectOf(const Context& context, const Arguments& arguments)
{
    const Result<StoredMachine> machine = context.store.load(arguments.positional[0]);
    if (!machine) {
        return std::unexpected(machine.error());
    }
    return bootOrderOf(*machine, context.places).transform([&](const BootOrder& order) {
        return Subject{*machine, order};
    });
}

Result<std::uint16_t> numberOf(const Subject& subject, const QString& id)
{
    if (const BootEntry* entry = subject.order.find(id)) {
        return entry->number;
    }
    return std::unexpected(
        Error{ErrorKind::NotFound, tr("“%1” has no boot entry “%2”.").arg(subject.machine.name, id),
            tr("See: platterctl boot list “%1”").arg(subject.machine.name)});
}

// --- showing ----------------------------------------------------------------------------------------------------

QJsonObject jsonOf(const BootEntry& entry, const BootFinding& finding, const BootWords& words, bool isNext)
{
    QJsonObject json{{QStringLiteral("id"), entry.id()}, {QStringLiteral("number"), entry.number},
        {QStringLiteral("description"), entry.option.description}, {QStringLiteral("on"), entry.isOn},
        {QStringLiteral("once"), isNext}, {QStringLiteral("what"), words.what},
        {QStringLiteral("where"), words.where}, {QStringLiteral("verdict"), nameOf(finding.verdict)},
        {QStringLiteral("sentence"), finding.sentence}, {QStringLiteral("advice"), finding.advice}};
    if (finding.slot) {
        json[QStringLiteral("slot")] = finding.slot->toString();
    }
    if (const auto* file = std::get_if<FileTarget>(&entry.target)) {
        json[QStringLiteral("file")] = file->path;
        if (file->partition) {
            json[QStringLiteral("partition")] = file->partition->partition;
            json[QStringLiteral("partitionId")] = file->partition->partitionId();
        }
    }
    return json;
}

QString remarkOn(const BootEntry& entry, const BootFinding& finding, bool isNext)
{
    QStringList remarks;
    if (isNext) {
        remarks << tr("once, at the next start");
    }
    if (finding.verdict == BootFinding::Verdict::Gone) {
        remarks << tr("gone");
    } else if (entry.isOn && finding.verdict == BootFinding::Verdict::Fails) {
        remarks << tr("will not start");
    }
    return remarks.join(QStringLiteral(", "));
}

// What the firmware will come to when it goes through the entries.
QString outcomeOf(const BootOrder& order, const std::vector<BootFinding>& findings, const Definition& definition)
{
    if (!whyNothingStarts(order, findings, definition).isEmpty()) {
        return tr("The firmware starts nothing and ends in its menu.");
    }
    for (std::size_t i = 0; i < findings.size(); ++i) {
        if (findings[i].verdict == BootFinding::Verdict::Starts) {
            return tr("The firmware starts from %1.").arg(order.entries()[i].id());
        }
        if (findings[i].verdict == BootFinding::Verdict::Unknown) {
            break;
        }
    }
    return tr("What the firmware starts from is not known.");
}

QCoro::Task<int> list(Context* context, Arguments arguments, Report report)
{
    const Result<Subject> subject = subjectOf(*context, arguments);
    if (!subject) {
        co_return report.failed(subject.error());
    }
    const auto& [machine, order] = *subject;
    const std::vector<BootFinding> findings = examineBootOf(machine, order, context->places);
    const std::vector<BootEntry>& entries = order.entries();
    std::vector<QStringList> rows;
    QStringList explanations;
    QJsonArray json;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const BootWords words = wordsFor(entries[i], findings[i], machine.definition);
        const bool isNext = order.next() == entries[i].number;
        rows.push_back({entries[i].isOn ? QString::number(i + 1) : QStringLiteral("-"), entries[i].id(), words.what,
            words.where, remarkOn(entries[i], findings[i], isNext)});
        explanations
            << QStringLiteral("%1: %2 %3").arg(entries[i].id(), findings[i].sentence, findings[i].advice).trimmed();
        json.append(jsonOf(entries[i], findings[i], words, isNext));
    }
    if (rows.empty()) {
        co_return report.done(tr("“%1” has nothing to boot from.").arg(machine.name), json);
    }
    QStringList lines{table({tr("ORDER"), tr("ENTRY"), tr("BOOTS"), tr("WHERE"), tr("REMARK")}, rows)};
    if (arguments.isSet(optionExplain)) {
        lines << explanations << outcomeOf(order, findings, machine.definition);
    }
    co_return report.done(lines.join(QLatin1Char('\n')), json);
}

// --- changing ---------------------------------------------------------------------------------------------------

QString triedText(const BootOrder& order)
{
    QStringList ids;
    for (const BootEntry& entry : order.entries()) {
        if (entry.isOn) {
            ids << entry.id();
        }
    }
    return ids.isEmpty() ? tr("Nothing is tried at the next start.")
                         : tr("Tried from the next start on: %1").arg(ids.join(QStringLiteral(", ")));
}

QJsonObject triedJson(const BootOrder& order)
{
    QJsonArray ids;
    for (const BootEntry& entry : order.entries()) {
        if (entry.isOn) {
            ids.append(entry.id());
        }
    }
    const BootEntry* next = order.next() ? order.find(*order.next()) : nullptr;
    return {{QStringLiteral("order"), ids},
        {QStringLiteral("once"), next != nullptr ? QJsonValue(next->id()) : QJsonValue()}};
}

int apply(const Context& context, const Report& report, const Subject& subject, const BootOrder& changed,
    const QString& text = {})
{
    if (const Result<void> done = changeBootOrder(subject.machine.name, context.places, subject.order, changed);
        !done) {
        return report.failed(done.error());
    }
    return report.done(text.isEmpty() ? triedText(changed) : text, triedJson(changed));
}

// Lets CHANGE edit the order for the entry that the second word names.
template <typename Change>
int changeEntry(const Context& context, const Arguments& arguments, const Report& report, const Change& change)
{
    const Result<Subject> subject = subjectOf(context, arguments);
    if (!subject) {
        return report.failed(subject.error());
    }
    const Result<std::uint16_t> number = numberOf(*subject, arguments.positional[1]);
    if (!number) {
        return report.failed(number.error());
    }
    BootOrder changed = subject->order;
    const Result<void> allowed = change(changed, *changed.find(*number));
    return allowed ? apply(context, report, *subject, changed) : report.failed(allowed.error());
}

QCoro::Task<int> setOrder(Context* context, Arguments arguments, Report report)
{
    const Result<Subject> subject = subjectOf(*context, arguments);
    if (!subject) {
        co_return report.failed(subject.error());
    }
    std::vector<std::uint16_t> numbers;
    for (const QString& id : arguments.positional.sliced(1)) {
        const Result<std::uint16_t> number = numberOf(*subject, id);
        if (!number) {
            co_return report.failed(number.error());
        }
        if (!std::ranges::contains(numbers, *number)) {
            numbers.push_back(*number);
        }
    }
    for (const BootEntry& entry : subject->order.entries()) {
        if (entry.isOn && !std::ranges::contains(numbers, entry.number)) {
            numbers.push_back(entry.number);
        }
    }
    BootOrder changed = subject->order;
    changed.setOrder(numbers);
    co_return apply(*context, report, *subject, changed);
}

QCoro::Task<int> once(Context* context, Arguments arguments, Report report)
{
    const bool isCancelled = arguments.isSet(optionCancel);
    const Result<Subject> subject = subjectOf(*context, arguments);
    if (!subject) {
        co_return report.failed(subject.error());
    }
    if (isCancelled == (arguments.positional.size() > 1)) {
        co_return report.failed(Error{ErrorKind::InvalidInput, tr("Name the entry to boot once, or --cancel."),
            tr("See: platterctl boot list “%1”").arg(subject->machine.name)});
    }
    BootOrder changed = subject->order;
    if (isCancelled) {
        changed.setNext(std::nullopt);
        co_return apply(*context, report, *subject, changed);
    }
    const Result<std::uint16_t> number = numberOf(*subject, arguments.positional[1]);
    if (!number) {
        co_return report.failed(number.error());
    }
    changed.setNext(*number);
    co_return apply(*context, report, *subject, changed,
        tr("The next start boots %1, and those after it as before.").arg(changed.find(*number)->id()));
}

QCoro::Task<int> enable(Context* context, Arguments arguments, Report report)
{
    co_return changeEntry(
        *context, arguments, report, [](BootOrder& order, const BootEntry& entry) -> Result<void> {
            order.setOn(entry.number, true);
            return {};
        });
}

QCoro::Task<int> disable(Context* context, Arguments arguments, Report report)
{
    co_return changeEntry(
        *context, arguments, report, [](BootOrder& order, const BootEntry& entry) -> Result<void> {
            order.setOn(entry.number, false);
            return {};
        });
}

Error isDevice(const BootEntry& entry, const QString& what)
{
    return {ErrorKind::Unsupported, what.arg(entry.id()), tr("Switch it off instead: platterctl boot disable.")};
}

QCoro::Task<int> remove(Context* context, Arguments arguments, Report report)
{
    co_return changeEntry(
        *context, arguments, report, [](BootOrder& order, const BootEntry& entry) -> Result<void> {
            if (entry.device()) {
                return std::unexpected(isDevice(entry, tr("%1 is a device of the machine and stays in the list.")));
            }
            order.remove(entry.number);
            return {};
        });
}

QCoro::Task<int> rename(Context* context, Arguments arguments, Report report)
{
    const QString name = arguments.positional[2];
    co_return changeEntry(
        *context, arguments, report, [name](BootOrder& order, const BootEntry& entry) -> Result<void> {
            if (entry.device()) {
                return std::unexpected(
                    isDevice(entry, tr("%1 is a device of the machine and is named by its place.")));
            }
            order.rename(entry.number, name);
            return {};
        });
}

QString loadersText(const std::vector<LoaderOnDisk>& loaders)
{
    QStringList paths;
    for (const LoaderOnDisk& loader : loaders) {
        paths << loader.file.path;
    }
    return paths.isEmpty() ? tr("There is no boot loader on it.")
                           : tr("There are: %1").arg(paths.join(QStringLiteral(", ")));
}

QCoro::Task<int> add(Context* context, Arguments arguments, Report report)
{
    const Result<Subject> subject = subjectOf(*context, arguments);
    const Result<SlotId> slot = SlotId::parse(arguments.positional[1]);
    if (!subject || !slot) {
        co_return report.failed(!subject ? subject.error() : slot.error());
    }
    const Result<std::vector<LoaderOnDisk>> loaders = loadersOn(subject->machine.definition, *slot);
    if (!loaders) {
        co_return report.failed(loaders.error());
    }
    QString path = arguments.positional[2];
    path.replace(QLatin1Char('/'), QLatin1Char('\\'));
    const auto loader = std::ranges::find_if(*loaders,
        [&path](const LoaderOnDisk& one) { return one.file.path.compare(path, Qt::CaseInsensitive) == 0; });
    if (loader == loaders->end()) {
        co_return report.failed(Error{ErrorKind::NotFound,
            tr("There is no %1 on the disk in slot %2.").arg(path, slot->toString()), loadersText(*loaders)});
    }
    const QString name = arguments.value(optionName);
    BootOrder changed = subject->order;
    changed.add(name.isEmpty() ? loader->file.path.section(QLatin1Char('\\'), -1) : name, loader->file);
    co_return apply(*context, report, *subject, changed);
}

QString networkBootText(const NetworkBoot& boot)
{
    return !boot.url.isEmpty()  ? tr("fetches %1").arg(boot.url)
        : boot.folder.isEmpty() ? tr("boots what its network offers")
                                : tr("boots %1 from the folder %2").arg(boot.file, boot.folder);
}

QCoro::Task<int> setNetworkBoot(Context* context, Arguments arguments, Report report)
{
    const QString folder = arguments.value(optionFolder);
    const QString url = arguments.value(optionUrl);
    const bool isNone = arguments.isSet(optionNone);
    if (int(isNone) + int(!folder.isEmpty()) + int(!url.isEmpty()) != 1) {
        co_return report.failed(
            Error{ErrorKind::InvalidInput, tr("Say what to boot: --folder DIR, --url URL or --none."), {}});
    }
    bool isNumber = false;
    const int adapter = arguments.value(optionAdapter).toInt(&isNumber);
    if (!isNumber) {
        co_return report.failed(Error{ErrorKind::InvalidInput,
            tr("“%1” is no number of a network adapter.").arg(arguments.value(optionAdapter)),
            tr("The first is 0.")});
    }
    const Result<NetworkBoot> boot = networkBootFrom(folder, arguments.value(optionFile), url);
    if (!boot) {
        co_return report.failed(boot.error());
    }
    const Result<StoredMachine> changed =
        changeNetworkBoot(arguments.positional[0], context->places, AdapterId{adapter}, *boot);
    if (!changed) {
        co_return report.failed(changed.error());
    }
    const bool isTried = std::ranges::contains(changed->definition.bootOrder, BootDevice(AdapterId{adapter}));
    QStringList sentences{
        tr("From the next start on, network adapter %1 %2.").arg(adapter).arg(networkBootText(*boot))};
    if (!isNone && !isTried) {
        sentences << tr("It is not in the boot order yet: platterctl boot enable “%1” “network %2”")
                         .arg(changed->name)
                         .arg(adapter);
    }
    co_return report.done(sentences.join(QLatin1Char('\n')),
        QJsonObject{{QStringLiteral("adapter"), adapter}, {QStringLiteral("folder"), boot->folder},
            {QStringLiteral("file"), boot->file}, {QStringLiteral("url"), boot->url},
            {QStringLiteral("tried"), isTried}});
}

QCoro::Task<int> reset(Context* context, Arguments arguments, Report report)
{
    const Result<QString> backup = resetFirmware(arguments.positional[0], context->places);
    if (!backup) {
        co_return report.failed(backup.error());
    }
    co_return report.done(backup->isEmpty()
            ? tr("There was nothing to forget.")
            : tr("The firmware has forgotten its variables; %1 keeps them.").arg(*backup),
        QJsonObject{{QStringLiteral("backup"), *backup}});
}

} // namespace

std::vector<Verb> bootVerbs()
{
    QCommandLineOption adapter(
        optionAdapter, tr("Which network adapter; 0, the first, otherwise."), QStringLiteral("number"));
    adapter.setDefaultValue(QStringLiteral("0"));
    const QStringList entry{QStringLiteral("MACHINE"), QStringLiteral("ENTRY")};
    return {
        {QStringLiteral("boot list"), {QStringLiteral("MACHINE")},
            tr("lists what the firmware tries to start, in its order, and what is off"),
            {{optionExplain, tr("Say of each entry what becomes of it, and what to do.")}}, &list},
        {QStringLiteral("boot order"), {QStringLiteral("MACHINE"), QStringLiteral("ENTRY…")},
            tr("lets these entries be tried first, in this order"), {}, &setOrder},
        {QStringLiteral("boot once"), {QStringLiteral("MACHINE"), QStringLiteral("[ENTRY]")},
            tr("boots an entry at the next start only"), {{optionCancel, tr("The next start is to be as usual.")}},
            &once},
        {QStringLiteral("boot enable"), entry, tr("lets an entry be tried, as the last"), {}, &enable},
        {QStringLiteral("boot disable"), entry, tr("does not let an entry be tried any more"), {}, &disable},
        {QStringLiteral("boot add"), {QStringLiteral("MACHINE"), QStringLiteral("SLOT"), QStringLiteral("PATH")},
            tr("adds an entry for a boot loader on a disk, as the first"),
            {{optionName, tr("What the entry is called; the file's name otherwise."), QStringLiteral("text")}},
            &add},
        {QStringLiteral("boot rename"),
            {QStringLiteral("MACHINE"), QStringLiteral("ENTRY"), QStringLiteral("NAME")},
            tr("gives an entry of the guest's or your own another name"), {}, &rename},
        {QStringLiteral("boot remove"), entry, tr("removes an entry of the guest's or your own"), {}, &remove},
        {QStringLiteral("boot network"), {QStringLiteral("MACHINE")}, tr("says what a network adapter boots from"),
            {adapter,
                {optionFolder, tr("This folder, such as a system's netboot archive, served over TFTP."),
                    QStringLiteral("folder")},
                {optionFile, tr("The boot loader in that folder; otherwise it is looked for."),
                    QStringLiteral("file")},
                {optionUrl, tr("This address of a boot loader or an ISO, fetched by http. This host is 10.0.2.2."),
                    QStringLiteral("url")},
                {optionNone, tr("Whatever the network offers.")}},
            &setNetworkBoot},
        {QStringLiteral("boot reset"), {QStringLiteral("MACHINE")},
            tr("forgets all the firmware's variables, also damaged ones, and keeps a backup"), {}, &reset},
    };
}

} // namespace platter::ctl
