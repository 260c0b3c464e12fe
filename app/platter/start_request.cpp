// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platter/start_request.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::StartRequest)
};

const QLatin1String newKey("new");
const QLatin1String isoKey("iso");
const QLatin1String editDiskKey("editDisk");
const QLatin1String diskKey("disk");
const QLatin1String tokenKey("activationToken");

} // namespace

QByteArray StartRequest::toJson() const
{
    const QJsonObject object{
        {newKey, newMachine}, {isoKey, iso}, {editDiskKey, editDisk}, {diskKey, disk}, {tokenKey, activationToken}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

Result<StartRequest> StartRequest::fromJson(const QByteArray& line)
{
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(line, &problem);
    if (!document.isObject()) {
        return std::unexpected(Error{.kind = ErrorKind::Corrupt,
            .summary = Texts::tr("Another start of Platter sent something that cannot be read."),
            .detail = problem.errorString()});
    }
    const QJsonObject object = document.object();
    return StartRequest{.newMachine = object.value(newKey).toBool(),
        .iso = object.value(isoKey).toString(),
        .editDisk = object.value(editDiskKey).toBool(),
        .disk = object.value(diskKey).toString(),
        .activationToken = object.value(tokenKey).toString()};
}

Result<StartRequest> parseStart(const QStringList& arguments, const QString& folder)
{
    StartRequest request{.activationToken = qEnvironmentVariable("XDG_ACTIVATION_TOKEN")};
    bool optionsEnded = false;
    for (const QString& argument : arguments) {
        if (!optionsEnded && argument == QLatin1String("--")) {
            optionsEnded = true;
        } else if (!optionsEnded && argument == QLatin1String("--new")) {
            request.newMachine = true;
        } else if (!optionsEnded && argument == QLatin1String("--edit-disk")) {
            request.editDisk = true;
        } else if (!optionsEnded && argument.startsWith(QLatin1Char('-'))) {
            return std::unexpected(Error{.kind = ErrorKind::InvalidInput,
                .summary = Texts::tr("There is no option %1.").arg(argument),
                .advice = Texts::tr("See platter --help.")});
        } else if (!request.iso.isEmpty() || !request.disk.isEmpty()) {
            return std::unexpected(Error{.kind = ErrorKind::InvalidInput,
                .summary = Texts::tr("More than one file was given."),
                .advice = Texts::tr(
                    "Give one ISO, which becomes the new machine's installation medium, or one disk image after "
                    "--edit-disk.")});
        } else {
            const QString file = QDir::cleanPath(QDir(folder).absoluteFilePath(argument));
            if (request.editDisk) {
                request.disk = file;
            } else {
                request.newMachine = true;
                request.iso = file;
            }
        }
    }
    return request;
}

QString startHelp(const QString& program)
{
    return Texts::tr(
        "Usage: %1 [ISO]\n"
        "Virtual machines on QEMU, built around their storage.\n"
        "\n"
        "With an ISO, the New VM wizard opens with it as installation medium. Where Platter runs already,\n"
        "its window comes to the front and does what is asked for.\n"
        "\n"
        "  --new         open the New VM wizard\n"
        "  --edit-disk [FILE]\n"
        "                open the Edit Disk wizard, with this disk image\n"
        "  --tour DIR    drive Platter through its main job on a virtual display; pictures go to DIR\n"
        "  --version     say which version this is\n"
        "  --help        say this\n"
        "\n"
        "platterctl does the same things from a terminal.\n")
        .arg(program);
}

} // namespace platter
