// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/power_cut.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <unordered_set>

namespace platter {

namespace {

constexpr std::uint64_t sectorSize = 512;
constexpr std::uint64_t exhaustiveBits = 12; // up to so many sectors and sizes every choice is made
constexpr std::uint64_t tearsOfLast = 16;
constexpr std::uint64_t sectorsChosenSingly = 4096; // of one change; longer ones are kept in stretches
constexpr int dryChoices = 200; // random choices without a new state after which a cut point is done
constexpr qsizetype mostFailures = 5;

// Part of a step that reaches the disk or does not, as a whole or by sectors.
struct Change {
    enum class Kind {
        Bytes,
        Zeros,
        Grow, // the size that a write past the end brings along
        Resize,
    };
    Kind kind = Kind::Bytes;
    std::size_t step = 0;
    std::uint64_t offset = 0; // for Grow and Resize the size
    std::uint64_t length = 0;
    const std::vector<std::byte>* bytes = nullptr;

    bool isSize() const { return kind == Kind::Grow || kind == Kind::Resize; }

    std::uint64_t sectors() const
    {
        return isSize() ? 1 : (offset + length + sectorSize - 1) / sectorSize - offset / sectorSize;
    }
};

// What is kept of a change: sectors [first, second), ascending.
using Kept = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

struct Choice {
    std::vector<Kept> kept; // one for each change
    std::vector<std::size_t> order; // in which they reach the disk
};

// The same numbers everywhere for the same seed.
class Dice {
public:
    Dice(std::uint64_t seed, std::uint64_t cut, std::uint64_t choice)
        : m_state(seed * 0x9e3779b97f4a7c15U + (cut << 32U) + choice)
    {
    }

    std::uint64_t below(std::uint64_t limit)
    {
        m_state += 0x9e3779b97f4a7c15U;
        std::uint64_t value = m_state;
        value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
        value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
        return (value ^ (value >> 31U)) % limit;
    }

private:
    std::uint64_t m_state;
};

// --- from steps to changes --------------------------------------------------------------------------------------

// What a step changes in a file that is SIZE long, which becomes the size after it.
void addChanges(std::vector<Change>& changes, const FileStep& step, std::size_t number, std::uint64_t& size)
{
    if (const auto* write = std::get_if<WriteStep>(&step); write && !write->bytes.empty()) {
        const std::uint64_t end = write->offset + write->bytes.size();
        if (end > size) {
            changes.push_back({Change::Kind::Grow, number, end});
            size = end;
        }
        changes.push_back({Change::Kind::Bytes, number, write->offset, write->bytes.size(), &write->bytes});
    } else if (const auto* zero = std::get_if<ZeroStep>(&step); zero && zero->length > 0) {
        changes.push_back({Change::Kind::Zeros, number, zero->offset, zero->length});
    } else if (const auto* resize = std::get_if<ResizeStep>(&step); resize && resize->size != size) {
        changes.push_back({Change::Kind::Resize, number, resize->size});
        size = resize->size;
    }
}

// A file in memory takes everything that lies inside of it.
void must(const Result<void>& result)
{
    if (!result) {
        qFatal("%s %s", qPrintable(result.error().text()), qPrintable(result.error().detail));
    }
}

void apply(MemoryFile& file, const Change& change, const Kept& kept)
{
    for (const auto& [first, last] : kept) {
        if (change.kind == Change::Kind::Resize
            || (change.kind == Change::Kind::Grow && file.size() < change.offset)) {
            must(file.resize(change.offset));
        }
        if (change.isSize()) {
            continue;
        }
        const std::uint64_t base = change.offset / sectorSize;
        const std::uint64_t from = std::max(change.offset, (base + first) * sectorSize);
        const std::uint64_t to = std::min(change.offset + change.length, (base + last) * sectorSize);
        if (change.kind == Change::Kind::Bytes) {
            must(file.write(from, std::span(*change.bytes).subspan(from - change.offset, to - from)));
        } else if (from < file.size()) {
            must(file.zero(from, std::min(to, file.size()) - from));
        }
    }
}

MemoryFile applied(const MemoryFile& base, std::span<const Change> changes, const Choice& choice)
{
    MemoryFile file(base);
    for (const std::size_t i : choice.order) {
        apply(file, changes[i], choice.kept[i]);
    }
    return file;
}

// --- choosing ---------------------------------------------------------------------------------------------------

Kept wholly(const Change& change)
{
    return {{0, change.sectors()}};
}

Choice keepWhere(std::span<const Change> changes, const std::function<bool(std::size_t)>& isKept)
{
    Choice choice;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        choice.kept.push_back(isKept(i) ? wholly(changes[i]) : Kept());
        choice.order.push_back(i);
    }
    return choice;
}

bool isResize(const Change& change)
{
    return change.kind == Change::Kind::Resize;
}

// How many sectors and sizes there are to choose from, if they are few.
std::optional<std::uint64_t> fewSectors(std::span<const Change> changes)
{
    std::uint64_t total = 0;
    for (const Change& change : changes) {
        total += std::min(change.sectors(), exhaustiveBits + 1);
    }
    return total <= exhaustiveBits ? std::optional(total) : std::nullopt;
}

// Choice number CHOICE of every choice there is of TOTAL sectors; the first keeps all.
std::optional<Choice> oneOfAll(std::span<const Change> changes, std::uint64_t total, std::uint64_t choice)
{
    const bool ordersResizes = std::ranges::any_of(changes, isResize) && changes.size() > 1;
    if (choice >> (total + (ordersResizes ? 1 : 0)) != 0) {
        return std::nullopt;
    }
    std::uint64_t bits = ~(choice * 0x9e3779b1U); // odd, so that every number comes once, neighbours far apart
    Choice result = keepWhere(changes, [](std::size_t) { return false; });
    for (std::size_t i = 0; i < changes.size(); ++i) {
        for (std::uint64_t sector = 0; sector < changes[i].sectors(); ++sector) {
            if (bits & 1U) {
                result.kept[i].emplace_back(sector, sector + 1);
            }
            bits >>= 1U;
        }
    }
    if (ordersResizes && (bits & 1U) == 0) {
        std::ranges::stable_partition(result.order, [&](std::size_t i) { return isResize(changes[i]); });
    }
    return result;
}

Kept torn(std::uint64_t sectors, Dice& dice)
{
    const std::uint64_t cut = 1 + dice.below(sectors - 1);
    switch (dice.below(4)) {
    case 0:
        return {{0, cut}};
    case 1:
        return {{cut, sectors}};
    case 2:
        if (sectors <= sectorsChosenSingly) {
            Kept kept;
            for (std::uint64_t sector = 0; sector < sectors; ++sector) {
                if (dice.below(2) == 0) {
                    kept.emplace_back(sector, sector + 1);
                }
            }
            return kept;
        }
        [[fallthrough]];
    default: {
        const std::uint64_t begin = dice.below(cut);
        return {{0, begin}, {cut, sectors}};
    }
    }
}

Choice randomChoice(std::span<const Change> changes, Dice dice)
{
    const std::uint64_t density = 1 + dice.below(3);
    Choice choice = keepWhere(changes, [&](std::size_t) { return dice.below(4) < density; });
    if (const std::size_t victim = dice.below(changes.size()); changes[victim].sectors() > 1 && dice.below(4) > 0) {
        choice.kept[victim] = torn(changes[victim].sectors(), dice);
    }
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (isResize(changes[i]) && dice.below(4) == 0) {
            std::erase(choice.order, i);
            choice.order.insert(choice.order.begin() + static_cast<std::ptrdiff_t>(dice.below(changes.size())), i);
        }
    }
    return choice;
}

// The choices that somebody would think of, then nothing.
std::optional<Choice> thoughtOf(std::span<const Change> changes, std::uint64_t number, Dice dice)
{
    const auto all = [](std::size_t) { return true; };
    const auto none = [](std::size_t) { return false; };
    if (number < 2) {
        return keepWhere(changes, number == 0 ? std::function<bool(std::size_t)>(all) : none);
    }
    number -= 2;
    const std::uint64_t sectors = changes.back().sectors();
    const std::uint64_t tears = std::min(sectors - 1, tearsOfLast);
    if (number < 2 * tears) {
        Choice choice = keepWhere(changes, number % 2 == 0 ? std::function<bool(std::size_t)>(all) : none);
        const bool atEach = tears == sectors - 1;
        choice.kept.back() = {{0, 1 + (atEach ? number / 2 : dice.below(sectors - 1))}};
        return choice;
    }
    number -= 2 * tears;
    const std::uint64_t count = changes.size();
    if (number < 2 * count) {
        return keepWhere(changes, [=](std::size_t i) { return (i == number / 2) == (number % 2 == 0); });
    }
    number -= 2 * count;
    if (number < 2) {
        return keepWhere(changes, [&](std::size_t i) { return changes[i].isSize() == (number == 0); });
    }
    return std::nullopt;
}

// A pure function of its arguments. Nothing where there is no such choice.
std::optional<Choice> choose(
    std::span<const Change> changes, std::size_t cut, std::size_t choice, std::uint64_t seed)
{
    if (const std::optional<std::uint64_t> few = fewSectors(changes)) {
        return oneOfAll(changes, *few, choice);
    }
    const Dice dice(seed, cut, choice);
    // Thoughtful and random ones in turn, so that a small budget has some of both.
    const std::uint64_t turn = choice ^ (cut & 1U);
    if (turn % 2 == 0) {
        if (std::optional<Choice> result = thoughtOf(changes, turn / 2, dice)) {
            return result;
        }
    }
    return randomChoice(changes, dice);
}

QString sentence(std::span<const Change> changes, const Choice& choice, const std::vector<FileStep>& steps)
{
    QStringList parts;
    for (const std::size_t i : choice.order) {
        const Change& change = changes[i];
        QString what = QStringLiteral("step %1 ").arg(change.step);
        what += change.kind == Change::Kind::Grow ? QStringLiteral("grow to 0x%1").arg(change.offset, 0, 16)
                                                  : describe(steps[change.step]);
        QStringList sectors;
        for (const auto& [first, last] : choice.kept[i]) {
            sectors += QStringLiteral("%1-%2").arg(first).arg(last - 1);
        }
        const bool isWhole = choice.kept[i] == wholly(change);
        parts += what + QStringLiteral(": ")
            + (sectors.isEmpty() ? QStringLiteral("lost")
                    : isWhole
                    ? QStringLiteral("kept")
                    : QStringLiteral("sectors %1 of %2 kept").arg(sectors.join(u',')).arg(change.sectors()));
    }
    return parts.isEmpty() ? QStringLiteral("everything was flushed") : parts.join(QStringLiteral("; "));
}

// Walks along a recording: what is on the disk for certain, and what may be.
struct Walk {
    explicit Walk(const MemoryFile& start)
        : base(start)
        , size(start.size())
    {
    }

    void go(const FileStep& step, std::size_t number)
    {
        if (std::holds_alternative<FlushStep>(step)) {
            for (const Change& change : changes) {
                apply(base, change, wholly(change));
            }
            changes.clear();
        } else if (const auto* marked = std::get_if<MarkStep>(&step)) {
            mark = marked->number;
        } else {
            addChanges(changes, step, number, size);
        }
    }

    MemoryFile base;
    std::uint64_t size;
    std::vector<Change> changes;
    std::uint64_t mark = 0;
};

Walk walkTo(std::size_t cut, const MemoryFile& start, const std::vector<FileStep>& steps)
{
    Walk walk(start);
    for (std::size_t i = 0; i < cut; ++i) {
        walk.go(steps[i], i);
    }
    return walk;
}

struct CutPoint {
    std::size_t next = 0; // choice
    int dry = 0;
    bool isDone = false;
};

} // namespace

PowerCut::PowerCut(const RecordingFile& recording)
    : m_start(recording.start())
    , m_steps(recording.steps())
{
}

PowerCut::Outcome PowerCut::forEachState(const Budget& budget, const Check& check) const
{
    Outcome outcome;
    outcome.cuts = m_steps.size() + 1;
    std::vector<CutPoint> points(outcome.cuts);
    std::unordered_set<std::uint64_t> seen;
    std::size_t open = points.size();
    while (open > 0 && outcome.states < budget.states) {
        // Every cut point that has more gets its share of what is left, in one walk along the recording.
        const std::size_t share = budget.states - outcome.states;
        const std::size_t among = open;
        std::size_t turn = 0;
        Walk walk(m_start);
        for (std::size_t cut = 0; cut < points.size(); ++cut) {
            if (cut > 0) {
                walk.go(m_steps[cut - 1], cut - 1);
            }
            CutPoint& point = points[cut];
            if (point.isDone) {
                continue;
            }
            std::size_t quota = (turn + 1) * share / among - turn * share / among;
            ++turn;
            while (quota > 0 && !point.isDone) {
                const std::size_t number = point.next++;
                const std::optional<Choice> choice = choose(walk.changes, cut, number, budget.seed);
                point.isDone = !choice || (point.dry > dryChoices && !fewSectors(walk.changes));
                if (point.isDone) {
                    --open;
                    break;
                }
                const MemoryFile file = applied(walk.base, walk.changes, *choice);
                if (!seen.insert(file.contentHash() + walk.mark * 0x9e3779b97f4a7c15U).second) {
                    ++point.dry;
                    continue;
                }
                point.dry = 0;
                --quota;
                ++outcome.states;
                if (const QString wrong = check({file, cut, number, walk.mark}); !wrong.isEmpty()) {
                    outcome.failures += wrong + u'\n' + describe(cut, number, budget.seed);
                    if (outcome.failures.size() == mostFailures) {
                        return outcome;
                    }
                }
            }
        }
    }
    outcome.wasExhausted = open == 0;
    return outcome;
}

MemoryFile PowerCut::stateAt(std::size_t cut, std::size_t choice, std::uint64_t seed) const
{
    const Walk walk = walkTo(cut, m_start, m_steps);
    const std::optional<Choice> chosen = choose(walk.changes, cut, choice, seed);
    return chosen ? applied(walk.base, walk.changes, *chosen) : walk.base;
}

QString PowerCut::describe(std::size_t cut, std::size_t choice, std::uint64_t seed) const
{
    const Walk walk = walkTo(cut, m_start, m_steps);
    const std::optional<Choice> chosen = choose(walk.changes, cut, choice, seed);
    return QStringLiteral("cut after step %1 of %2 (%3); %4 [again: stateAt(%1, %5, %6)]")
        .arg(cut)
        .arg(m_steps.size())
        .arg(cut == 0 ? QStringLiteral("the start") : platter::describe(m_steps[cut - 1]),
            chosen ? sentence(walk.changes, *chosen, m_steps) : QStringLiteral("no such choice"))
        .arg(choice)
        .arg(seed);
}

} // namespace platter
