// SPDX-License-Identifier: GPL-3.0-or-later
// Whose boot loaders a machine's firmware starts, as its NVRAM has it: PK (who may change the keys), KEK (who may
// change the two lists), db (whose loaders start) and dbx (which do not, whoever signed them). Functions over a
// VariableStore.
//
// A guest's own updates of these lists stay: they are written only when the mode is another one than that which
// they were written for. Which one that was says a variable beside them that no guest's system can see.
#pragma once

#include "core/boot/certificate.h"
#include "core/boot/variable_store.h"
#include "core/machine/definition.h"

namespace platter {

struct KeyList {
    std::vector<Certificate> certificates;
    int hashes = 0; // of single programs or certificates
    std::vector<QByteArray> programs = {}; // the SHA-256 of programs among them

    // A line each; without: "none".
    QStringList lines() const;
};

struct SecureBootKeys {
    KeyList pk;
    KeyList kek;
    KeyList db;
    KeyList dbx;
};

// What somebody wants enrolled. At least one in PK and DB.
struct OwnKeys {
    std::vector<Certificate> pk; // just one
    std::vector<Certificate> kek = {};
    std::vector<Certificate> db;
};

// Reads the files: PEM or DER, several certificates in one where it is not the PK. Errors as certificatesIn();
// InvalidInput: there is no PK or no db.
Result<OwnKeys> readOwnKeys(const QStringList& pk, const QStringList& kek, const QStringList& db);

// Corrupt: a list is damaged.
Result<SecureBootKeys> secureBootKeys(const VariableStore& store);

// Whether the firmware that has STORE starts signed loaders alone.
bool isSecureBootOn(const VariableStore& store);

// What a machine without NVRAM begins with: TEMPLATE's keys, and nothing else of a template that has any, for that
// comes from a machine of its distributor's.
VariableStore freshVariables(const VariableStore& varsTemplate);

// Brings STORE in line with MODE; keys that it needs and has not come from TEMPLATE. Off keeps the keys and lets
// the firmware not ask for them. NotFound: OwnKeys, and none were enrolled. MissingFirmware: TEMPLATE has no keys
// of Microsoft's.
Result<void> setSecureBoot(VariableStore& store, SecureBoot mode, const VariableStore& varsTemplate);

void enrollOwnKeys(VariableStore& store, const OwnKeys& keys);

// Takes over OTHER's own keys, if it has any.
void takeOwnKeys(VariableStore& store, const VariableStore& other);

} // namespace platter
