// SPDX-License-Identifier: GPL-3.0-or-later
// A signature that a program for UEFI firmware brings along (PKCS#7 SignedData, RFC 2315, about an
// SpcIndirectDataContent of Authenticode): what it says of the program and of its signer. Whether it is true only
// firmware verifies. Pure functions.
#pragma once

#include "core/boot/certificate.h"

namespace platter {

struct ProgramSignature {
    QByteArray digest; // of the program that was signed
    QString authority; // who vouches for the signer, or is the signer
    // The signer first, then who vouches for it, and so on. The last names may have no certificate here.
    std::vector<QByteArray> certificates = {}; // DER
    std::vector<QByteArray> issuers = {}; // their bytes

    // It is by KEY, or by somebody whom KEY vouches for.
    bool isBy(const Certificate& key) const;

    friend bool operator==(const ProgramSignature&, const ProgramSignature&) = default;
};

// Corrupt: it is none. What follows it is no part of it.
Result<ProgramSignature> parseProgramSignature(const QByteArray& signedData);

} // namespace platter
