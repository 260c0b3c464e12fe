// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/certificate.h"

#include "core/boot/der.h"
#include "core/boot/efi_bytes.h"

#include <QCoreApplication>
#include <QFile>
#include <QLocale>
#include <QRegularExpression>
#include <QTimeZone>

#include <cerrno>
#include <optional>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::Certificate)
};

constexpr qint64 largestFile = 1 << 20;

// 2.5.4.3 and 2.5.4.10.
constexpr std::array commonName{std::byte{0x55}, std::byte{0x04}, std::byte{0x03}};
constexpr std::array organization{std::byte{0x55}, std::byte{0x04}, std::byte{0x0a}};

QString textOf(const DerElement& element)
{
    if (element.tag == der_tag::bmpString) {
        QString text;
        for (std::size_t at = 0; at + 1 < element.content.size(); at += 2) {
            text += QChar(std::to_integer<ushort>(element.content[at]) << 8
                | std::to_integer<ushort>(element.content[at + 1]));
        }
        return text;
    }
    const QByteArray bytes = copyOf(element.content);
    return element.tag == der_tag::utf8String ? QString::fromUtf8(bytes) : QString::fromLatin1(bytes);
}

QDateTime timeOf(const DerElement& element)
{
    QString text = QString::fromLatin1(copyOf(element.content));
    if (element.tag == der_tag::utcTime) {
        // RFC 5280, 4.1.2.5.1
        text.prepend(text.left(2).toInt() < 50 ? QStringLiteral("20") : QStringLiteral("19"));
    } else if (element.tag != der_tag::generalizedTime) {
        return {};
    }
    QDateTime time = QDateTime::fromString(text, QStringLiteral("yyyyMMddHHmmss'Z'"));
    time.setTimeZone(QTimeZone::UTC);
    return time;
}

std::optional<Certificate> read(const QByteArray& der)
{
    DerElements outside(bytesOf(der));
    const std::optional<DerElement> certificate = outside.next(der_tag::sequence);
    if (!certificate || !outside.isAtEnd()) {
        return std::nullopt;
    }
    const std::optional<DerElement> content = DerElements(certificate->content).next(der_tag::sequence);
    if (!content) {
        return std::nullopt;
    }
    DerElements fields(content->content);
    fields.next(der_tag::context0); // the version
    const std::optional<DerElement> serialNumber = fields.next(der_tag::integer);
    fields.next(der_tag::sequence); // the signature's algorithm
    const std::optional<DerElement> issuer = fields.next(der_tag::sequence);
    const std::optional<DerElement> validity = fields.next(der_tag::sequence);
    const std::optional<DerElement> subject = fields.next(der_tag::sequence);
    const std::optional<DerElement> key = fields.next(der_tag::sequence);
    if (!serialNumber || !issuer || !validity || !subject || !key) {
        return std::nullopt;
    }
    DerElements times(validity->content);
    const std::optional<DerElement> from = times.next();
    const std::optional<DerElement> to = times.next();
    if (!from || !to) {
        return std::nullopt;
    }
    return Certificate{der, copyOf(subject->whole), copyOf(issuer->whole), copyOf(serialNumber->content),
        shortName(subject->whole), shortName(issuer->whole), timeOf(*from), timeOf(*to)};
}

// What stands between the lines of PEM (RFC 7468).
std::vector<QByteArray> blocksIn(const QByteArray& pem)
{
    static const QRegularExpression block(
        QStringLiteral("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----"),
        QRegularExpression::DotMatchesEverythingOption);
    std::vector<QByteArray> blocks;
    const QString text = QString::fromLatin1(pem);
    for (const QRegularExpressionMatch& match : block.globalMatch(text)) {
        blocks.push_back(QByteArray::fromBase64(match.captured(1).toLatin1()));
    }
    return blocks;
}

Error noCertificate(const QString& file)
{
    return {ErrorKind::InvalidInput, Texts::tr("%1 is not a certificate.").arg(file),
        Texts::tr("Choose an X.509 certificate in PEM or DER format, not the private key that belongs to it.")};
}

} // namespace

QString shortName(std::span<const std::byte> name)
{
    QString common;
    QString company;
    QString last;
    DerElements parts = DerElements(name).in(der_tag::sequence);
    while (const std::optional<DerElement> part = parts.next(der_tag::set)) {
        DerElements pair = DerElements(part->content).in(der_tag::sequence);
        const std::optional<DerElement> kind = pair.next(der_tag::objectId);
        const std::optional<DerElement> value = pair.next();
        if (!kind || !value) {
            continue;
        }
        last = textOf(*value);
        if (std::ranges::equal(kind->content, commonName)) {
            common = last;
        } else if (std::ranges::equal(kind->content, organization)) {
            company = last;
        }
    }
    return !common.isEmpty() ? common : !company.isEmpty() ? company : last;
}

QString Certificate::sentence() const
{
    const auto day = [](const QDateTime& time) {
        return time.isValid() ? QLocale().toString(time.date(), QLocale::ShortFormat) : Texts::tr("unknown");
    };
    return subject == issuer
        ? Texts::tr("%1, by itself, valid %2 to %3").arg(subject, day(validFrom), day(validTo))
        : Texts::tr("%1, by %2, valid %3 to %4").arg(subject, issuer, day(validFrom), day(validTo));
}

Result<Certificate> parseCertificate(const QByteArray& der)
{
    if (std::optional<Certificate> certificate = read(der)) {
        return *std::move(certificate);
    }
    return std::unexpected(Error{ErrorKind::Corrupt, Texts::tr("A certificate is damaged."), {}, {}});
}

Result<std::vector<Certificate>> certificatesIn(const QString& file)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly)) {
        return std::unexpected(systemError(Texts::tr("Reading the certificate"), file, errno != 0 ? errno : EIO));
    }
    const QByteArray content = source.read(largestFile);
    std::vector<QByteArray> blocks = blocksIn(content);
    if (blocks.empty()) {
        blocks.push_back(content);
    }
    std::vector<Certificate> certificates;
    for (const QByteArray& der : blocks) {
        const Result<Certificate> certificate = parseCertificate(der);
        if (!certificate) {
            return std::unexpected(noCertificate(file));
        }
        certificates.push_back(*certificate);
    }
    return certificates;
}

} // namespace platter
