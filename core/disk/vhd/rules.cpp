// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/vhd/rules.h"

#include <QCoreApplication>

namespace platter::vhd {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::vhd::Rules)
};

QString sentence(Rule rule)
{
    switch (rule) {
    case Rule::FileTooShort:
        return Texts::tr("The file is too short to be a VHD.");
    case Rule::FooterMissing:
        return Texts::tr("The VHD has no footer at its end and no copy of it at its beginning.");
    case Rule::FooterChecksum:
        return Texts::tr("The checksum of the VHD's footer is wrong, and there is no good copy of it.");
    case Rule::FooterVersion:
        return Texts::tr("The VHD's footer has a version that nobody knows.");
    case Rule::DiskType:
        return Texts::tr("The VHD is neither fixed nor dynamic nor differencing.");
    case Rule::SizeZero:
        return Texts::tr("The VHD's disk has the size 0.");
    case Rule::SizeNotSectors:
        return Texts::tr("The size of the VHD's disk is not a whole number of sectors.");
    case Rule::SizeTooLarge:
        return Texts::tr("The VHD's disk is larger than the 2040 GiB that a VHD can have.");
    case Rule::FixedDataCut:
        return Texts::tr("The fixed VHD's file is too short for the size of its disk.");
    case Rule::HeaderOutside:
        return Texts::tr("The VHD's dynamic header lies past the end of the file.");
    case Rule::HeaderMark:
        return Texts::tr("The VHD has no dynamic header where its footer says.");
    case Rule::HeaderChecksum:
        return Texts::tr("The checksum of the VHD's dynamic header is wrong.");
    case Rule::HeaderVersion:
        return Texts::tr("The VHD's dynamic header has a version that nobody knows.");
    case Rule::BlockSize:
        return Texts::tr("The VHD's block size is not a power of two of at least a sector.");
    case Rule::TableTooSmall:
        return Texts::tr("The VHD's block allocation table has too few entries for the size of its disk.");
    case Rule::TableOutside:
        return Texts::tr("The VHD's block allocation table lies past the end of the file.");
    case Rule::BlockOutside:
        return Texts::tr("A block of the VHD lies past the end of the file.");
    case Rule::BlockOverMetadata:
        return Texts::tr("A block of the VHD lies over its header or its block allocation table.");
    case Rule::BlocksOverlap:
        return Texts::tr("Two blocks of the VHD lie in the same place.");
    case Rule::LocatorOutside:
        return Texts::tr("The path to the VHD's parent lies past the end of the file.");
    case Rule::LocatorTooLong:
        return Texts::tr("The path to the VHD's parent is longer than a path can be.");
    case Rule::ParentNotLookedFor:
        return Texts::tr("The VHD holds only the changes to another disk, its parent.");
    case Rule::ParentNotFound:
        return Texts::tr("The VHD holds only the changes to another disk, its parent, which was not found.");
    case Rule::ParentOtherDisk:
        return Texts::tr("The file found for the VHD's parent is another disk: its identifier differs.");
    case Rule::ParentChanged:
        return Texts::tr("The VHD's parent was changed after the VHD was made from it: its time stamp differs.");
    case Rule::ChainLoop:
        return Texts::tr("The VHD is its own ancestor: its chain of parents goes round in a circle.");
    case Rule::ChainTooLong:
        return Texts::tr("The VHD has more ancestors, one behind the other, than can be opened.");
    }
    Q_UNREACHABLE_RETURN({});
}

ErrorKind kindOf(Rule rule)
{
    switch (rule) {
    case Rule::FooterVersion:
    case Rule::HeaderVersion:
    case Rule::ParentNotLookedFor:
    case Rule::ChainTooLong:
        return ErrorKind::Unsupported;
    case Rule::ParentNotFound:
        return ErrorKind::NotFound;
    case Rule::ParentOtherDisk:
    case Rule::ParentChanged:
        return ErrorKind::WrongState;
    default:
        return ErrorKind::Corrupt;
    }
}

QString advice(Rule rule)
{
    switch (rule) {
    case Rule::ParentNotLookedFor:
    case Rule::ParentNotFound:
    case Rule::ParentOtherDisk:
        return Texts::tr("Put the parent into the folder of the VHD under its old name, or say where it is.");
    case Rule::ParentChanged:
        return Texts::tr(
            "Bring the parent back from a backup; if only its date was changed, name the parent explicitly.");
    case Rule::ChainLoop:
    case Rule::ChainTooLong:
        return Texts::tr("Merge some of the chain's disks with the program that made them.");
    case Rule::FooterVersion:
    case Rule::HeaderVersion:
        return Texts::tr("Convert it with the program that made it.");
    default:
        return Texts::tr("Copy it again from where it came, or bring it back from a backup.");
    }
}

} // namespace

Error broken(Rule rule, std::uint64_t offset)
{
    return Error{kindOf(rule), sentence(rule), advice(rule), QStringLiteral("offset 0x%1").arg(offset, 0, 16)};
}

} // namespace platter::vhd
