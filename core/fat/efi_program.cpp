// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fat/efi_program.h"

#include "core/fat/pe_layout.h"
#include "core/little_endian.h"

#include <QCoreApplication>
#include <QCryptographicHash>

#include <algorithm>
#include <optional>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::EfiProgram)
};

using Bytes = std::span<const std::byte>;

constexpr std::size_t mostSignatures = 16;

std::unexpected<Error> corrupt(const QString& rule)
{
    return std::unexpected(Error{ErrorKind::Corrupt, Texts::tr("The boot loader is damaged."), {}, rule});
}

struct Stretch {
    std::size_t offset = 0;
    std::size_t size = 0;
};

std::optional<Bytes> partOf(Bytes file, Stretch stretch)
{
    return stretch.offset > file.size() || stretch.size > file.size() - stretch.offset
        ? std::nullopt
        : std::optional(file.subspan(stretch.offset, stretch.size));
}

struct Layout {
    std::size_t checksum = 0; // where it is
    std::size_t directory = 0; // the certificate table's record; 0: there is none
    std::size_t headers = 0; // their size
    std::vector<Stretch> sections = {}; // in the order of their places
    Stretch certificates = {};
};

Result<Layout> layoutOf(Bytes file)
{
    const std::size_t header = littleEndian<std::uint32_t>(file, pe::headerOffsetAt);
    if (littleEndian<std::uint16_t>(file, 0) != pe::dosSignature
        || littleEndian<std::uint32_t>(file, header) != pe::signature) {
        return corrupt(QStringLiteral("PE: no signature"));
    }
    const std::size_t optional = header + pe::optionalHeaderAt;
    const bool isPlus = littleEndian<std::uint16_t>(file, optional) == pe::pe32Plus;
    const std::size_t directories = optional + (isPlus ? pe::directoriesAtPlus : pe::directoriesAt);
    Layout layout{.checksum = optional + pe::checksumAt,
        .headers = littleEndian<std::uint32_t>(file, optional + pe::headersSizeAt)};
    if (littleEndian<std::uint32_t>(file, directories - sizeof(std::uint32_t)) > pe::certificateDirectory) {
        layout.directory = directories + pe::certificateDirectory * pe::directorySize;
        layout.certificates = {littleEndian<std::uint32_t>(file, layout.directory),
            littleEndian<std::uint32_t>(file, layout.directory + sizeof(std::uint32_t))};
    }
    const std::size_t table = optional + littleEndian<std::uint16_t>(file, header + pe::optionalHeaderSizeAt);
    const std::size_t count = littleEndian<std::uint16_t>(file, header + pe::sectionCountAt);
    const std::size_t end = std::max(table + count * pe::sectionRecordSize,
        layout.directory != 0 ? layout.directory + pe::directorySize : layout.checksum + pe::checksumSize);
    if (layout.headers > file.size() || end > layout.headers) {
        return corrupt(QStringLiteral("PE: headers of %1 bytes").arg(layout.headers));
    }
    for (std::size_t at = table; at < table + count * pe::sectionRecordSize; at += pe::sectionRecordSize) {
        layout.sections.push_back({littleEndian<std::uint32_t>(file, at + pe::rawOffsetAt),
            littleEndian<std::uint32_t>(file, at + pe::rawSizeAt)});
    }
    std::ranges::stable_sort(layout.sections, {}, &Stretch::offset);
    return layout;
}

// "Calculating the PE Image Hash", as EDK2 does it (DxeImageVerificationLib): headers, sections, and of what
// follows all but the signatures.
Result<QByteArray> hashOf(Bytes file, const Layout& layout)
{
    std::vector<Stretch> parts{{0, layout.checksum}};
    const std::size_t behindChecksum = layout.checksum + pe::checksumSize;
    if (layout.directory == 0) {
        parts.push_back({behindChecksum, layout.headers - behindChecksum});
    } else {
        const std::size_t behind = layout.directory + pe::directorySize;
        parts.push_back({behindChecksum, layout.directory - behindChecksum});
        parts.push_back({behind, layout.headers - behind});
    }
    std::size_t hashed = layout.headers;
    for (const Stretch& section : layout.sections) {
        // Sections that overlap could have a small file hashed thousands of times.
        if (section.size > file.size() - hashed) {
            return corrupt(QStringLiteral("PE: sections larger than the file"));
        }
        hashed += section.size;
        if (section.size > 0) {
            parts.push_back(section);
        }
    }
    const std::size_t rest = file.size() - hashed;
    if (layout.certificates.size > rest) {
        return corrupt(QStringLiteral("PE: a certificate table of %1 bytes").arg(layout.certificates.size));
    }
    parts.push_back({hashed, rest - layout.certificates.size});
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const Stretch& part : parts) {
        const std::optional<Bytes> bytes = partOf(file, part);
        if (!bytes) {
            return corrupt(QStringLiteral("PE: a section at 0x%1").arg(part.offset, 0, 16));
        }
        hash.addData(QByteArrayView(bytes->data(), qsizetype(bytes->size())));
    }
    return hash.result();
}

Result<std::vector<QByteArray>> signaturesIn(Bytes file, const Layout& layout)
{
    const std::optional<Bytes> table = partOf(file, layout.certificates);
    if (!table) {
        return corrupt(QStringLiteral("PE: a certificate table at 0x%1").arg(layout.certificates.offset, 0, 16));
    }
    std::vector<QByteArray> signatures;
    for (Bytes rest = *table; rest.size() > pe::certificateHeaderSize && signatures.size() < mostSignatures;) {
        const std::size_t length = littleEndian<std::uint32_t>(rest, 0);
        if (length <= pe::certificateHeaderSize || length > rest.size()) {
            return corrupt(QStringLiteral("PE: a certificate of %1 bytes").arg(length));
        }
        if (littleEndian<std::uint16_t>(rest, pe::certificateTypeAt) == pe::pkcsSignedData) {
            const Bytes data = rest.subspan(pe::certificateHeaderSize, length - pe::certificateHeaderSize);
            signatures.emplace_back(reinterpret_cast<const char*>(data.data()), qsizetype(data.size()));
        }
        const std::size_t aligned =
            (length + pe::certificateAlignment - 1) / pe::certificateAlignment * pe::certificateAlignment;
        rest = rest.subspan(std::min(aligned, rest.size()));
    }
    return signatures;
}

} // namespace

Result<EfiProgram> parseEfiProgram(std::span<const std::byte> file)
{
    const Result<Layout> layout = layoutOf(file);
    if (!layout) {
        return std::unexpected(layout.error());
    }
    Result<QByteArray> hash = hashOf(file, *layout);
    if (!hash) {
        return std::unexpected(hash.error());
    }
    return signaturesIn(file, *layout).transform([&](std::vector<QByteArray> signatures) {
        return EfiProgram{*std::move(hash), std::move(signatures)};
    });
}

} // namespace platter
