// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platterctl/verb.h"
#include "core/media/install_medium.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonObject>

namespace platter::ctl {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("platterctl", text);
}

QString nameOf(UefiBoot uefi)
{
    switch (uefi) {
    case UefiBoot::Yes:
        return QStringLiteral("yes");
    case UefiBoot::OtherArchitecture:
        return QStringLiteral("other-architecture");
    case UefiBoot::BiosOnly:
        return QStringLiteral("bios-only");
    case UefiBoot::NotBootable:
        return QStringLiteral("not-bootable");
    }
    Q_UNREACHABLE_RETURN({});
}

QCoro::Task<int> info(Context*, Arguments arguments, Report report)
{
    const Result<InstallMedium> medium = inspectMedium(QFileInfo(arguments.positional[0]).absoluteFilePath());
    if (!medium) {
        co_return report.failed(medium.error());
    }
    co_return report.done(medium->sentence(),
        QJsonObject{
            {QStringLiteral("file"), medium->file},
            {QStringLiteral("size"), static_cast<qint64>(medium->size.bytes())},
            {QStringLiteral("label"), medium->volumeLabel},
            {QStringLiteral("osId"), medium->osId},
            {QStringLiteral("osName"), medium->osName},
            {QStringLiteral("uefi"), nameOf(medium->uefi)},
            {QStringLiteral("recommendedMemory"), static_cast<qint64>(medium->recommended.memory.bytes())},
            {QStringLiteral("recommendedCpus"), medium->recommended.cpus},
            {QStringLiteral("recommendedDisk"), static_cast<qint64>(medium->recommended.disk.bytes())},
        });
}

QCoro::Task<int> sampleGuest(Context* context, Arguments, Report report)
{
    const QString iso = context->places.sampleGuest;
    if (!QFileInfo::exists(iso)) {
        co_return report.failed(Error{ErrorKind::NotFound, tr("The sample guest's ISO is not installed."),
            tr("Install Platter whole, or build it with PLATTER_SAMPLE_GUEST=ON."), iso});
    }
    co_return report.done(iso, QJsonObject{{QStringLiteral("file"), iso}});
}

} // namespace

std::vector<Verb> mediumVerbs()
{
    return {
        {QStringLiteral("medium info"), {QStringLiteral("ISO")},
            tr("says what is on an ISO and whether a machine can boot it"), {}, &info},
        {QStringLiteral("sample-guest"), {}, tr("prints the path of the sample guest's ISO"), {}, &sampleGuest},
    };
}

} // namespace platter::ctl
