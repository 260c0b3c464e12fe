// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/certificate.h"

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

using Bytes = std::span<const std::byte>;

constexpr qint64 largestFile = 1 << 20;

// Tags of ASN.1 (X.690, 8.1.2) as they stand in certificates.
namespace tag {
constexpr std::uint8_t sequence = 0x30;
constexpr std::uint8_t set = 0x31;
constexpr std::uint8_t objectId = 0x06;
constexpr std::uint8_t version = 0xa0; // [0], constructed
constexpr std::uint8_t utcTime = 0x17;
constexpr std::uint8_t generalizedTime = 0x18;
constexpr std::uint8_t utf8String = 0x0c;
constexpr std::uint8_t bmpString = 0x1e;
} // namespace tag

// 2.5.4.3 and 2.5.4.10.
constexpr std::array commonName{std::byte{0x55}, std::byte{0x04}, std::byte{0x03}};
constexpr std::array organization{std::byte{0x55}, std::byte{0x04}, std::byte{0x0a}};

struct Element {
    std::uint8_t tag = 0;
    Bytes content;
    Bytes whole; // tag and length, too
};

QByteArray copyOf(Bytes bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size())};
}

// Takes elements off the front of DER.
class Elements {
public:
    explicit Elements(Bytes bytes)
        : m_rest(bytes)
    {
    }

    bool isAtEnd() const { return m_rest.empty(); }

    bool isNext(std::uint8_t tag) const
    {
        return !m_rest.empty() && std::to_integer<std::uint8_t>(m_rest[0]) == tag;
    }

    // Nothing: there is none that ends within.
    std::optional<Element> next()
    {
        if (m_rest.size() < 2) {
            return std::nullopt;
        }
        std::size_t length = std::to_integer<std::size_t>(m_rest[1]);
        std::size_t header = 2;
        if (length >= longForm) {
            const std::size_t digits = length - longForm;
            if (digits == 0 || digits > mostDigits || m_rest.size() < header + digits) {
                return std::nullopt;
            }
            length = 0;
            for (std::size_t i = 0; i < digits; ++i) {
                length = length << 8 | std::to_integer<std::size_t>(m_rest[header + i]);
            }
            header += digits;
        }
        if (length > m_rest.size() - header) {
            return std::nullopt;
        }
        const Element element{std::to_integer<std::uint8_t>(m_rest[0]), m_rest.subspan(header, length),
            m_rest.first(header + length)};
        m_rest = m_rest.subspan(header + length);
        return element;
    }

    std::optional<Element> next(std::uint8_t tag) { return isNext(tag) ? next() : std::nullopt; }

private:
    static constexpr std::size_t longForm = 0x80;
    static constexpr std::size_t mostDigits = 4;

    Bytes m_rest;
};

QString textOf(const Element& element)
{
    if (element.tag == tag::bmpString) {
        QString text;
        for (std::size_t at = 0; at + 1 < element.content.size(); at += 2) {
            text += QChar(std::to_integer<ushort>(element.content[at]) << 8
                | std::to_integer<ushort>(element.content[at + 1]));
        }
        return text;
    }
    const QByteArray bytes = copyOf(element.content);
    return element.tag == tag::utf8String ? QString::fromUtf8(bytes) : QString::fromLatin1(bytes);
}

// What a Name is called: its common name, or else its organization, or else the last thing that is said of it.
QString shortName(Bytes name)
{
    QString common;
    QString company;
    QString last;
    Elements parts(name);
    while (const std::optional<Element> part = parts.next(tag::set)) {
        Elements pair(Elements(part->content).next(tag::sequence).value_or(Element{}).content);
        const std::optional<Element> kind = pair.next(tag::objectId);
        const std::optional<Element> value = pair.next();
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

QDateTime timeOf(const Element& element)
{
    QString text = QString::fromLatin1(copyOf(element.content));
    if (element.tag == tag::utcTime) {
        // RFC 5280, 4.1.2.5.1
        text.prepend(text.left(2).toInt() < 50 ? QStringLiteral("20") : QStringLiteral("19"));
    } else if (element.tag != tag::generalizedTime) {
        return {};
    }
    QDateTime time = QDateTime::fromString(text, QStringLiteral("yyyyMMddHHmmss'Z'"));
    time.setTimeZone(QTimeZone::UTC);
    return time;
}

std::optional<Certificate> read(const QByteArray& der)
{
    Elements outside(bytesOf(der));
    const std::optional<Element> certificate = outside.next(tag::sequence);
    if (!certificate || !outside.isAtEnd()) {
        return std::nullopt;
    }
    const std::optional<Element> content = Elements(certificate->content).next(tag::sequence);
    if (!content) {
        return std::nullopt;
    }
    Elements fields(content->content);
    if (fields.isNext(tag::version)) {
        fields.next();
    }
    fields.next(); // the serial number
    fields.next(tag::sequence); // the signature's algorithm
    const std::optional<Element> issuer = fields.next(tag::sequence);
    const std::optional<Element> validity = fields.next(tag::sequence);
    const std::optional<Element> subject = fields.next(tag::sequence);
    const std::optional<Element> key = fields.next(tag::sequence);
    if (!issuer || !validity || !subject || !key) {
        return std::nullopt;
    }
    Elements times(validity->content);
    const std::optional<Element> from = times.next();
    const std::optional<Element> to = times.next();
    if (!from || !to) {
        return std::nullopt;
    }
    return Certificate{der, copyOf(subject->whole), shortName(subject->content), shortName(issuer->content),
        timeOf(*from), timeOf(*to)};
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
