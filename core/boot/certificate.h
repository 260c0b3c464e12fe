// SPDX-License-Identifier: GPL-3.0-or-later
// X.509 certificates (RFC 5280), as far as a person asks what a key is: whose it is, who vouches for it, for how
// long. Reads DER and PEM and checks no signature; firmware does that. Pure functions.
#pragma once

#include "core/error.h"

#include <QByteArray>
#include <QDateTime>

#include <cstddef>
#include <span>
#include <vector>

namespace platter {

struct Certificate {
    QByteArray der; // as it is
    QByteArray subjectName; // the subject's bytes, by which others name it as their issuer
    QByteArray issuerName; // this and the number are how signatures name their certificate
    QByteArray serialNumber;
    QString subject; // its common name, or what else it is called
    QString issuer;
    QDateTime validFrom; // UTC
    QDateTime validTo;

    // "Microsoft UEFI CA 2023, by Microsoft RSA Devices Root CA 2021, valid 13/06/2023 to 13/06/2038"
    QString sentence() const;

    friend bool operator==(const Certificate&, const Certificate&) = default;
};

// What a Name, whose bytes these are, is called: its common name, or else its organization, or else the last thing
// that is said of it.
QString shortName(std::span<const std::byte> name);

// Corrupt: it is none.
Result<Certificate> parseCertificate(const QByteArray& der);

// Those in a file: one in DER, or all blocks CERTIFICATE in PEM. At least one. InvalidInput: there is none, or one
// is damaged; NotFound and the like for the file itself.
Result<std::vector<Certificate>> certificatesIn(const QString& file);

} // namespace platter
