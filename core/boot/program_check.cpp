// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/program_check.h"

#include "core/boot/efi_bytes.h"
#include "core/boot/program_signature.h"
#include "core/fat/efi_program.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::ProgramCheck)
};

using Verdict = ProgramCheck::Verdict;

const Certificate* keyOf(const ProgramSignature& signature, const KeyList& list)
{
    const auto key = std::ranges::find_if(
        list.certificates, [&signature](const Certificate& one) { return signature.isBy(one); });
    return key == list.certificates.end() ? nullptr : &*key;
}

} // namespace

QString ProgramCheck::sentence(const QString& program) const
{
    switch (verdict) {
    case Verdict::Signed:
        return Texts::tr("Secure Boot is on, and %1 is signed by %2.").arg(program, signer);
    case Verdict::Known:
        return Texts::tr("Secure Boot is on, and the firmware knows %1 by its hash.").arg(program);
    case Verdict::Unsigned:
        return Texts::tr("Secure Boot is on, and %1 is not signed.").arg(program);
    case Verdict::Stranger:
        return Texts::tr("Secure Boot is on, and %1 is signed by %2, whose key this firmware does not have.")
            .arg(program, signer);
    case Verdict::Forbidden:
        return Texts::tr("Secure Boot is on, and the firmware has %1 on its list of what must not start (dbx).")
            .arg(program);
    case Verdict::Changed:
        return Texts::tr("Secure Boot is on, and %1 was changed after it had been signed.").arg(program);
    case Verdict::Damaged:
        return Texts::tr("Secure Boot is on, and %1 or its signature is damaged.").arg(program);
    }
    Q_UNREACHABLE_RETURN({});
}

QString ProgramCheck::advice(SecureBoot mode) const
{
    switch (verdict) {
    case Verdict::Signed:
    case Verdict::Known:
        return {};
    case Verdict::Stranger:
        if (mode == SecureBoot::Microsoft) {
            return Texts::tr(
                "What Microsoft has signed for others than itself starts with --secure-boot third-party, what is "
                "signed with keys that you enroll with own, and everything with off: platterctl firmware set, or "
                "Settings, Firmware.");
        }
        return Texts::tr(
            "Enroll the signer's key (--secure-boot own), or let everything start (--secure-boot off): "
            "platterctl firmware set, or Settings, Firmware.");
    case Verdict::Unsigned:
        return Texts::tr("Sign it and enroll your key (--secure-boot own), or let everything start (--secure-boot "
                         "off): platterctl firmware set, or Settings, Firmware.");
    case Verdict::Forbidden:
        return Texts::tr(
            "It has known holes: bring its system up to date, or start it with --secure-boot off: platterctl "
            "firmware set, or Settings, Firmware.");
    case Verdict::Changed:
    case Verdict::Damaged:
        return Texts::tr(
            "Repair the boot loader from the installation medium of its system; where it is on that medium itself, "
            "download it again.");
    }
    Q_UNREACHABLE_RETURN({});
}

// EDK2's rules (DxeImageVerificationLib): what is forbidden counts before all else, and one good signature, or the
// hash, is enough.
ProgramCheck checkProgram(const QByteArray& program, const SecureBootKeys& keys)
{
    const Result<EfiProgram> parsed = parseEfiProgram(bytesOf(program));
    if (!parsed) {
        return {Verdict::Damaged};
    }
    std::vector<ProgramSignature> signatures;
    for (const QByteArray& bytes : parsed->signatures) {
        if (Result<ProgramSignature> signature = parseProgramSignature(bytes)) {
            signatures.push_back(*std::move(signature));
        }
    }
    if (std::ranges::contains(keys.dbx.programs, parsed->sha256)
        || std::ranges::any_of(signatures, [&](const ProgramSignature& one) { return keyOf(one, keys.dbx); })) {
        return {Verdict::Forbidden};
    }
    if (std::ranges::contains(keys.db.programs, parsed->sha256)) {
        return {Verdict::Known};
    }
    if (parsed->signatures.empty()) {
        return {Verdict::Unsigned};
    }
    if (signatures.empty()) {
        return {Verdict::Damaged};
    }
    // A digest of another length is another algorithm's, and tells nothing here.
    std::erase_if(signatures, [&](const ProgramSignature& one) {
        return one.digest.size() == parsed->sha256.size() && one.digest != parsed->sha256;
    });
    if (signatures.empty()) {
        return {Verdict::Changed};
    }
    for (const ProgramSignature& signature : signatures) {
        if (const Certificate* key = keyOf(signature, keys.db)) {
            return {Verdict::Signed, key->subject};
        }
    }
    return {Verdict::Stranger, signatures.front().authority};
}

} // namespace platter
