// SPDX-License-Identifier: GPL-3.0-or-later
// Whether firmware with Secure Boot starts a program, by the names and hashes in its signatures and in the
// firmware's keys. No signature is verified here: firmware does that, and may refuse what looks right. Pure
// functions.
#pragma once

#include "core/boot/secure_boot.h"

namespace platter {

struct ProgramCheck {
    enum class Verdict {
        Signed, // by somebody whose key is in db
        Known, // its hash is in db
        Unsigned,
        Stranger, // signed, and the signers' keys are not in db
        Forbidden, // by dbx: its hash, or a signer
        Changed, // after it had been signed
        Damaged, // so that no firmware starts it
    };

    Verdict verdict = Verdict::Damaged;
    QString signer = {}; // of Signed: whose key is in db; of Stranger: whose key is not

    bool mayStart() const { return verdict == Verdict::Signed || verdict == Verdict::Known; }

    QString sentence(const QString& program) const;
    QString advice(SecureBoot mode) const; // empty where it may start

    friend bool operator==(const ProgramCheck&, const ProgramCheck&) = default;
};

// PROGRAM is the whole file.
ProgramCheck checkProgram(const QByteArray& program, const SecureBootKeys& keys);

} // namespace platter
