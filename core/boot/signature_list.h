// SPDX-License-Identifier: GPL-3.0-or-later
// What Secure Boot's variables hold: lists of certificates and of programs' hashes (UEFI specification 32.4.1,
// EFI_SIGNATURE_LIST). Pure functions.
#pragma once

#include "core/error.h"

#include <QByteArray>
#include <QUuid>

#include <vector>

namespace platter {

struct Signature {
    QUuid type;
    QUuid owner;
    QByteArray data;

    bool isCertificate() const; // X.509, in DER
    bool isProgramHash() const; // SHA-256

    friend bool operator==(const Signature&, const Signature&) = default;
};

Signature certificateSignature(const QByteArray& der);

// Corrupt: a list or a signature does not end within.
Result<std::vector<Signature>> parseSignatures(const QByteArray& lists);
// A list for each run of signatures of one type and size.
QByteArray signatureLists(const std::vector<Signature>& signatures);

} // namespace platter
