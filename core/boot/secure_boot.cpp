// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/secure_boot.h"

#include "core/boot/signature_list.h"
#include "core/machine/secure_boot_mode.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::SecureBoot)
};

struct Name {
    QString name;
    QUuid vendor;
    std::uint32_t attributes;
};

// Attributes (UEFI specification 8.2): non-volatile, boot services, run time; lists are changed by signed updates.
constexpr std::uint32_t hiddenFromGuests = 0x3;
constexpr std::uint32_t updatedBySignature = 0x27;

constexpr QUuid imageSecurity(0xd719b2cb, 0x3d3a, 0x4596, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f);

Name pk()
{
    return {QStringLiteral("PK"), VariableStore::globalVendor(), updatedBySignature};
}

Name kek()
{
    return {QStringLiteral("KEK"), VariableStore::globalVendor(), updatedBySignature};
}

Name db()
{
    return {QStringLiteral("db"), imageSecurity, updatedBySignature};
}

Name dbx()
{
    return {QStringLiteral("dbx"), imageSecurity, updatedBySignature};
}

// EDK2's: gEfiSecureBootEnableDisableGuid.
Name switchedOn()
{
    return {QStringLiteral("SecureBootEnable"),
        QUuid(0xf0a30bc7, 0xaf08, 0x4556, 0x99, 0xc4, 0x00, 0x10, 0x09, 0xc9, 0x3a, 0x44), hiddenFromGuests};
}

// The mode that the lists were written for.
Name writtenFor()
{
    return {QStringLiteral("PlatterSecureBoot"),
        QUuid(0x5b1f3c52, 0x6c0e, 0x4c86, 0x9a, 0x41, 0x0d, 0x2e, 0x77, 0x93, 0xb4, 0x1c), hiddenFromGuests};
}

std::optional<QByteArray> value(const VariableStore& store, const Name& name)
{
    return store.value(name.name, name.vendor);
}

void put(VariableStore& store, const Name& name, const QByteArray& data)
{
    store.setValue(name.name, name.vendor, name.attributes, data);
}

void take(VariableStore& store, const VariableStore& other, const Name& name)
{
    store.take(other, name.name, name.vendor);
}

Result<std::vector<Signature>> signaturesIn(const VariableStore& store, const Name& name)
{
    return parseSignatures(value(store, name).value_or(QByteArray()));
}

QByteArray listOf(const std::vector<Certificate>& certificates)
{
    std::vector<Signature> signatures;
    for (const Certificate& certificate : certificates) {
        signatures.push_back(certificateSignature(certificate.der));
    }
    return signatureLists(signatures);
}

// Windows' own loaders are signed by "Microsoft Windows Production PCA 2011" and "Windows UEFI CA 2023", everybody
// else's by authorities whose names say nothing of Windows.
bool isForWindows(const Signature& signature)
{
    const Result<Certificate> certificate =
        signature.isCertificate() ? parseCertificate(signature.data) : std::unexpected(Error{});
    return certificate && certificate->subject.contains(QLatin1String("Windows"));
}

bool isMicrosofts(SecureBoot mode)
{
    return mode == SecureBoot::Microsoft || mode == SecureBoot::MicrosoftAndThirdParty;
}

bool isWrittenForMicrosoft(const VariableStore& store)
{
    const std::optional<QByteArray> mode = value(store, writtenFor());
    return mode == nameOf(SecureBoot::Microsoft).toLatin1()
        || mode == nameOf(SecureBoot::MicrosoftAndThirdParty).toLatin1();
}

bool hasKeys(const VariableStore& store)
{
    return !value(store, pk()).value_or(QByteArray()).isEmpty();
}

Error noMicrosoftKeys()
{
    return {ErrorKind::MissingFirmware, Texts::tr("The firmware that is installed brings no keys of Microsoft's."),
        Texts::tr(
            "Install firmware with enrolled keys: the package ovmf on Debian and Ubuntu, edk2-ovmf on Fedora. Or "
            "enroll keys of your own.")};
}

// The two modes differ in db alone, and what a guest's updates have brought into the lists stays.
Result<void> setMicrosoftKeys(VariableStore& store, SecureBoot mode, const VariableStore& varsTemplate)
{
    Result<std::vector<Signature>> allowed = signaturesIn(varsTemplate, db());
    if (!allowed || !hasKeys(varsTemplate) || std::ranges::none_of(*allowed, isForWindows)) {
        return std::unexpected(noMicrosoftKeys());
    }
    const Result<std::vector<Signature>> before = signaturesIn(store, db());
    if (isWrittenForMicrosoft(store) && before && hasKeys(store)) {
        for (const Signature& signature : *before) {
            if (!std::ranges::contains(*allowed, signature)) {
                allowed->push_back(signature);
            }
        }
    } else {
        for (const Name& name : {pk(), kek(), dbx()}) {
            take(store, varsTemplate, name);
        }
    }
    take(store, varsTemplate, db());
    if (mode == SecureBoot::Microsoft) {
        std::erase_if(*allowed, [](const Signature& one) { return one.isCertificate() && !isForWindows(one); });
    }
    put(store, db(), signatureLists(*allowed));
    return {};
}

Result<KeyList> keyList(const VariableStore& store, const Name& name)
{
    const Result<std::vector<Signature>> signatures = signaturesIn(store, name);
    if (!signatures) {
        return std::unexpected(signatures.error());
    }
    KeyList list;
    for (const Signature& signature : *signatures) {
        if (!signature.isCertificate()) {
            ++list.hashes;
            if (signature.isProgramHash()) {
                list.programs.push_back(signature.data);
            }
            continue;
        }
        const Result<Certificate> certificate = parseCertificate(signature.data);
        if (!certificate) {
            return std::unexpected(certificate.error());
        }
        list.certificates.push_back(*certificate);
    }
    return list;
}

Result<std::vector<Certificate>> certificatesInAll(const QStringList& files)
{
    std::vector<Certificate> all;
    for (const QString& file : files) {
        const Result<std::vector<Certificate>> certificates = certificatesIn(file);
        if (!certificates) {
            return certificates;
        }
        all.insert(all.end(), certificates->begin(), certificates->end());
    }
    return all;
}

} // namespace

QStringList KeyList::lines() const
{
    QStringList lines;
    for (const Certificate& certificate : certificates) {
        lines << certificate.sentence();
    }
    if (hashes > 0) {
        lines << (hashes == 1 ? Texts::tr("1 hash") : Texts::tr("%1 hashes").arg(hashes));
    }
    return lines.isEmpty() ? QStringList(Texts::tr("none")) : lines;
}

Result<OwnKeys> readOwnKeys(const QStringList& pk, const QStringList& kek, const QStringList& db)
{
    const Result<std::vector<Certificate>> owner = certificatesInAll(pk);
    const Result<std::vector<Certificate>> exchange = certificatesInAll(kek);
    const Result<std::vector<Certificate>> signers = certificatesInAll(db);
    for (const auto* certificates : {&owner, &exchange, &signers}) {
        if (!*certificates) {
            return std::unexpected(certificates->error());
        }
    }
    if (owner->size() != 1 || signers->empty()) {
        return std::unexpected(Error{ErrorKind::InvalidInput,
            Texts::tr(
                "Own keys are one certificate as the platform key (PK), and at least one whose boot loaders start "
                "(db)."),
            Texts::tr("Choose the files of both.")});
    }
    return OwnKeys{*owner, *exchange, *signers};
}

Result<SecureBootKeys> secureBootKeys(const VariableStore& store)
{
    const Result<KeyList> owner = keyList(store, pk());
    const Result<KeyList> exchange = keyList(store, kek());
    const Result<KeyList> allowed = keyList(store, db());
    const Result<KeyList> forbidden = keyList(store, dbx());
    for (const auto* list : {&owner, &exchange, &allowed, &forbidden}) {
        if (!*list) {
            return std::unexpected(list->error());
        }
    }
    return SecureBootKeys{*owner, *exchange, *allowed, *forbidden};
}

bool isSecureBootOn(const VariableStore& store)
{
    return hasKeys(store) && value(store, switchedOn()) != QByteArray(1, '\0');
}

VariableStore freshVariables(const VariableStore& varsTemplate)
{
    VariableStore fresh = varsTemplate;
    if (hasKeys(varsTemplate)) {
        fresh.clear();
        for (const Name& name : {pk(), kek(), db(), dbx(), switchedOn()}) {
            take(fresh, varsTemplate, name);
        }
    }
    return fresh;
}

Result<void> setSecureBoot(VariableStore& store, SecureBoot mode, const VariableStore& varsTemplate)
{
    if (mode == SecureBoot::Off) {
        if (isSecureBootOn(store)) {
            put(store, switchedOn(), QByteArray(1, '\0'));
        }
        return {};
    }
    const QByteArray name = nameOf(mode).toLatin1();
    if (value(store, writtenFor()) != name || !hasKeys(store)) {
        if (!isMicrosofts(mode)) {
            return std::unexpected(Error{ErrorKind::NotFound,
                Texts::tr("The machine is to start what is signed with keys of your own, and none are enrolled."),
                Texts::tr("Choose their certificates: platterctl firmware set with --secure-boot own, or Settings, "
                          "Firmware.")});
        }
        if (const Result<void> set = setMicrosoftKeys(store, mode, varsTemplate); !set) {
            return set;
        }
        put(store, writtenFor(), name);
    }
    put(store, switchedOn(), QByteArray(1, '\1'));
    return {};
}

void enrollOwnKeys(VariableStore& store, const OwnKeys& keys)
{
    put(store, pk(), listOf(keys.pk));
    if (keys.kek.empty()) {
        store.remove(kek().name, kek().vendor);
    } else {
        put(store, kek(), listOf(keys.kek));
    }
    put(store, db(), listOf(keys.db));
    put(store, writtenFor(), nameOf(SecureBoot::OwnKeys).toLatin1());
    put(store, switchedOn(), QByteArray(1, '\1'));
}

void takeOwnKeys(VariableStore& store, const VariableStore& other)
{
    if (value(other, writtenFor()) == nameOf(SecureBoot::OwnKeys).toLatin1()) {
        for (const Name& name : {pk(), kek(), db(), dbx(), switchedOn(), writtenFor()}) {
            take(store, other, name);
        }
    }
}

} // namespace platter
