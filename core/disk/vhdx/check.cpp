// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/check.h"

#include "core/disk/vhdx/rules.h"
#include "core/little_endian.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Check)
};

constexpr std::size_t mostFindings = 200;

bool isBroken(const Error& error, Rule rule)
{
    return error.detail.startsWith(QStringLiteral("vhdx %1 ").arg(nameOf(rule)));
}

// Whether a table entry that is not zero says nothing to anybody: an unused bitmap slot, or a place with a state
// that has none.
bool isStale(const BatLayout& layout, bool hasParent, std::uint64_t number, BatEntry entry)
{
    if (number >= layout.entries()) {
        return true;
    }
    if (!layout.blockOfEntry(number)) {
        return !hasParent || (entry.state == 0 && entry.offset != 0);
    }
    return (entry.is(BlockState::NotPresent) || entry.is(BlockState::Zero)) && entry.offset != 0;
}

// What a stale entry is to become: the state stays, the place goes.
BatEntry mended(const BatLayout& layout, std::uint64_t number, BatEntry entry)
{
    const bool isBlock = number < layout.entries() && layout.blockOfEntry(number);
    return isBlock ? BatEntry{entry.state, 0} : BatEntry{};
}

class Checker {
public:
    explicit Checker(const ReadableFile& file)
        : m_file(file)
    {
    }

    Result<CheckReport> run()
    {
        if (Result<void> done = look(); !done) {
            if (done.error().kind == ErrorKind::InputOutput || done.error().kind == ErrorKind::PermissionDenied) {
                return std::unexpected(done.error());
            }
            addDamage(done.error());
        }
        return m_report;
    }

private:
    void add(FindingKind kind, std::uint64_t offset, const QString& sentence, const QString& repair)
    {
        m_report.findings.push_back({kind, sentence, repair, offset, {}});
    }

    void addDamage(const Error& error)
    {
        if (m_report.findings.size() >= mostFindings) {
            ++m_report.moreDamage;
            return;
        }
        m_report.findings.push_back({FindingKind::Damage, error.summary, {}, 0, error.detail});
    }

    // Goes as far as it makes sense; the error is the damage that stopped it.
    Result<void> look()
    {
        if (Result<void> marked = checkFileSignature(m_file); !marked) {
            return marked;
        }
        const Result<HeaderPair> headers = HeaderPair::read(m_file);
        if (!headers) {
            return std::unexpected(headers.error());
        }
        for (std::size_t slot = 0; slot < 2; ++slot) {
            if (!headers->isValid(slot)) {
                add(FindingKind::HeaderDamaged, layout::headerOffsets[slot],
                    Texts::tr("Header %1 of 2 is damaged.").arg(slot + 1),
                    Texts::tr("It will be written anew from the other one."));
            }
        }
        if (m_file.size() % objectAlignment != 0) {
            add(FindingKind::OddLength, m_file.size(), Texts::tr("The file's length is not a whole number of MiB."),
                Texts::tr("The file will be made longer, up to the next MiB."));
        }
        const Header& header = headers->current();
        if (header.logGuid.isNull()) {
            return lookAtStructure(m_file, header);
        }
        const Result<LogReplay> replay = findReplay(m_file, header);
        if (replay) {
            add(FindingKind::LogToApply, header.logOffset,
                replay->entryCount == 1
                    ? Texts::tr("The file was not closed: its log holds 1 change that must be applied first.")
                    : Texts::tr("The file was not closed: its log holds %1 changes that must be applied first.")
                          .arg(replay->entryCount),
                Texts::tr("The changes will be applied."));
            return lookAtStructure(ReplayedFile(m_file, *replay), header);
        }
        if (!isBroken(replay.error(), Rule::LogNoEntry)) {
            return std::unexpected(replay.error());
        }
        add(FindingKind::LogWithoutEntry, header.logOffset,
            Texts::tr("The header names a log that holds nothing; QEMU leaves this when it is cut off, and then no "
                      "program can add to the file."),
            Texts::tr("The header will forget the log. What the file holds stays as it is."));
        return lookAtStructure(m_file, header);
    }

    Result<void> lookAtStructure(const ReadableFile& file, const Header& header)
    {
        const Result<Structure> structure = readStructure(file, header);
        if (!structure) {
            return std::unexpected(structure.error());
        }
        const RegionTable& regions = structure->regions;
        for (std::size_t copy = 0; copy < 2; ++copy) {
            if (!regions.copyIsValid[copy]) {
                add(FindingKind::RegionTableDamaged, layout::regionTableOffsets[copy],
                    Texts::tr("Region table %1 of 2 is damaged.").arg(copy + 1),
                    Texts::tr("It will be written anew from the other one."));
            }
        }
        if (!regions.copiesAgree) {
            add(FindingKind::RegionTableDamaged, layout::regionTableOffsets[1],
                Texts::tr("The two region tables differ."),
                Texts::tr("The second one will become like the first."));
        }
        if (structure->metadata.hasStrayLocator) {
            add(FindingKind::StrayLocator, regions.metadata().offset,
                Texts::tr("The image names a parent and has none; QEMU refuses to open it."),
                Texts::tr("The name will be removed."));
        }
        return lookAtTable(file, *structure, header);
    }

    Result<void> lookAtTable(const ReadableFile& file, const Structure& structure, const Header& header)
    {
        const Region& region = structure.regions.bat();
        const BatLayout layout = structure.batLayout();
        const PagedBat bat(file, region.offset, layout.entries());
        const Result<SpaceMap> space =
            mapSpace(structure, header, bat, file.size(), [&](const Error& error) { addDamage(error); });
        if (!space) {
            return std::unexpected(space.error());
        }
        const bool hasParent = structure.metadata.parent.has_value();
        std::uint64_t stale = 0;
        std::uint64_t firstStale = 0;
        const PagedBat whole(file, region.offset, region.length / layout::batEntrySize);
        Result<void> walked = whole.forEach(0, whole.entries(), [&](std::uint64_t number, BatEntry entry) {
            if (isStale(layout, hasParent, number, entry) && stale++ == 0) {
                firstStale = region.offset + number * layout::batEntrySize;
            }
            const std::optional<std::uint64_t> block =
                number < layout.entries() ? layout.blockOfEntry(number) : std::nullopt;
            return block && hasParent && entry.is(BlockState::PartiallyPresent) ? lookForBitmap(bat, layout, *block)
                                                                                : Result<void>();
        });
        if (walked && stale > 0) {
            add(FindingKind::StaleSlots, firstStale,
                stale == 1 ? Texts::tr("1 entry of the block allocation table means nothing and is not zero.")
                           : Texts::tr("%1 entries of the block allocation table mean nothing and are not zero.")
                                 .arg(stale),
                Texts::tr("They will become zero."));
        }
        return walked;
    }

    Result<void> lookForBitmap(const PagedBat& bat, const BatLayout& layout, std::uint64_t block)
    {
        const std::uint64_t number = layout.entryOfBitmap(layout.chunkOfBlock(block));
        const Result<BatEntry> bitmap = bat.at(number);
        if (!bitmap) {
            return std::unexpected(bitmap.error());
        }
        if (!bitmap->is(BlockState::FullyPresent)) {
            addDamage(broken(Rule::BatBitmapMissing, bat.offset() + number * layout::batEntrySize));
        }
        return {};
    }

    const ReadableFile& m_file;
    CheckReport m_report;
};

Result<void> clearStaleSlots(Editor& editor)
{
    const Region region = editor.structure().regions.bat();
    const BatLayout layout = editor.layout();
    const bool hasParent = editor.metadata().parent.has_value();
    const PagedBat whole(editor.file(), region.offset, region.length / layout::batEntrySize);
    LogChange change;
    const auto commit = [&]() -> Result<void> {
        const LogChange full = std::exchange(change, LogChange());
        return editor.commit(full);
    };
    return whole
        .forEach(0, whole.entries(),
            [&](std::uint64_t number, BatEntry entry) -> Result<void> {
                if (!isStale(layout, hasParent, number, entry)) {
                    return {};
                }
                std::array<std::byte, layout::batEntrySize> bytes{};
                putLittleEndian<quint64>(bytes, 0, mended(layout, number, entry).raw());
                const std::uint64_t position = region.offset + number * layout::batEntrySize;
                if (Result<void> put = change.put(editor.file(), position, bytes); !put) {
                    return put;
                }
                return change.sectors().size() == editor.logCapacity() ? commit() : Result<void>();
            })
        .and_then(commit)
        .and_then([&] { return editor.retireLog(); })
        .and_then([&] { return editor.reload(); });
}

Result<void> removeStrayLocator(Editor& editor)
{
    namespace at = layout::metadataTable;
    std::vector<MetadataItem> items = editor.metadata().items;
    std::erase_if(items, [](const MetadataItem& item) {
        return item.id == layout::parentLocatorItem && !(item.flags & at::flagIsUser);
    });
    const std::vector<std::byte> table = serializeTable(items);
    const std::size_t oldEnd = at::entries + editor.metadata().items.size() * at::entrySize;
    LogChange change;
    return change.put(editor.file(), editor.structure().regions.metadata().offset, std::span(table).first(oldEnd))
        .and_then([&] { return editor.commit(change); })
        .and_then([&] { return editor.retireLog(); })
        .and_then([&] { return editor.reload(); });
}

} // namespace

bool CheckReport::isRepairable() const
{
    return moreDamage == 0 && std::ranges::all_of(findings, &Finding::isRepairable);
}

QString nameOf(FindingKind kind)
{
    switch (kind) {
    case FindingKind::Damage:
        return QStringLiteral("damage");
    case FindingKind::LogToApply:
        return QStringLiteral("log-to-apply");
    case FindingKind::LogWithoutEntry:
        return QStringLiteral("log-without-entry");
    case FindingKind::HeaderDamaged:
        return QStringLiteral("header-damaged");
    case FindingKind::RegionTableDamaged:
        return QStringLiteral("region-table-damaged");
    case FindingKind::OddLength:
        return QStringLiteral("odd-length");
    case FindingKind::StaleSlots:
        return QStringLiteral("stale-slots");
    case FindingKind::StrayLocator:
        return QStringLiteral("stray-locator");
    }
    Q_UNREACHABLE_RETURN({});
}

Result<CheckReport> check(const ReadableFile& file)
{
    return Checker(file).run();
}

Result<void> repair(std::unique_ptr<BlockFile> file, const CheckReport& report)
{
    const auto found = [&](FindingKind kind) {
        return std::ranges::contains(report.findings, kind, &Finding::kind);
    };
    if (!report.isRepairable()) {
        const Finding& damage = *std::ranges::find(report.findings, FindingKind::Damage, &Finding::kind);
        return std::unexpected(Error{ErrorKind::Corrupt,
            Texts::tr("It is damaged in a way that cannot be repaired; nothing was changed. %1")
                .arg(damage.sentence),
            Texts::tr("Bring it back from a backup."), damage.detail});
    }
    if (found(FindingKind::LogWithoutEntry)) {
        Result<HeaderPair> headers = HeaderPair::read(*file);
        if (!headers) {
            return std::unexpected(headers.error());
        }
        Result<void> forgot = headers->update(*file, [](Header& next) {
            next.fileWriteGuid = QUuid::createUuid();
            next.logGuid = QUuid();
        });
        if (!forgot) {
            return forgot;
        }
    }
    // Opening for change applies a log; beginning one writes both headers and makes the length whole.
    const Result<std::unique_ptr<Editor>> editor = Editor::open(std::move(file), {});
    if (!editor) {
        return std::unexpected(editor.error());
    }
    Result<void> done = (*editor)->beginChange(Editor::ChangeKind::Layout);
    if (done && found(FindingKind::RegionTableDamaged)) {
        done = (*editor)->replaceRegionTable((*editor)->structure().regions);
    }
    if (done && found(FindingKind::StrayLocator)) {
        done = removeStrayLocator(**editor);
    }
    if (done && found(FindingKind::StaleSlots)) {
        done = clearStaleSlots(**editor);
    }
    return done.and_then([&] { return (*editor)->finish(); });
}

} // namespace platter::vhdx
