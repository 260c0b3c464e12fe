// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/launch_record.h"

#include "core/machine/definition_json.h"
#include "core/qemu/start_lock.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <cerrno>

namespace platter {

std::optional<LaunchRecord> LaunchRecord::read(const RuntimeFolder& runtime)
{
    QFile file(fileIn(runtime));
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    LaunchRecord record;
    record.machine.name = json.value(QLatin1String("name")).toString();
    record.machine.folder = json.value(QLatin1String("folder")).toString();
    const Result<Definition> definition =
        fromJson(QJsonDocument(json.value(QLatin1String("definition")).toObject()).toJson(), record.machine.folder);
    record.startedAt = QDateTime::fromString(json.value(QLatin1String("startedAt")).toString(), Qt::ISODateWithMs);
    if (record.machine.name.isEmpty() || !definition || !record.startedAt.isValid()) {
        return std::nullopt;
    }
    record.machine.definition = *definition;
    const QJsonObject accelerator = json.value(QLatin1String("accelerator")).toObject();
    record.accelerator = {accelerator.value(QLatin1String("name")).toString() == QLatin1String("kvm")
            ? Accelerator::Kvm
            : Accelerator::Tcg,
        accelerator.value(QLatin1String("reason")).toString(), accelerator.value(QLatin1String("cure")).toString()};
    record.pid = static_cast<pid_t>(json.value(QLatin1String("pid")).toInteger());
    record.logOffset = json.value(QLatin1String("logOffset")).toInteger();
    record.shutdownAskedAt =
        QDateTime::fromString(json.value(QLatin1String("shutdownAskedAt")).toString(), Qt::ISODateWithMs);
    record.endAsked = json.value(QLatin1String("endAsked")).toBool();
    record.qemuVersion = json.value(QLatin1String("qemuVersion")).toString();
    for (const QJsonValue& word : json.value(QLatin1String("commandLine")).toArray()) {
        record.commandLine << word.toString();
    }
    if (const QJsonValue crash = json.value(QLatin1String("crash")); crash.isObject()) {
        record.crash = errorFromJson(crash.toObject());
    }
    return record;
}

Result<void> LaunchRecord::write(const RuntimeFolder& runtime) const
{
    QJsonObject json{
        {QStringLiteral("name"), machine.name},
        {QStringLiteral("folder"), machine.folder},
        {QStringLiteral("definition"),
            QJsonDocument::fromJson(toJson(machine.definition, machine.folder)).object()},
        {QStringLiteral("pid"), qint64(pid)},
        {QStringLiteral("logOffset"), logOffset},
        {QStringLiteral("shutdownAskedAt"), shutdownAskedAt.toString(Qt::ISODateWithMs)},
        {QStringLiteral("endAsked"), endAsked},
        {QStringLiteral("startedAt"), startedAt.toString(Qt::ISODateWithMs)},
        {QStringLiteral("accelerator"),
            QJsonObject{
                {QStringLiteral("name"),
                    accelerator.accelerator == Accelerator::Kvm ? QStringLiteral("kvm") : QStringLiteral("tcg")},
                {QStringLiteral("reason"), accelerator.reason}, {QStringLiteral("cure"), accelerator.cure}}},
        {QStringLiteral("qemuVersion"), qemuVersion},
        {QStringLiteral("commandLine"), QJsonArray::fromStringList(commandLine)},
    };
    if (crash) {
        json.insert(QStringLiteral("crash"), toJson(*crash));
    }
    QSaveFile file(fileIn(runtime));
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(json).toJson()) < 0 || !file.commit()) {
        return std::unexpected(systemError(
            QCoreApplication::translate("platter::LaunchRecord", "Noting what the machine was started with"),
            fileIn(runtime), errno));
    }
    return {};
}

void LaunchRecord::forget(const RuntimeFolder& runtime)
{
    const Result<StartLock> lock = StartLock::take(runtime);
    if (lock && !runtime.runningQemu()) {
        runtime.removeStaleFiles();
        QFile::remove(fileIn(runtime));
    }
}

} // namespace platter
