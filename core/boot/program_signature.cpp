// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/program_signature.h"

#include "core/boot/der.h"
#include "core/boot/efi_bytes.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ProgramSignature)
};

// Real ones bring three or four along, and the way to the top is as long.
constexpr std::size_t mostCertificates = 32;
constexpr std::size_t longestChain = 8;

// RFC 2315, 9.1: SignedData. The content is SpcIndirectDataContent: what it is about, and the digest.
struct SignedData {
    std::optional<DerElement> digest;
    std::vector<Certificate> certificates;
    std::optional<DerElement> issuer; // RFC 2315, 6.7: these two name the signer's certificate
    std::optional<DerElement> serialNumber;
};

SignedData read(const QByteArray& bytes)
{
    SignedData read;
    DerElements outside(bytesOf(bytes));
    DerElements wrapping = outside.in(der_tag::sequence);
    wrapping.next(der_tag::objectId);
    DerElements fields = wrapping.in(der_tag::context0).in(der_tag::sequence);
    fields.next(der_tag::integer); // the version
    fields.next(der_tag::set); // the algorithms of digests
    DerElements content = fields.in(der_tag::sequence);
    content.next(der_tag::objectId);
    DerElements about = content.in(der_tag::context0).in(der_tag::sequence);
    about.next(der_tag::sequence);
    DerElements digest = about.in(der_tag::sequence);
    digest.next(der_tag::sequence); // its algorithm
    read.digest = digest.next(der_tag::octetString);
    DerElements certificates = fields.in(der_tag::context0);
    while (read.certificates.size() < mostCertificates) {
        const std::optional<DerElement> element = certificates.next();
        if (!element) {
            break;
        }
        if (Result<Certificate> certificate = parseCertificate(copyOf(element->whole))) {
            read.certificates.push_back(*std::move(certificate));
        }
    }
    fields.next(der_tag::context1); // lists of what was revoked
    DerElements signer = fields.in(der_tag::set).in(der_tag::sequence);
    signer.next(der_tag::integer); // the version
    DerElements name = signer.in(der_tag::sequence);
    read.issuer = name.next(der_tag::sequence);
    read.serialNumber = name.next(der_tag::integer);
    return read;
}

} // namespace

bool ProgramSignature::isBy(const Certificate& key) const
{
    return std::ranges::contains(certificates, key.der) || std::ranges::contains(issuers, key.subjectName);
}

Result<ProgramSignature> parseProgramSignature(const QByteArray& signedData)
{
    const SignedData data = read(signedData);
    if (!data.digest || !data.issuer || !data.serialNumber) {
        return std::unexpected(Error{ErrorKind::Corrupt, Texts::tr("A signature is damaged."), {}, {}});
    }
    ProgramSignature signature{copyOf(data.digest->content), shortName(data.issuer->whole)};
    signature.issuers.push_back(copyOf(data.issuer->whole));
    const QByteArray serialNumber = copyOf(data.serialNumber->content);
    auto next = std::ranges::find_if(data.certificates, [&](const Certificate& one) {
        return one.issuerName == signature.issuers.front() && one.serialNumber == serialNumber;
    });
    while (next != data.certificates.end() && signature.certificates.size() < longestChain) {
        signature.certificates.push_back(next->der);
        if (next->issuerName != signature.issuers.back()) {
            signature.issuers.push_back(next->issuerName);
        }
        if (next->issuerName == next->subjectName) {
            break; // the top
        }
        next = std::ranges::find(data.certificates, signature.issuers.back(), &Certificate::subjectName);
    }
    return signature;
}

} // namespace platter
