// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/crash/vhdx_states.h"

#include "core/disk/host_file.h"

#include <algorithm>

namespace platter::vhdx {

namespace {

constexpr std::size_t fullStates = 5000;
constexpr std::size_t qemuStride = 40;

void must(const Result<void>& result)
{
    if (!result) {
        qFatal("%s", qPrintable(textOf(result.error())));
    }
}

// Units that a state is tried with once it is open: one that was written and one at the end.
std::set<std::uint64_t> unitsToTry(const ByteSource& disk)
{
    const std::uint64_t last = disk.size() / History::unit - 1;
    return {0, last / 2, last};
}

constexpr std::uint32_t trialNumber = 0xabcdef01;

QString writeTrial(
    const std::set<std::uint64_t>& units, const std::function<Result<void>(std::uint64_t offset)>& write)
{
    for (const std::uint64_t at : units) {
        if (const Result<void> done = write(at * History::unit); !done) {
            return QStringLiteral("It cannot be written to: ") + textOf(done.error());
        }
    }
    return {};
}

QString readTrial(const std::set<std::uint64_t>& units, const ByteSource& disk)
{
    std::vector<std::byte> bytes(History::unit);
    for (const std::uint64_t at : units) {
        if (const Result<void> done = disk.read(at * History::unit, bytes); !done) {
            return textOf(done.error());
        }
        if (bytes != History::bytesOf(trialNumber)) {
            return QStringLiteral("What was written to it is not there.");
        }
    }
    return {};
}

} // namespace

QString textOf(const Error& error)
{
    return error.summary + u' ' + error.detail;
}

std::size_t statesToTry(std::size_t quick)
{
    const qsizetype asked = qEnvironmentVariableIntValue("PLATTER_POWER_CUT_STATES");
    return asked > 0 ? static_cast<std::size_t>(asked) : quick;
}

Subject makeSubject(const NewDisk& disk)
{
    return {makeDisk(disk), History(disk.virtualSize)};
}

Subject makeChildSubject(const Subject& parent, const NewDisk& disk)
{
    Subject child{makeChild(parent.file, disk), parent.history, parent.file};
    child.history.resize(disk.virtualSize);
    child.history.settle();
    return child;
}

void prepare(Subject& subject, const std::function<Result<void>(Editor&, History&)>& work)
{
    const auto editor = edit(subject.file, subject.opener());
    must(editor.transform([](const auto&) { }));
    must(work(**editor, subject.history).and_then([&] { return (*editor)->finish(); }));
    subject.history.settle();
}

Result<void> scribble(WritableDisk& disk, History& history, std::mt19937& random, int times,
    std::uint64_t blockSize, bool isFixed, RecordingFile* recording)
{
    const std::uint64_t units = disk.size() / History::unit;
    const std::uint64_t perBlock = blockSize / History::unit;
    for (int i = 0; i < times; ++i) {
        // Mostly near the beginning, so that blocks are met again.
        const std::uint64_t span = random() % 3 == 0 ? units : std::min<std::uint64_t>(units, 6 * perBlock);
        const std::uint64_t at = random() % span;
        const std::uint64_t block = at / perBlock * perBlock;
        const std::uint64_t blockEnd = std::min(units, block + perBlock);
        Result<void> done;
        switch (random() % 10) {
        case 0:
            done = history.zero(disk, block, blockEnd);
            break;
        case 1:
            done = history.zero(disk, at, std::min<std::uint64_t>(units, at + 1 + random() % 64));
            break;
        case 2:
            done = history.trim(disk, block, blockEnd, isFixed);
            break;
        case 3:
            done = recording ? history.flush(disk, *recording) : disk.flush();
            break;
        default:
            done = history.write(disk, at, static_cast<std::uint32_t>(random() | 1U));
        }
        if (!done) {
            return done;
        }
    }
    return {};
}

QString damageIn(const MemoryFile& file)
{
    const Result<CheckReport> report = check(file);
    if (!report) {
        return textOf(report.error());
    }
    QStringList sentences;
    for (const Finding& finding : report->findings) {
        if (!finding.isRepairable()) {
            sentences += finding.sentence + u' ' + finding.detail;
        }
    }
    return sentences.join(u'\n');
}

QString findingsIn(const MemoryFile& file, bool ignoreStaleSlots)
{
    const Result<CheckReport> report = check(file);
    if (!report) {
        return textOf(report.error());
    }
    QStringList sentences;
    for (const Finding& finding : report->findings) {
        if (!ignoreStaleSlots || finding.kind != FindingKind::StaleSlots) {
            sentences += finding.sentence + u' ' + finding.detail;
        }
    }
    return sentences.join(u'\n');
}

Result<std::unique_ptr<StateCheck>> StateCheck::start()
{
    Result<std::unique_ptr<QemuReader>> qemu = QemuReader::start();
    if (!qemu) {
        return std::unexpected(qemu.error());
    }
    std::unique_ptr<StateCheck> states(new StateCheck());
    states->m_qemu = *std::move(qemu);
    return states;
}

QString StateCheck::every(const RecordingFile& recording, const Expectation& expectation)
{
    return every(recording, [&](const PowerCut::State& state, bool asksQemu) {
        const std::uint64_t epoch = std::max(state.mark, expectation.firstEpoch);
        return wrongWith(state.file, expectation, epoch, asksQemu);
    });
}

QString StateCheck::every(const RecordingFile& recording, const Check& check, QemuSees qemuSees)
{
    const std::size_t wanted = statesToTry(quickStates);
    const std::size_t stride = wanted >= fullStates || qemuSees == QemuSees::All ? 1 : qemuStride;
    std::size_t number = 0;
    const PowerCut::Outcome outcome = PowerCut(recording).forEachState(
        {.states = wanted}, [&](const PowerCut::State& state) { return check(state, number++ % stride == 0); });
    qInfo("%zu states at %zu cut points%s", outcome.states, outcome.cuts,
        outcome.wasExhausted ? ", all there are" : "");
    if (outcome.failures.isEmpty() && outcome.states < wanted && !outcome.wasExhausted) {
        return QStringLiteral("Only %1 states were tried.").arg(outcome.states);
    }
    return outcome.failures.join(u'\n');
}

QString StateCheck::wrongWith(
    const MemoryFile& file, const Expectation& expectation, std::uint64_t epoch, bool asksQemu)
{
    const Subject& subject = expectation.subject;
    const auto say = [](const QString& where, const QString& what) {
        return what.isEmpty() ? what : where + QStringLiteral(": ") + what;
    };
    // As it was left.
    const auto image = view(file, subject.opener());
    if (!image) {
        return say(QStringLiteral("reader"), textOf(image.error()));
    }
    QString wrong = say(QStringLiteral("reader"), subject.history.compare(**image, epoch));
    if (wrong.isEmpty()) {
        wrong = say(QStringLiteral("check"), damageIn(file));
    }
    if (wrong.isEmpty() && expectation.keepsDataWriteGuid) {
        const auto original = view(subject.file, subject.opener());
        if ((*original)->header().dataWriteGuid != (*image)->header().dataWriteGuid) {
            wrong = QStringLiteral("Children would not know it any more.");
        }
    }
    // Opened for change and closed.
    MemoryFile mended(file);
    if (wrong.isEmpty()) {
        const auto editor = edit(mended, subject.opener());
        if (!editor) {
            return say(QStringLiteral("editor"), textOf(editor.error()));
        }
        wrong = say(QStringLiteral("editor"), subject.history.compare(**editor, epoch));
        if (const Result<void> finished = (*editor)->finish(); !finished) {
            wrong = say(QStringLiteral("finish"), textOf(finished.error()));
        } else if (mended.size() != (*editor)->space().end()) {
            wrong = QStringLiteral("Something was left at the end of the file.");
        }
    }
    if (wrong.isEmpty()) {
        wrong = say(QStringLiteral("after finish"), findingsIn(mended, expectation.mayLeaveStaleSlots));
    }
    if (wrong.isEmpty() && expectation.mayLeaveStaleSlots) {
        const Result<CheckReport> report = check(mended);
        if (const Result<void> done = repair(std::make_unique<Borrowed>(mended), *report); !done) {
            wrong = say(QStringLiteral("repair"), textOf(done.error()));
        } else {
            wrong = say(QStringLiteral("after repair"), findingsIn(mended));
        }
    }
    // Used again, in the state as it was left.
    if (wrong.isEmpty()) {
        MemoryFile used(file);
        const std::set<std::uint64_t> units = unitsToTry(**image);
        {
            const auto editor = edit(used, subject.opener());
            if (!editor) {
                return say(QStringLiteral("editor again"), textOf(editor.error()));
            }
            wrong = writeTrial(units,
                [&](std::uint64_t offset) { return (*editor)->write(offset, History::bytesOf(trialNumber)); });
            if (const Result<void> flushed = (*editor)->flush(); !flushed) {
                wrong = textOf(flushed.error());
            }
        }
        const auto again = view(used, subject.opener());
        if (!again) {
            return say(QStringLiteral("reader again"), textOf(again.error()));
        }
        if (wrong.isEmpty()) {
            wrong = readTrial(units, **again);
        }
        if (wrong.isEmpty()) {
            wrong = say(QStringLiteral("used again"), subject.history.compare(**again, epoch, units));
        }
    }
    const bool isForQemu = asksQemu && !subject.parent && (*image)->logicalSectorSize() == 512
        && !(*image)->parent() && !(*image)->metadata().parent;
    return wrong.isEmpty() && isForQemu ? wrongInQemu(file, expectation, epoch) : wrong;
}

QString StateCheck::wrongInQemu(const MemoryFile& file, const Expectation& expectation, std::uint64_t epoch)
{
    const QString path = m_folder.filePath(QStringLiteral("state.vhdx"));
    must(file.save(path));
    const auto say = [](const QString& what) { return what.isEmpty() ? what : QStringLiteral("QEMU: ") + what; };
    std::set<std::uint64_t> units;
    {
        const auto image = m_qemu->open(path, QStringLiteral("vhdx"));
        if (!image) {
            return say(textOf(image.error()));
        }
        units = unitsToTry(**image);
        QString wrong = expectation.subject.history.compare(**image, epoch);
        if (wrong.isEmpty()) {
            wrong = writeTrial(units,
                [&](std::uint64_t offset) { return (*image)->write(offset, History::bytesOf(trialNumber)); });
        }
        if (!wrong.isEmpty()) {
            return say(wrong);
        }
    }
    // What QEMU has written, in our reader.
    auto host = HostFile::open(path, HostFile::Access::ReadOnly);
    if (!host) {
        return say(textOf(host.error()));
    }
    const auto image = Image::open(*std::move(host), {});
    if (!image) {
        return say(textOf(image.error()));
    }
    const QString wrong = readTrial(units, **image);
    return say(wrong.isEmpty() ? expectation.subject.history.compare(**image, epoch, units) : wrong);
}

QString StateCheck::otherwiseInQemu(const MemoryFile& file)
{
    const auto say = [](const QString& what) { return QStringLiteral("QEMU: ") + what; };
    const QString path = m_folder.filePath(QStringLiteral("state.vhdx"));
    must(file.save(path));
    const auto ours = view(file);
    const auto theirs = m_qemu->open(path, QStringLiteral("vhdx"));
    if (!ours || !theirs) {
        return say(textOf(!ours ? ours.error() : theirs.error()));
    }
    if ((*ours)->size() != (*theirs)->size()) {
        return say(QStringLiteral("The disk has another size."));
    }
    std::vector<std::byte> mine(1 << 20);
    std::vector<std::byte> other(mine.size());
    for (std::uint64_t at = 0; at < (*ours)->size(); at += mine.size()) {
        const std::size_t count = std::min<std::uint64_t>(mine.size(), (*ours)->size() - at);
        must((*ours)->read(at, std::span(mine).first(count)));
        if (const Result<void> done = (*theirs)->read(at, std::span(other).first(count)); !done) {
            return say(textOf(done.error()));
        }
        if (!std::ranges::equal(std::span(mine).first(count), std::span(other).first(count))) {
            return say(QStringLiteral("It reads otherwise near 0x%1.").arg(at, 0, 16));
        }
    }
    return {};
}

} // namespace platter::vhdx
