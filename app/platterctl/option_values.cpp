// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/option_values.h"

#include <QCoreApplication>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

Result<PortForward> forwardFrom(const QString& option, const QString& text)
{
    const QStringList parts = text.split(QLatin1Char(':'));
    const bool named = parts.size() == 3 && (parts[0] == QLatin1String("tcp") || parts[0] == QLatin1String("udp"));
    bool hostOk = false;
    bool guestOk = false;
    const quint16 host = parts.value(parts.size() - 2).toUShort(&hostOk);
    const quint16 guest = parts.value(parts.size() - 1).toUShort(&guestOk);
    if ((!named && parts.size() != 2) || !hostOk || !guestOk) {
        return std::unexpected(
            unusable(option, text, tr("Write HOSTPORT:GUESTPORT or udp:HOSTPORT:GUESTPORT, as in 2222:22.")));
    }
    const bool udp = named && parts[0] == QLatin1String("udp");
    return PortForward{udp ? Protocol::Udp : Protocol::Tcp, host, guest};
}

} // namespace

Error unusable(const QString& option, const QString& value, const QString& takes)
{
    return Error{ErrorKind::InvalidInput, tr("--%1 cannot be “%2”.").arg(option, value), takes};
}

Result<bool> yesOrNo(const Arguments& arguments, const QString& option, bool otherwise)
{
    if (!arguments.isSet(option)) {
        return otherwise;
    }
    const QString value = arguments.value(option);
    if (value == QLatin1String("yes") || value == QLatin1String("no")) {
        return value == QLatin1String("yes");
    }
    return std::unexpected(unusable(option, value, tr("Write yes or no.")));
}

Result<int> wholeNumber(const Arguments& arguments, const QString& option, int otherwise)
{
    const QString text = arguments.value(option);
    if (text.isEmpty()) {
        return otherwise;
    }
    bool isNumber = false;
    const int number = text.toInt(&isNumber);
    if (!isNumber) {
        return std::unexpected(unusable(option, text, tr("It takes a whole number.")));
    }
    return number;
}

Result<ByteCount> size(const Arguments& arguments, const QString& option, ByteCount otherwise)
{
    const QString text = arguments.value(option);
    return text.isEmpty() ? Result<ByteCount>(otherwise) : ByteCount::parse(text);
}

Result<std::vector<PortForward>> forwards(const Arguments& arguments, const QString& option)
{
    std::vector<PortForward> list;
    for (const QString& text : arguments.values(option)) {
        const Result<PortForward> forward = forwardFrom(option, text);
        if (!forward) {
            return std::unexpected(forward.error());
        }
        list.push_back(*forward);
    }
    return list;
}

} // namespace platter::ctl
