// SPDX-License-Identifier: GPL-3.0-or-later
// With the templates of the firmware that is installed, certificates by openssl, and virt-fw-vars as a second
// opinion.
#include "core/boot/secure_boot.h"
#include "core/boot/signature_list.h"
#include "core/qemu/firmware.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace platter;

namespace {

const QString windowsKey = QStringLiteral("Microsoft Windows Production PCA 2011");
const QString thirdPartyKey = QStringLiteral("Microsoft Corporation UEFI CA 2011");

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool write(const QString& path, const QByteArray& content)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

VariableStore templateFor(SecureBoot mode)
{
    const Firmware firmware = findFirmware({QStringLiteral("/usr/share/qemu/firmware")}, mode).value();
    return VariableStore::parse(contentOf(firmware.varsTemplate)).value();
}

QStringList subjects(const KeyList& list)
{
    QStringList names;
    for (const Certificate& certificate : list.certificates) {
        names << certificate.subject;
    }
    return names;
}

// All but Secure Boot's own.
std::vector<UefiVariable> others(const VariableStore& store)
{
    static const QStringList own{QStringLiteral("PK"), QStringLiteral("KEK"), QStringLiteral("db"),
        QStringLiteral("dbx"), QStringLiteral("SecureBootEnable"), QStringLiteral("PlatterSecureBoot")};
    std::vector<UefiVariable> variables = store.variables();
    std::erase_if(variables, [](const UefiVariable& variable) { return own.contains(variable.name); });
    return variables;
}

} // namespace

class SecureBootTest : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aNewMachineHasMicrosoftsKeys()
    {
        const VariableStore enrolled = templateFor(SecureBoot::MicrosoftAndThirdParty);
        VariableStore store = freshVariables(enrolled);
        QVERIFY(others(store).empty()); // nothing of the machine that the template was made on
        QVERIFY(setSecureBoot(store, SecureBoot::MicrosoftAndThirdParty, enrolled));
        const SecureBootKeys keys = secureBootKeys(store).value();
        QVERIFY(subjects(keys.db).contains(windowsKey));
        QVERIFY(subjects(keys.db).contains(thirdPartyKey));
        QCOMPARE(keys.pk.certificates.size(), 1U);
        QVERIFY(!keys.kek.certificates.empty());
        QCOMPARE(keys.dbx.hashes, 1);
        QVERIFY(isSecureBootOn(store));
        const Certificate& windows = keys.db.certificates.front();
        QCOMPARE(windows.issuer, QStringLiteral("Microsoft Root Certificate Authority 2010"));
        QCOMPARE(windows.validFrom.date(), QDate(2011, 10, 19));
        QCOMPARE(windows.validTo.date(), QDate(2026, 10, 19));
    }

    void forWindowsAloneNobodyElsesKeyIsThere()
    {
        const VariableStore enrolled = templateFor(SecureBoot::Microsoft);
        VariableStore store = freshVariables(enrolled);
        QVERIFY(setSecureBoot(store, SecureBoot::Microsoft, enrolled));
        QCOMPARE(subjects(secureBootKeys(store)->db), QStringList(windowsKey));
        // And back.
        QVERIFY(setSecureBoot(store, SecureBoot::MicrosoftAndThirdParty, enrolled));
        QVERIFY(subjects(secureBootKeys(store)->db).contains(thirdPartyKey));
        const QByteArray lists = *store.value(QStringLiteral("db"), imageSecurity);
        QCOMPARE(signatureLists(parseSignatures(lists).value()), lists);
    }

    void anotherModeChangesTheKeysAlone()
    {
        VariableStore store = templateFor(SecureBoot::Off);
        store.setValue(QStringLiteral("Boot0000"), QByteArray("an entry"));
        store.setValue(QStringLiteral("db"), QUuid::createUuid(), 7, QByteArray("another's of that name"));
        const std::vector<UefiVariable> before = store.variables();
        const VariableStore enrolled = templateFor(SecureBoot::Microsoft);
        for (const SecureBoot mode : {SecureBoot::Microsoft, SecureBoot::MicrosoftAndThirdParty, SecureBoot::Off}) {
            QVERIFY(setSecureBoot(store, mode, enrolled));
            std::vector<UefiVariable> now = store.variables();
            std::erase_if(now, [&](const UefiVariable& one) { return !std::ranges::contains(before, one); });
            QVERIFY(now == before);
            QCOMPARE(isSecureBootOn(store), mode != SecureBoot::Off);
            QVERIFY(VariableStore::parse(store.flash().value()).value().variables() == store.variables());
        }
    }

    void whatAGuestHasUpdatedStays()
    {
        const VariableStore enrolled = templateFor(SecureBoot::Microsoft);
        VariableStore store = freshVariables(enrolled);
        QVERIFY(setSecureBoot(store, SecureBoot::MicrosoftAndThirdParty, enrolled));
        const QByteArray update = *store.value(QStringLiteral("dbx"), imageSecurity)
            + signatureLists({certificateSignature(makeCertificate(QStringLiteral("Revoked")).der)});
        store.setValue(QStringLiteral("dbx"), imageSecurity, 0x27, update);
        for (const SecureBoot mode :
            {SecureBoot::MicrosoftAndThirdParty, SecureBoot::Microsoft, SecureBoot::Off, SecureBoot::Microsoft}) {
            QVERIFY(setSecureBoot(store, mode, enrolled));
            QCOMPARE(store.value(QStringLiteral("dbx"), imageSecurity), update);
        }
        QCOMPARE(subjects(secureBootKeys(store)->dbx), QStringList(QStringLiteral("Revoked")));
        // A start that finds all as it was changes nothing.
        const std::vector<UefiVariable> before = store.variables();
        QVERIFY(setSecureBoot(store, SecureBoot::Microsoft, enrolled));
        QVERIFY(store.variables() == before);
    }

    void ownKeysAreThoseThatWereGiven()
    {
        VariableStore store = templateFor(SecureBoot::OwnKeys);
        const Result<void> without = setSecureBoot(store, SecureBoot::OwnKeys, store);
        QVERIFY(!without);
        QCOMPARE(without.error().kind, ErrorKind::NotFound);

        const QString pk = certificateFile(QStringLiteral("Owner"), QStringLiteral("PEM"));
        const QString kek = certificateFile(QStringLiteral("Exchange"), QStringLiteral("DER"));
        const QString signer = certificateFile(QStringLiteral("Signer Ü"), QStringLiteral("PEM"));
        const QString both = m_folder->filePath(QStringLiteral("both.pem"));
        QVERIFY(write(both, contentOf(pk) + contentOf(signer)));
        const Result<OwnKeys> keys = readOwnKeys({pk}, {kek}, {both});
        QVERIFY2(keys, keys ? "" : qPrintable(keys.error().text()));
        enrollOwnKeys(store, *keys);
        QVERIFY(setSecureBoot(store, SecureBoot::OwnKeys, templateFor(SecureBoot::OwnKeys)));
        QVERIFY(isSecureBootOn(store));
        const SecureBootKeys found = secureBootKeys(store).value();
        QCOMPARE(subjects(found.pk), QStringList(QStringLiteral("Owner")));
        QCOMPARE(subjects(found.kek), QStringList(QStringLiteral("Exchange")));
        QCOMPARE(subjects(found.db), (QStringList{QStringLiteral("Owner"), QStringLiteral("Signer Ü")}));
        const QString seen = printedByVirtFwVars(store);
        for (const char* words :
            {"subject CN=Owner", "subject CN=Exchange", "subject CN=Signer", "name=SecureBootEnable", "bool: ON"}) {
            QVERIFY2(seen.contains(QLatin1String(words)), qPrintable(seen));
        }
        // They come along when everything else is forgotten.
        VariableStore reset = templateFor(SecureBoot::OwnKeys);
        takeOwnKeys(reset, store);
        QVERIFY(setSecureBoot(reset, SecureBoot::OwnKeys, templateFor(SecureBoot::OwnKeys)));
        QCOMPARE(subjects(secureBootKeys(reset)->pk), QStringList(QStringLiteral("Owner")));
        // Microsoft's take their place.
        QVERIFY(setSecureBoot(store, SecureBoot::Microsoft, templateFor(SecureBoot::Microsoft)));
        QCOMPARE(subjects(secureBootKeys(store)->db), QStringList(windowsKey));
        QVERIFY(!setSecureBoot(store, SecureBoot::OwnKeys, templateFor(SecureBoot::OwnKeys)));
    }

    void whatIsNoCertificateIsRefused()
    {
        const QString good = certificateFile(QStringLiteral("Owner"), QStringLiteral("PEM"));
        const QString bad = m_folder->filePath(QStringLiteral("bad.pem"));
        for (const QByteArray& content :
            {QByteArray(), QByteArray("hello"), contentOf(m_folder->filePath(QStringLiteral("Owner.key"))),
                QByteArray("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")}) {
            QVERIFY(write(bad, content));
            const Result<OwnKeys> keys = readOwnKeys({good}, {}, {bad});
            QVERIFY(!keys);
            QCOMPARE(keys.error().kind, ErrorKind::InvalidInput);
            QVERIFY2(keys.error().summary.contains(bad), qPrintable(keys.error().text()));
        }
        QCOMPARE(readOwnKeys({good}, {}, {}).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(readOwnKeys({good, good}, {}, {good}).error().kind, ErrorKind::InvalidInput);
        QCOMPARE(readOwnKeys({good}, {}, {QStringLiteral("/nowhere")}).error().kind, ErrorKind::NotFound);
    }

    // Every prefix of a certificate, and every byte of it replaced: refused or read, never beyond its end.
    void aDamagedCertificateIsNoHarm()
    {
        const QByteArray der = makeCertificate(QStringLiteral("Whole")).der;
        for (qsizetype length = 0; length < der.size(); ++length) {
            QVERIFY(!parseCertificate(der.first(length)));
        }
        QByteArray bent = der;
        for (qsizetype at = 0; at < der.size(); ++at) {
            for (const char value : {'\0', '\x7f', '\x80', '\x84', '\xff'}) {
                bent[at] = value;
                const Result<Certificate> read = parseCertificate(bent);
                QVERIFY(read || read.error().kind == ErrorKind::Corrupt);
            }
            bent[at] = der[at];
        }
    }

    void aDamagedListIsSaid()
    {
        const QByteArray whole = signatureLists({certificateSignature(QByteArray(40, 'x'))});
        QCOMPARE(parseSignatures(whole)->size(), 1U);
        for (qsizetype length = 1; length < whole.size(); ++length) {
            QCOMPARE(parseSignatures(whole.first(length)).error().kind, ErrorKind::Corrupt);
        }
        for (const qsizetype at : {16, 20, 24}) {
            for (const char value : {'\0', '\1', '\x7f', '\xff'}) {
                QByteArray bent = whole;
                bent[at] = value;
                bent[at + 3] = value;
                const Result<std::vector<Signature>> read = parseSignatures(bent);
                QVERIFY(bent == whole || !read || signatureLists(*read).size() <= whole.size());
            }
        }
    }

private:
    // A file NAME.pem or so; its private key is beside it.
    QString certificateFile(const QString& name, const QString& form)
    {
        const QString file = m_folder->filePath(name + QLatin1Char('.') + form.toLower());
        QProcess openssl;
        openssl.start(QStringLiteral("openssl"),
            {QStringLiteral("req"), QStringLiteral("-new"), QStringLiteral("-x509"), QStringLiteral("-utf8"),
                QStringLiteral("-newkey"), QStringLiteral("rsa:2048"), QStringLiteral("-nodes"),
                QStringLiteral("-subj"), QStringLiteral("/CN=%1").arg(name), QStringLiteral("-keyout"),
                m_folder->filePath(name + QStringLiteral(".key")), QStringLiteral("-outform"), form,
                QStringLiteral("-out"), file});
        return openssl.waitForFinished() && openssl.exitCode() == 0 ? file : QString();
    }

    Certificate makeCertificate(const QString& name)
    {
        return certificatesIn(certificateFile(name, QStringLiteral("DER"))).value().front();
    }

    QString printedByVirtFwVars(const VariableStore& store)
    {
        const QString file = m_folder->filePath(QStringLiteral("nvram.fd"));
        QProcess program;
        if (write(file, store.flash().value())) {
            program.start(QStringLiteral("virt-fw-vars"),
                {QStringLiteral("-i"), file, QStringLiteral("-p"), QStringLiteral("-v")});
            program.waitForFinished();
        }
        return QString::fromUtf8(program.readAllStandardOutput());
    }

    static constexpr QUuid imageSecurity{
        0xd719b2cb, 0x3d3a, 0x4596, 0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f};

    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(SecureBootTest)
#include "secure_boot_test.moc"
