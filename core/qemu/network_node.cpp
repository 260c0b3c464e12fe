// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/qemu/network_node.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QUrl>

namespace platter {

namespace {

const QString serverKey = QStringLiteral("server");

QJsonObject server(const QString& host, quint16 port)
{
    return {{QStringLiteral("host"), host}, {QStringLiteral("port"), QString::number(port)}};
}

// An IPv6 address stands in brackets where a port follows.
QString portal(const IscsiUnit& unit)
{
    const QString host =
        unit.host.contains(QLatin1Char(':')) ? QLatin1Char('[') + unit.host + QLatin1Char(']') : unit.host;
    return QStringLiteral("%1:%2").arg(host).arg(unit.port);
}

void insertIfAny(QJsonObject& options, const QString& key, const QString& value)
{
    if (!value.isEmpty()) {
        options.insert(key, value);
    }
}

struct ToOptions {
    QJsonObject operator()(const NbdExport& nbd) const
    {
        QJsonObject address{{QStringLiteral("type"), QStringLiteral("unix")}, {QStringLiteral("path"), nbd.socket}};
        if (nbd.socket.isEmpty()) {
            address = server(nbd.host, nbd.port);
            address.insert(QStringLiteral("type"), QStringLiteral("inet"));
        }
        QJsonObject options{{serverKey, address}};
        insertIfAny(options, QStringLiteral("export"), nbd.name);
        return options;
    }

    QJsonObject operator()(const IscsiUnit& unit) const
    {
        return {{QStringLiteral("transport"), QStringLiteral("tcp")}, {QStringLiteral("portal"), portal(unit)},
            {QStringLiteral("target"), unit.target}, {QStringLiteral("lun"), unit.lun}};
    }

    QJsonObject operator()(const RbdImage& rbd) const
    {
        QJsonObject options{{QStringLiteral("pool"), rbd.pool}, {QStringLiteral("image"), rbd.image}};
        insertIfAny(options, QStringLiteral("namespace"), rbd.space);
        insertIfAny(options, QStringLiteral("snapshot"), rbd.snapshot);
        insertIfAny(options, QStringLiteral("user"), rbd.user);
        insertIfAny(options, QStringLiteral("conf"), rbd.configuration);
        return options;
    }

    QJsonObject operator()(const SshFile& ssh) const
    {
        QJsonObject options{{serverKey, server(ssh.host, ssh.port)}, {QStringLiteral("path"), ssh.path}};
        insertIfAny(options, QStringLiteral("user"), ssh.user);
        return options;
    }

    QJsonObject operator()(const HttpsFile& file) const { return {{QStringLiteral("url"), file.url}}; }
};

// Some answers have nested options flat: "server.host".
QString value(const QJsonObject& options, const QString& outer, const QString& inner)
{
    const QJsonValue nested = options.value(outer)[inner];
    return (nested.isUndefined() ? options.value(outer + QLatin1Char('.') + inner) : nested).toVariant().toString();
}

QString value(const QJsonObject& options, const char* key)
{
    return options.value(QLatin1String(key)).toVariant().toString();
}

QString withoutBrackets(const QString& host)
{
    return host.startsWith(QLatin1Char('[')) && host.endsWith(QLatin1Char(']')) ? host.sliced(1).chopped(1) : host;
}

std::optional<NetworkLocation> fromOptions(const QJsonObject& options)
{
    const QString driver = value(options, "driver");
    const QString host = value(options, serverKey, QStringLiteral("host"));
    const auto port = static_cast<quint16>(value(options, serverKey, QStringLiteral("port")).toUInt());
    if (driver == QLatin1String("nbd")) {
        return NbdExport{.host = host,
            .port = host.isEmpty() ? NbdExport::usualPort : port,
            .socket = value(options, serverKey, QStringLiteral("path")),
            .name = value(options, "export")};
    }
    if (driver == QLatin1String("iscsi")) {
        const QUrl at(QStringLiteral("iscsi://") + value(options, "portal"));
        return IscsiUnit{.host = at.host(),
            .port = static_cast<quint16>(at.port(IscsiUnit::usualPort)),
            .target = value(options, "target"),
            .lun = value(options, "lun").toInt()};
    }
    if (driver == QLatin1String("rbd")) {
        return RbdImage{.pool = value(options, "pool"),
            .space = value(options, "namespace"),
            .image = value(options, "image"),
            .snapshot = value(options, "snapshot"),
            .user = value(options, "user"),
            .configuration = value(options, "conf")};
    }
    if (driver == QLatin1String("ssh")) {
        return SshFile{.user = value(options, "user"), .host = host, .port = port, .path = value(options, "path")};
    }
    if (driver == QLatin1String("https")) {
        return HttpsFile{value(options, "url")};
    }
    return std::nullopt;
}

} // namespace

QString driverOf(const NetworkLocation& location)
{
    static const QStringList names{QStringLiteral("nbd"), QStringLiteral("iscsi"), QStringLiteral("rbd"),
        QStringLiteral("ssh"), QStringLiteral("https")};
    static_assert(std::variant_size_v<NetworkLocation> == 5);
    return names.at(static_cast<qsizetype>(location.index()));
}

QJsonObject networkNode(const NetworkLocation& location)
{
    QJsonObject options = std::visit(ToOptions(), location);
    options.insert(QStringLiteral("driver"), driverOf(location));
    return options;
}

bool isSamePlace(const NetworkLocation& a, const NetworkLocation& b)
{
    const auto* first = std::get_if<SshFile>(&a);
    const auto* second = std::get_if<SshFile>(&b);
    if (first == nullptr || second == nullptr || (!first->user.isEmpty() && !second->user.isEmpty())) {
        return a == b;
    }
    SshFile asFirst = *second;
    asFirst.user = first->user;
    return *first == asFirst;
}

Error serverRefused(const QString& where, const QString& words)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("platter::NetworkNode", text); };
    return Error{ErrorKind::Qemu,
        tr(QT_TRANSLATE_NOOP("platter::NetworkNode", "QEMU cannot use the disk at %1: %2."))
            .arg(where, words.endsWith(QLatin1Char('.')) ? words.chopped(1) : words),
        tr(QT_TRANSLATE_NOOP(
            "platter::NetworkNode", "Check the location, and that its server runs and can be reached from here.")),
        {}};
}

std::optional<NetworkLocation> locationOfNode(const QString& filename)
{
    const QString json = QStringLiteral("json:");
    if (filename.startsWith(json)) {
        return fromOptions(QJsonDocument::fromJson(filename.mid(json.size()).toUtf8()).object());
    }
    // QEMU encodes nothing in the locations that it tells.
    static const QRegularExpression nbd(QStringLiteral("\\Anbd://([^/]*):([0-9]+)(?:/(.*))?\\z"));
    static const QRegularExpression nbdSocket(QStringLiteral("\\Anbd\\+unix://(?:/(.*))?\\?socket=(.*)\\z"));
    static const QRegularExpression ssh(QStringLiteral("\\Assh://([^/@]*)@([^/]*):([0-9]+)(/.*)\\z"));
    if (const auto match = nbd.match(filename); match.hasMatch()) {
        return NbdExport{.host = withoutBrackets(match.captured(1)),
            .port = static_cast<quint16>(match.captured(2).toUInt()),
            .name = match.captured(3)};
    }
    if (const auto match = nbdSocket.match(filename); match.hasMatch()) {
        return NbdExport{.socket = match.captured(2), .name = match.captured(1)};
    }
    if (const auto match = ssh.match(filename); match.hasMatch()) {
        return SshFile{.user = match.captured(1),
            .host = withoutBrackets(match.captured(2)),
            .port = static_cast<quint16>(match.captured(3).toUInt()),
            .path = match.captured(4)};
    }
    return filename.startsWith(QStringLiteral("https://")) ? std::optional<NetworkLocation>(HttpsFile{filename})
                                                           : std::nullopt;
}

} // namespace platter
