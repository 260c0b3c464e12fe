// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/machine/network_location.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::NetworkLocation)
};

constexpr int mostLun = 255; // what libiscsi's URLs take

std::unexpected<Error> wrong(const QString& text, const QString& why, const QString& example)
{
    return std::unexpected(
        Error{ErrorKind::InvalidInput, Texts::tr("“%1” is no location of a disk: %2").arg(text, why),
            Texts::tr("Write it like %1.").arg(example), {}});
}

std::unexpected<Error> hasCredentials(const QString& instead)
{
    // Without the text: an error may be logged.
    return std::unexpected(Error{ErrorKind::InvalidInput,
        Texts::tr("The location has a password in it, which everybody could read who sees the machine's definition "
                  "or the list of processes."),
        instead, {}});
}

const QString nbdExample = QStringLiteral("nbd://server:10809/export");
const QString socketExample = QStringLiteral("nbd+unix:///export?socket=/run/nbd.sock");
const QString iscsiExample = QStringLiteral("iscsi://server/iqn.2026-11.org.example:disks/1");
const QString rbdExample = QStringLiteral("rbd:pool/image");
const QString sshExample = QStringLiteral("ssh://user@server/images/disk.qcow2");
const QString httpsExample = QStringLiteral("https://server/images/disk.qcow2");

QString decoded(const QUrl& url)
{
    return url.path(QUrl::FullyDecoded);
}

// What a URL has and the protocol knows nothing of.
QString surplusOf(const QUrl& url, const QStringList& queryKeys = {})
{
    if (url.hasFragment()) {
        return QLatin1Char('#') + url.fragment();
    }
    for (const auto& [key, value] : QUrlQuery(url).queryItems()) {
        if (!queryKeys.contains(key)) {
            return key;
        }
    }
    return {};
}

// Checks what all servers have in common.
Result<void> checkServer(
    const QString& text, const QUrl& url, const QString& example, const QStringList& queryKeys = {})
{
    if (url.host().isEmpty()) {
        return wrong(text, Texts::tr("it names no server."), example);
    }
    if (const QString surplus = surplusOf(url, queryKeys); !surplus.isEmpty()) {
        return wrong(text, Texts::tr("“%1” is not known here.").arg(surplus), example);
    }
    return {};
}

Result<NetworkLocation> parseNbd(const QString& text, const QUrl& url)
{
    const QString name = decoded(url).mid(1);
    if (!url.userInfo().isEmpty()) {
        return wrong(text, Texts::tr("an NBD server knows no users."), nbdExample);
    }
    if (url.scheme() != QLatin1String("nbd+unix")) {
        return checkServer(text, url, nbdExample).transform([&] {
            return NbdExport{
                .host = url.host(), .port = static_cast<quint16>(url.port(NbdExport::usualPort)), .name = name};
        });
    }
    const QString socket = QUrlQuery(url).queryItemValue(QStringLiteral("socket"), QUrl::FullyDecoded);
    if (!url.host().isEmpty() || !socket.startsWith(QLatin1Char('/'))) {
        return wrong(text, Texts::tr("it names no server's socket by its full path."), socketExample);
    }
    if (const QString surplus = surplusOf(url, {QStringLiteral("socket")}); !surplus.isEmpty()) {
        return wrong(text, Texts::tr("“%1” is not known here.").arg(surplus), socketExample);
    }
    return NbdExport{.socket = socket, .name = name};
}

Result<NetworkLocation> parseIscsi(const QString& text, const QUrl& url)
{
    // libiscsi writes USER%PASSWORD@.
    if (!url.userInfo().isEmpty()) {
        return hasCredentials(
            Texts::tr("Let the target admit this computer by its initiator name, without a password."));
    }
    if (const Result<void> server = checkServer(text, url, iscsiExample); !server) {
        return std::unexpected(server.error());
    }
    const QStringList parts = decoded(url).mid(1).split(QLatin1Char('/'));
    bool isNumber = false;
    const int lun = parts.last().toInt(&isNumber);
    if (parts.size() != 2 || parts.first().isEmpty()) {
        return wrong(text, Texts::tr("it does not name a target and a LUN."), iscsiExample);
    }
    if (!isNumber || lun < 0 || lun > mostLun) {
        return wrong(text, Texts::tr("its LUN is no number from 0 to %1.").arg(mostLun), iscsiExample);
    }
    return IscsiUnit{.host = url.host(),
        .port = static_cast<quint16>(url.port(IscsiUnit::usualPort)),
        .target = parts.first(),
        .lun = lun};
}

// Ceph has no URLs: a backslash takes the meaning from the character behind it.
QStringList splitRbd(const QString& text, QChar at)
{
    QStringList parts{{}};
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == QLatin1Char('\\') && i + 1 < text.size()) {
            parts.last() += text.mid(i++, 2);
        } else if (text[i] == at) {
            parts << QString();
        } else {
            parts.last() += text[i];
        }
    }
    return parts;
}

QString unescaped(const QString& text)
{
    static const QRegularExpression pattern(QStringLiteral("\\\\(.)"));
    return QString(text).replace(pattern, QStringLiteral("\\1"));
}

// What would end a name, and what would end the value of an option.
QString escapedName(QString text)
{
    static const QRegularExpression pattern(QStringLiteral("([\\\\/@:])"));
    return text.replace(pattern, QStringLiteral("\\\\1"));
}

QString escapedValue(QString text)
{
    static const QRegularExpression pattern(QStringLiteral("([\\\\:=])"));
    return text.replace(pattern, QStringLiteral("\\\\1"));
}

Result<NetworkLocation> parseRbd(const QString& text)
{
    QString rest = text.mid(QStringLiteral("rbd:").size());
    if (rest.startsWith(QLatin1String("//"))) {
        rest.remove(0, 2);
    }
    QStringList options = splitRbd(rest, QLatin1Char(':'));
    const QStringList withSnapshot = splitRbd(options.takeFirst(), QLatin1Char('@'));
    const QStringList names = splitRbd(withSnapshot.first(), QLatin1Char('/'));
    if (names.size() < 2 || names.size() > 3 || names.contains(QString())) {
        return wrong(text, Texts::tr("it does not name a pool and an image."), rbdExample);
    }
    if (withSnapshot.size() > 2 || (withSnapshot.size() == 2 && withSnapshot.last().isEmpty())) {
        return wrong(text, Texts::tr("what is behind the @ is no snapshot."), rbdExample);
    }
    RbdImage image{.pool = unescaped(names.first()),
        .space = names.size() == 3 ? unescaped(names.at(1)) : QString(),
        .image = unescaped(names.last()),
        .snapshot = withSnapshot.size() == 2 ? unescaped(withSnapshot.last()) : QString()};
    for (const QString& option : options) {
        const QStringList pair = splitRbd(option, QLatin1Char('='));
        const QString value = unescaped(pair.mid(1).join(QLatin1Char('=')));
        if (pair.first() == QLatin1String("key")) {
            return hasCredentials(Texts::tr("Put the key into Ceph's keyring file, which only you can read."));
        }
        if (pair.first() == QLatin1String("id") && !value.isEmpty()) {
            image.user = value;
        } else if (pair.first() == QLatin1String("conf") && value.startsWith(QLatin1Char('/'))) {
            image.configuration = value;
        } else {
            return wrong(text, Texts::tr("“%1” is not known here; id=USER and conf=FILE are.").arg(option),
                rbdExample + QStringLiteral(":id=user:conf=/etc/ceph/ceph.conf"));
        }
    }
    return image;
}

Result<NetworkLocation> parseSsh(const QString& text, const QUrl& url)
{
    if (!url.password().isEmpty()) {
        return hasCredentials(Texts::tr("Log in with a key that your SSH agent holds."));
    }
    const QString check = QStringLiteral("host_key_check");
    if (const Result<void> server = checkServer(text, url, sshExample, {check}); !server) {
        return std::unexpected(server.error());
    }
    const QUrlQuery query(url);
    if (query.hasQueryItem(check) && query.queryItemValue(check) != QLatin1String("yes")) {
        return wrong(
            text, Texts::tr("the server's key must be checked, or another one could take its place."), sshExample);
    }
    if (decoded(url).size() < 2 || decoded(url).endsWith(QLatin1Char('/'))) {
        return wrong(text, Texts::tr("it names no file."), sshExample);
    }
    return SshFile{.user = url.userName(),
        .host = url.host(),
        .port = static_cast<quint16>(url.port(SshFile::usualPort)),
        .path = decoded(url)};
}

Result<NetworkLocation> parseHttps(const QString& text, const QUrl& url)
{
    if (!url.userInfo().isEmpty()) {
        return hasCredentials(Texts::tr("Let the server give the image to this computer without a password."));
    }
    if (url.host().isEmpty()) {
        return wrong(text, Texts::tr("it names no server."), httpsExample);
    }
    if (url.hasFragment() || url.path().size() < 2) {
        return wrong(text, Texts::tr("it names no file."), httpsExample);
    }
    return HttpsFile{url.toString(QUrl::FullyEncoded)};
}

QUrl serverUrl(const QString& scheme, const QString& host, quint16 port, quint16 usual, const QString& path)
{
    QUrl url;
    url.setScheme(scheme);
    url.setHost(host);
    if (port != usual) {
        url.setPort(port);
    }
    url.setPath(path, QUrl::DecodedMode);
    return url;
}

struct ToText {
    QString operator()(const NbdExport& nbd) const
    {
        if (nbd.socket.isEmpty()) {
            return serverUrl(
                QStringLiteral("nbd"), nbd.host, nbd.port, NbdExport::usualPort, QLatin1Char('/') + nbd.name)
                .toString(QUrl::FullyEncoded);
        }
        return QStringLiteral("nbd+unix:///%1?socket=%2")
            .arg(QString::fromLatin1(QUrl::toPercentEncoding(nbd.name, "/:")),
                QString::fromLatin1(QUrl::toPercentEncoding(nbd.socket, "/:")));
    }

    QString operator()(const IscsiUnit& unit) const
    {
        return serverUrl(QStringLiteral("iscsi"), unit.host, unit.port, IscsiUnit::usualPort,
            QStringLiteral("/%1/%2").arg(unit.target).arg(unit.lun))
            .toString(QUrl::FullyEncoded);
    }

    QString operator()(const RbdImage& rbd) const
    {
        QString text = QStringLiteral("rbd:") + escapedName(rbd.pool) + QLatin1Char('/');
        text += rbd.space.isEmpty() ? QString() : escapedName(rbd.space) + QLatin1Char('/');
        text += escapedName(rbd.image);
        text += rbd.snapshot.isEmpty() ? QString() : QLatin1Char('@') + escapedName(rbd.snapshot);
        text += rbd.user.isEmpty() ? QString() : QStringLiteral(":id=") + escapedValue(rbd.user);
        text +=
            rbd.configuration.isEmpty() ? QString() : QStringLiteral(":conf=") + escapedValue(rbd.configuration);
        return text;
    }

    QString operator()(const SshFile& ssh) const
    {
        QUrl url = serverUrl(QStringLiteral("ssh"), ssh.host, ssh.port, SshFile::usualPort, ssh.path);
        url.setUserName(ssh.user);
        return url.toString(QUrl::FullyEncoded);
    }

    QString operator()(const HttpsFile& file) const { return file.url; }
};

} // namespace

bool isLocation(const QString& text)
{
    static const QRegularExpression scheme(QStringLiteral("\\A(?:[A-Za-z][A-Za-z0-9+.-]*://|rbd:)"));
    return scheme.match(text).hasMatch();
}

Result<NetworkLocation> parseLocation(const QString& text)
{
    if (text.startsWith(QLatin1String("rbd:"))) {
        return parseRbd(text);
    }
    // iSCSI's USER%PASSWORD@ is no valid URL.
    static const QRegularExpression user(QStringLiteral("\\Aiscsi://[^/]*@"));
    if (user.match(text).hasMatch()) {
        return parseIscsi(text, QUrl(QStringLiteral("iscsi://user@server")));
    }
    const QUrl url(text, QUrl::StrictMode);
    const QString scheme = url.scheme();
    if (!url.isValid()) {
        return wrong(text, Texts::tr("it is no valid URL."), nbdExample);
    }
    if (scheme == QLatin1String("nbd") || scheme == QLatin1String("nbd+tcp")
        || scheme == QLatin1String("nbd+unix")) {
        return parseNbd(text, url);
    }
    if (scheme == QLatin1String("iscsi")) {
        return parseIscsi(text, url);
    }
    if (scheme == QLatin1String("ssh")) {
        return parseSsh(text, url);
    }
    if (scheme == QLatin1String("https")) {
        return parseHttps(text, url);
    }
    return std::unexpected(Error{ErrorKind::Unsupported,
        scheme == QLatin1String("http")
            ? Texts::tr("A disk is not taken over http: whoever is on the way could change what the guest runs.")
            : Texts::tr("A disk cannot be at “%1”.").arg(text),
        Texts::tr("It can be at %1.").arg(locationExamples().join(QStringLiteral(", "))), {}});
}

QString toString(const NetworkLocation& location)
{
    return std::visit(ToText(), location);
}

QStringList locationExamples()
{
    return {nbdExample, socketExample, iscsiExample, rbdExample, sshExample, httpsExample};
}

QString shortName(const NetworkLocation& location)
{
    if (const auto* nbd = std::get_if<NbdExport>(&location)) {
        return !nbd->name.isEmpty() ? nbd->name
            : nbd->socket.isEmpty() ? nbd->host
                                    : nbd->socket.section(QLatin1Char('/'), -1);
    }
    if (const auto* unit = std::get_if<IscsiUnit>(&location)) {
        return QStringLiteral("%1/%2").arg(unit->target).arg(unit->lun);
    }
    if (const auto* rbd = std::get_if<RbdImage>(&location)) {
        return rbd->image;
    }
    if (const auto* ssh = std::get_if<SshFile>(&location)) {
        return ssh->path.section(QLatin1Char('/'), -1);
    }
    return QUrl(std::get<HttpsFile>(location).url).fileName();
}

bool isOnlyRead(const NetworkLocation& location)
{
    const auto* rbd = std::get_if<RbdImage>(&location);
    return std::holds_alternative<HttpsFile>(location) || (rbd != nullptr && !rbd->snapshot.isEmpty());
}

} // namespace platter
