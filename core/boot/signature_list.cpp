// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/signature_list.h"

#include "core/boot/efi_bytes.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::SignatureList)
};

// EFI_SIGNATURE_LIST; a header follows whose size it says, then the signatures, each with its owner in front.
constexpr std::size_t listSizeAt = 16;
constexpr std::size_t headerSizeAt = 20;
constexpr std::size_t signatureSizeAt = 24;
constexpr std::size_t signaturesAt = 28;

constexpr QUuid x509(0xa5c059a1, 0x94e4, 0x4aa7, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72);
constexpr QUuid sha256(0xc1c41626, 0x504c, 0x4092, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28);
// Says who has put it there; this one is Platter's.
constexpr QUuid platter(0x5b1f3c52, 0x6c0e, 0x4c86, 0x9a, 0x41, 0x0d, 0x2e, 0x77, 0x93, 0xb4, 0x1c);

std::unexpected<Error> corrupt()
{
    return std::unexpected(Error{ErrorKind::Corrupt, Texts::tr("The firmware's list of keys is damaged."), {}, {}});
}

} // namespace

bool Signature::isCertificate() const
{
    return type == x509;
}

bool Signature::isProgramHash() const
{
    return type == sha256;
}

Signature certificateSignature(const QByteArray& der)
{
    return {x509, platter, der};
}

Result<std::vector<Signature>> parseSignatures(const QByteArray& lists)
{
    std::vector<Signature> signatures;
    std::span<const std::byte> rest = bytesOf(lists);
    while (!rest.empty()) {
        if (rest.size() < signaturesAt) {
            return corrupt();
        }
        const std::size_t size = littleEndian<std::uint32_t>(rest, listSizeAt);
        const std::size_t header = littleEndian<std::uint32_t>(rest, headerSizeAt);
        const std::size_t each = littleEndian<std::uint32_t>(rest, signatureSizeAt);
        if (size < signaturesAt || size > rest.size() || header > size - signaturesAt || each < guidSize
            || (size - signaturesAt - header) % each != 0) {
            return corrupt();
        }
        for (std::size_t at = signaturesAt + header; at < size; at += each) {
            const std::span<const std::byte> data = rest.subspan(at + guidSize, each - guidSize);
            signatures.push_back({guidAt(rest, 0), guidAt(rest, at), copyOf(data)});
        }
        rest = rest.subspan(size);
    }
    return signatures;
}

QByteArray signatureLists(const std::vector<Signature>& signatures)
{
    QByteArray lists;
    for (auto first = signatures.begin(); first != signatures.end();) {
        const auto last = std::find_if(first, signatures.end(), [&first](const Signature& other) {
            return other.type != first->type || other.data.size() != first->data.size();
        });
        const std::size_t each = guidSize + std::size_t(first->data.size());
        QByteArray list(qsizetype(signaturesAt + each * std::size_t(last - first)), '\0');
        const std::span<std::byte> bytes = bytesOf(list);
        putGuid(bytes, 0, first->type);
        putLittleEndian(bytes, listSizeAt, std::uint32_t(list.size()));
        putLittleEndian(bytes, signatureSizeAt, std::uint32_t(each));
        std::size_t at = signaturesAt;
        for (; first != last; ++first, at += each) {
            putGuid(bytes, at, first->owner);
            std::ranges::copy(bytesOf(first->data), bytes.subspan(at + guidSize).begin());
        }
        lists += list;
    }
    return lists;
}

} // namespace platter
