// SPDX-License-Identifier: GPL-3.0-or-later
// Boot loaders that Debian signed, that nobody signed, and that openssl and sbsign sign here, against the keys of
// the firmware that is installed and keys of our own.
#include "../media/image_maker.h"
#include "core/boot/efi_bytes.h"
#include "core/boot/program_check.h"
#include "core/boot/program_signature.h"
#include "core/fat/efi_program.h"
#include "firmware_keys.h"

#include <QFile>
#include <QTest>

using namespace platter;

using Verdict = ProgramCheck::Verdict;

namespace {

const QString thirdPartyKey = QStringLiteral("Microsoft Corporation UEFI CA 2011");

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What starts alone what these have signed.
SecureBootKeys keysOf(const std::vector<Certificate>& signers)
{
    SecureBootKeys keys;
    keys.db.certificates = signers;
    return keys;
}

QByteArray hashOf(const QByteArray& program)
{
    return parseEfiProgram(bytesOf(program)).value().sha256;
}

} // namespace

class ProgramCheckTest : public QObject {
    Q_OBJECT

    ImageMaker m_maker;
    QByteArray m_shim; // Microsoft's signatures, two of them
    QByteArray m_debian; // GRUB, signed by Debian
    QByteArray m_unsigned; // the same, by nobody
    QByteArray m_own; // by the key of own.pem
    QByteArray m_vouchedFor; // by that of leaf.pem, for which the authority of ca.pem vouches

    Certificate certificate(const QString& name) const
    {
        return certificatesIn(m_maker.path(name)).value().front();
    }

    // KEY and CERTIFICATE are files in the maker's folder.
    QByteArray sign(const QString& key, const QString& certificate)
    {
        const QString fault = m_maker.run(QStringLiteral("sbsign"),
            {QStringLiteral("--key"), key, QStringLiteral("--cert"), certificate, QStringLiteral("--output"),
                QStringLiteral("signed.efi"), QStringLiteral("grub.efi")});
        return fault.isEmpty() ? m_maker.bytes(QStringLiteral("signed.efi")) : QByteArray();
    }

    QString openssl(const QString& words) const
    {
        return m_maker.run(QStringLiteral("openssl"), words.split(QLatin1Char(' ')));
    }

private Q_SLOTS:

    void initTestCase()
    {
        m_shim = contentOf(QStringLiteral("/usr/lib/shim/shimx64.efi.signed"));
        m_debian = contentOf(QStringLiteral("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed"));
        m_unsigned = contentOf(QStringLiteral("/usr/lib/grub/x86_64-efi/monolithic/grubx64.efi"));
        QCOMPARE(m_maker.write(QStringLiteral("grub.efi"), m_unsigned), QString());
        for (const char* words :
            {"req -new -x509 -newkey rsa:2048 -nodes -subj /CN=Own -keyout own.key -out own.pem",
                "req -new -x509 -newkey rsa:2048 -nodes -subj /CN=Authority -keyout ca.key -out ca.pem",
                "req -new -x509 -newkey rsa:2048 -nodes -subj /CN=Leaf -CA ca.pem -CAkey ca.key -keyout leaf.key "
                "-out "
                "leaf.pem"}) {
            QCOMPARE(openssl(QLatin1String(words)), QString());
        }
        m_own = sign(QStringLiteral("own.key"), QStringLiteral("own.pem"));
        m_vouchedFor = sign(QStringLiteral("leaf.key"), QStringLiteral("leaf.pem"));
        for (const QByteArray* program : {&m_shim, &m_debian, &m_unsigned, &m_own, &m_vouchedFor}) {
            QVERIFY(!program->isEmpty());
        }
    }

    // Who signs a program writes its hash into the signature: a second opinion on ours.
    void aSignatureIsAboutTheHash_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<QStringList>("authorities");
        QTest::newRow("shim") << m_shim << QStringList{thirdPartyKey, QStringLiteral("Microsoft UEFI CA 2023")};
        QTest::newRow("grub") << m_debian << QStringList(QStringLiteral("Debian Secure Boot CA"));
        QTest::newRow("own") << m_own << QStringList(QStringLiteral("Own"));
        QTest::newRow("vouched for") << m_vouchedFor << QStringList(QStringLiteral("Authority"));
    }

    void aSignatureIsAboutTheHash()
    {
        QFETCH(QByteArray, program);
        QFETCH(QStringList, authorities);
        const Result<EfiProgram> parsed = parseEfiProgram(bytesOf(program));
        QVERIFY(parsed);
        QStringList found;
        for (const QByteArray& bytes : parsed->signatures) {
            const Result<ProgramSignature> signature = parseProgramSignature(bytes);
            QVERIFY(signature);
            QCOMPARE(signature->digest.toHex(), parsed->sha256.toHex());
            QVERIFY(!signature->certificates.empty());
            found << signature->authority;
        }
        QCOMPARE(found, authorities);
    }

    void everyProgramIsHeldAgainstTheKeys_data()
    {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<SecureBootKeys>("keys");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QString>("signer");
        const SecureBootKeys windows = firmwareKeys(SecureBoot::Microsoft);
        const SecureBootKeys all = firmwareKeys(SecureBoot::MicrosoftAndThirdParty);
        const Certificate mine = certificate(QStringLiteral("own.pem"));
        const Certificate authority = certificate(QStringLiteral("ca.pem"));
        const Certificate leaf = certificate(QStringLiteral("leaf.pem"));
        const SecureBootKeys own = keysOf({mine, authority});
        QTest::newRow("shim, third party") << m_shim << all << Verdict::Signed << thirdPartyKey;
        QTest::newRow("shim, Windows alone") << m_shim << windows << Verdict::Stranger << thirdPartyKey;
        QTest::newRow("Debian's") << m_debian << all << Verdict::Stranger
                                  << QStringLiteral("Debian Secure Boot CA");
        QTest::newRow("nobody's") << m_unsigned << all << Verdict::Unsigned << QString();
        QTest::newRow("own") << m_own << own << Verdict::Signed << QStringLiteral("Own");
        QTest::newRow("own, to Microsoft") << m_own << all << Verdict::Stranger << QStringLiteral("Own");
        QTest::newRow("by an authority") << m_vouchedFor << own << Verdict::Signed << QStringLiteral("Authority");
        QTest::newRow("by whom it vouches for")
            << m_vouchedFor << keysOf({leaf}) << Verdict::Signed << QStringLiteral("Leaf");
        SecureBootKeys knowing = all;
        knowing.db.programs.push_back(hashOf(m_unsigned));
        QTest::newRow("hash known") << m_unsigned << knowing << Verdict::Known << QString();
        SecureBootKeys forbidding = all;
        forbidding.dbx.programs.push_back(hashOf(m_shim));
        QTest::newRow("hash forbidden") << m_shim << forbidding << Verdict::Forbidden << QString();
        forbidding = own;
        forbidding.dbx.certificates.push_back(leaf);
        QTest::newRow("signer forbidden") << m_vouchedFor << forbidding << Verdict::Forbidden << QString();
        QByteArray changed = m_own;
        changed[changed.size() / 2] = char(changed[changed.size() / 2] ^ 1);
        QTest::newRow("changed") << changed << own << Verdict::Changed << QString();
        QTest::newRow("cut") << m_own.first(m_own.size() / 2) << own << Verdict::Damaged << QString();
        QTest::newRow("no program") << QByteArray("MZ") << own << Verdict::Damaged << QString();
    }

    void everyProgramIsHeldAgainstTheKeys()
    {
        QFETCH(QByteArray, program);
        QFETCH(SecureBootKeys, keys);
        QFETCH(Verdict, verdict);
        QFETCH(QString, signer);
        const ProgramCheck check = checkProgram(program, keys);
        QCOMPARE(check.verdict, verdict);
        QCOMPARE(check.signer, signer);
        QVERIFY(check.sentence(QStringLiteral("grubx64.efi")).contains(QLatin1String("grubx64.efi")));
        for (const SecureBoot mode :
            {SecureBoot::Microsoft, SecureBoot::MicrosoftAndThirdParty, SecureBoot::OwnKeys}) {
            QCOMPARE(check.advice(mode).isEmpty(), check.mayStart());
        }
    }

    // The firmware's package forbids one program, that nobody has.
    void hashesAreReadFromTheVariables()
    {
        const SecureBootKeys keys = firmwareKeys(SecureBoot::MicrosoftAndThirdParty);
        QCOMPARE(keys.dbx.programs.size(), std::size_t(keys.dbx.hashes));
        QCOMPARE(keys.dbx.programs.front().size(), 32);
    }

    // Whatever is changed in headers and signature, an answer comes.
    void damageIsSurvived()
    {
        const SecureBootKeys own = keysOf({certificate(QStringLiteral("own.pem"))});
        const qsizetype signature =
            m_own.size() - parseEfiProgram(bytesOf(m_own)).value().signatures.front().size();
        for (qsizetype at = 0; at < 1024; at += 7) {
            for (const qsizetype place : {at, signature + at}) {
                QByteArray damaged = m_own;
                damaged[place] = char(~damaged[place]);
                QVERIFY(!checkProgram(damaged, own).sentence({}).isEmpty());
            }
        }
    }
};

QTEST_GUILESS_MAIN(ProgramCheckTest)
#include "program_check_test.moc"
