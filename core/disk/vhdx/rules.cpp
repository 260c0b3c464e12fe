// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhdx/rules.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace platter::vhdx {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhdx::Rules)
};

// What helps.
enum class Cure {
    Backup, // nothing in the file can mend it
    Repair, // `check --repair` knows the state
    Newer, // a program that knows more
    Rewrite, // its contents can be copied into a new file
};

struct RuleText {
    Rule rule;
    const char* name;
    ErrorKind kind;
    Cure cure;
    const char* sentence;
};

#define SENTENCE(text) QT_TRANSLATE_NOOP("platter::vhdx::Rules", text)

constexpr std::array ruleTexts{
    RuleText{Rule::FileSignature, "file-signature", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("It does not begin with the mark of a VHDX file.")},
    RuleText{Rule::FileTooShort, "file-too-short", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The file ends before the structures that every VHDX file has.")},
    RuleText{Rule::FileTooLong, "file-too-long", ErrorKind::Unsupported, Cure::Newer,
        SENTENCE("The file is longer than any disk needs.")},
    RuleText{Rule::HeaderNoneValid, "header-none-valid", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("Both headers are damaged.")},
    RuleText{Rule::HeadersContradict, "headers-contradict", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("Both headers have the same number and different contents, so that neither can be trusted.")},
    RuleText{Rule::HeaderVersion, "header-version", ErrorKind::TooNew, Cure::Newer,
        SENTENCE("The header has a format version that is not known.")},
    RuleText{Rule::HeaderSequenceExhausted, "header-sequence-exhausted", ErrorKind::Unsupported, Cure::Rewrite,
        SENTENCE("The header's number has reached its end, so that no change can be recorded.")},
    RuleText{Rule::RegionTableNoneValid, "region-table-none-valid", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("Both region tables are damaged.")},
    RuleText{Rule::RegionCount, "region-count", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The region table claims more entries than it can hold.")},
    RuleText{Rule::RegionDuplicate, "region-duplicate", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The region table names the same region twice.")},
    RuleText{Rule::RegionPlace, "region-place", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A region does not lie on whole MiB behind the first one.")},
    RuleText{Rule::RegionPastEnd, "region-past-end", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A region lies past the end of the file, which seems to have been cut.")},
    RuleText{Rule::RegionOverlap, "region-overlap", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("Two regions, or a region and the log, lie in the same place.")},
    RuleText{Rule::RegionUnknownRequired, "region-unknown-required", ErrorKind::Unsupported, Cure::Newer,
        SENTENCE("The file needs a region of a kind that is not known.")},
    RuleText{Rule::RegionBatMissing, "region-bat-missing", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The region table does not name the block allocation table.")},
    RuleText{Rule::RegionMetadataMissing, "region-metadata-missing", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The region table does not name the metadata.")},
    RuleText{Rule::LogPlace, "log-place", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The header puts the log where no log can be.")},
    RuleText{Rule::LogVersion, "log-version", ErrorKind::TooNew, Cure::Newer,
        SENTENCE("The log that must be applied first has a version that is not known.")},
    RuleText{Rule::LogNoEntry, "log-no-entry", ErrorKind::Corrupt, Cure::Repair,
        SENTENCE("The header says that a log must be applied first, and the log holds no valid entry.")},
    RuleText{Rule::LogTail, "log-tail", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The log that must be applied first lacks its beginning.")},
    RuleText{Rule::LogTarget, "log-target", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The log that must be applied first would change a part of the file that no log may change.")},
    RuleText{Rule::LogFileCut, "log-file-cut", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The file is shorter than it was when its log was written: it has been cut.")},
    RuleText{Rule::LogTooMuch, "log-too-much", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The log that must be applied first lists more changes than any program makes.")},
    RuleText{Rule::MetadataSignature, "metadata-signature", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The metadata table is damaged.")},
    RuleText{Rule::MetadataRegionSize, "metadata-region-size", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The metadata region is larger than any program makes it.")},
    RuleText{Rule::MetadataCount, "metadata-count", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The metadata table claims more items than it can hold.")},
    RuleText{Rule::MetadataItemPlace, "metadata-item-place", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A metadata item lies outside the metadata region.")},
    RuleText{Rule::MetadataItemOverlap, "metadata-item-overlap", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("Two metadata items lie in the same place.")},
    RuleText{Rule::MetadataItemDuplicate, "metadata-item-duplicate", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The metadata table names the same item twice.")},
    RuleText{Rule::MetadataUnknownRequired, "metadata-unknown-required", ErrorKind::Unsupported, Cure::Newer,
        SENTENCE("The file needs a metadata item of a kind that is not known.")},
    RuleText{Rule::MetadataItemMissing, "metadata-item-missing", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A metadata item that every VHDX file has is missing.")},
    RuleText{Rule::MetadataItemLength, "metadata-item-length", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A metadata item has the wrong length.")},
    RuleText{Rule::MetadataIncompleteFile, "metadata-incomplete-file", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The file was never finished by the program that made it.")},
    RuleText{Rule::BlockSize, "block-size", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The block size is not a power of two from 1 to 256 MiB.")},
    RuleText{Rule::SectorSize, "sector-size", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The sector size is neither 512 nor 4096 bytes.")},
    RuleText{Rule::VirtualSize, "virtual-size", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The virtual size is 0, more than 64 TiB, or not a whole number of sectors.")},
    RuleText{Rule::LocatorMissing, "locator-missing", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("It is a differencing image and does not say what its parent is.")},
    RuleText{Rule::LocatorType, "locator-type", ErrorKind::Unsupported, Cure::Newer,
        SENTENCE("It names its parent in a way that is not known.")},
    RuleText{Rule::LocatorMalformed, "locator-malformed", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("What it says of its parent is damaged.")},
    RuleText{Rule::LocatorLinkage, "locator-linkage", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("It does not say which state of its parent it belongs to.")},
    RuleText{Rule::LocatorNoPath, "locator-no-path", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("It does not say where its parent is.")},
    RuleText{Rule::BatTooShort, "bat-too-short", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("The block allocation table is too short for the virtual size.")},
    RuleText{Rule::BatState, "bat-state", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A block has a state that does not exist.")},
    RuleText{Rule::BatPartialWithoutParent, "bat-partial-without-parent", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A block is said to lie partly in a parent, and there is none.")},
    RuleText{Rule::BatNoPlace, "bat-no-place", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A block that is present has no place in the file.")},
    RuleText{Rule::BatPastEnd, "bat-past-end", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A block lies past the end of the file, which seems to have been cut.")},
    RuleText{Rule::BatOverlap, "bat-overlap", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("Two blocks, or a block and another structure, lie in the same place.")},
    RuleText{Rule::BatBitmapMissing, "bat-bitmap-missing", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A block lies partly in the parent, and the bitmap that says which part is missing.")},
    RuleText{Rule::BatBitmapState, "bat-bitmap-state", ErrorKind::Corrupt, Cure::Backup,
        SENTENCE("A sector bitmap has a state that does not exist.")},
};

#undef SENTENCE

const RuleText& textOf(Rule rule)
{
    return *std::ranges::find(ruleTexts, rule, &RuleText::rule);
}

QString adviceFor(Cure cure)
{
    switch (cure) {
    case Cure::Backup:
        return Texts::tr("Copy it again from where it came, or bring it back from a backup.");
    case Cure::Repair:
        return Texts::tr("Run “platterctl disk check --repair” on it.");
    case Cure::Newer:
        return Texts::tr("Open it with the program that made it.");
    case Cure::Rewrite:
        return Texts::tr("Convert it into a new file.");
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

QString nameOf(Rule rule)
{
    return QString::fromLatin1(textOf(rule).name);
}

Error broken(Rule rule, std::uint64_t offset, const QString& more)
{
    const RuleText& text = textOf(rule);
    QString detail = QStringLiteral("vhdx %1 at offset 0x%2").arg(nameOf(rule)).arg(offset, 0, 16);
    if (!more.isEmpty()) {
        detail += QStringLiteral(": ") + more;
    }
    return Error{text.kind, Texts::tr(text.sentence), adviceFor(text.cure), detail};
}

std::vector<Rule> allRules()
{
    std::vector<Rule> rules;
    std::ranges::transform(ruleTexts, std::back_inserter(rules), &RuleText::rule);
    return rules;
}

} // namespace platter::vhdx
