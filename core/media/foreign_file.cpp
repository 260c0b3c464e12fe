// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/foreign_file.h"

#include "core/little_endian.h"

#include <QCoreApplication>
#include <QLatin1String>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace platter {

namespace {

enum class Family { DiskImage, Archive, WebPage, RawDisc };

struct Signature {
    std::uint64_t offset;
    std::string_view bytes;
    const char* name; // as people call it
    Family family;
};

using namespace std::string_view_literals;

constexpr std::string_view vhdName = "conectix";
constexpr std::uint64_t vhdFooterSize = 512; // a fixed VHD has its name at the end alone

// First bytes, from each format's own specification.
constexpr std::array signatures{
    Signature{0, "vhdxfile"sv, "VHDX", Family::DiskImage},
    Signature{0, vhdName, "VHD", Family::DiskImage},
    Signature{0, "QFI\xfb"sv, "qcow2", Family::DiskImage},
    Signature{0, "KDMV"sv, "VMDK", Family::DiskImage},
    Signature{0, "# Disk DescriptorFile"sv, "VMDK", Family::DiskImage},
    Signature{64, "\x7f\x10\xda\xbe"sv, "VDI", Family::DiskImage},
    Signature{0, "\x1f\x8b"sv, "gzip", Family::Archive},
    Signature{0,
        "\xfd"
        "7zXZ\0"sv,
        "xz", Family::Archive},
    Signature{0, "\x28\xb5\x2f\xfd"sv, "Zstandard", Family::Archive},
    Signature{0, "BZh"sv, "bzip2", Family::Archive},
    Signature{0, "PK\x03\x04"sv, "ZIP", Family::Archive},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, "7z", Family::Archive},
    Signature{0, "Rar!\x1a\x07"sv, "RAR", Family::Archive},
    Signature{0, "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0"sv, "BIN", Family::RawDisc},
};

// A GPT's header, for sectors of 512 and 4096 bytes, or an MBR's or boot sector's mark. Other kinds of images hold
// these too.
constexpr std::array rawDiskSignatures{
    Signature{512, "EFI PART"sv, "raw", Family::DiskImage},
    Signature{4096, "EFI PART"sv, "raw", Family::DiskImage},
    Signature{510, "\x55\xaa"sv, "raw", Family::DiskImage},
};

QString tr(const char* text)
{
    return QCoreApplication::translate("platter::ForeignFile", text);
}

bool has(const ByteSource& source, std::uint64_t offset, std::string_view bytes)
{
    std::vector<std::byte> found(bytes.size());
    return source.read(offset, found)
        && std::ranges::equal(found, bytes, {}, {}, [](char character) { return std::byte(character); });
}

bool isWebPage(const ByteSource& source)
{
    std::array<char, 64> start = {};
    const std::size_t count = std::min<std::uint64_t>(start.size(), source.size());
    if (!source.read(0, std::as_writable_bytes(std::span(start).first(count)))) {
        return false;
    }
    const QString text = QString::fromLatin1(start.data(), static_cast<qsizetype>(count)).trimmed().toLower();
    return text.startsWith(QLatin1String("<!doctype")) || text.startsWith(QLatin1String("<html"))
        || text.startsWith(QLatin1String("<?xml"));
}

Error describe(Family family, const QString& file, const QString& name)
{
    switch (family) {
    case Family::DiskImage:
        return Error{ErrorKind::InvalidInput,
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile", "%1 is no ISO image but a disk image (%2)."))
                .arg(file, name),
            tr(QT_TRANSLATE_NOOP(
                "platter::ForeignFile", "Choose it as an existing disk, or choose an ISO image here."))};
    case Family::Archive:
        return Error{ErrorKind::InvalidInput,
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile", "%1 is no ISO image but a compressed file (%2)."))
                .arg(file, name),
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile", "Unpack it and choose what was inside."))};
    case Family::WebPage:
        return Error{ErrorKind::InvalidInput,
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile",
                   "%1 is no ISO image but a web page: the download brought an answer of the server."))
                .arg(file),
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile", "Download the ISO image again."))};
    case Family::RawDisc:
        return Error{ErrorKind::InvalidInput,
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile",
                   "%1 is no ISO image but a raw copy of a disc (%2), with the sectors' error correction in it."))
                .arg(file, name),
            tr(QT_TRANSLATE_NOOP("platter::ForeignFile", "Convert it to an ISO image, for example with bchunk."))};
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

std::optional<Error> describeForeignFile(const ByteSource& source, const QString& file)
{
    const auto matches = [&](const Signature& signature) { return has(source, signature.offset, signature.bytes); };
    if (const auto found = std::ranges::find_if(signatures, matches); found != signatures.end()) {
        return describe(found->family, file, QString::fromLatin1(found->name));
    }
    if (source.size() >= vhdFooterSize && has(source, source.size() - vhdFooterSize, vhdName)) {
        return describe(Family::DiskImage, file, QStringLiteral("VHD"));
    }
    if (std::ranges::any_of(rawDiskSignatures, matches)) {
        return describe(Family::DiskImage, file, QStringLiteral("raw"));
    }
    if (isWebPage(source)) {
        return describe(Family::WebPage, file, {});
    }
    return std::nullopt;
}

} // namespace platter
