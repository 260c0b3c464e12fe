// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/exchange_journal.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

#include <cerrno>

namespace platter {

std::optional<ExchangeJournal> ExchangeJournal::read(const RuntimeFolder& runtime)
{
    QFile file(runtime.exchangeJournal());
    if (!file.open(QIODevice::ReadOnly)) {
        return std::nullopt;
    }
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    const Result<SlotId> slot = SlotId::parse(json.value(QLatin1String("slot")).toString());
    const std::optional<DiskFormat> format = diskFormatFromString(json.value(QLatin1String("format")).toString());
    if (!slot || !format) {
        return std::nullopt;
    }
    ExchangeJournal journal{*slot, {json.value(QLatin1String("file")).toString(), *format},
        json.value(QLatin1String("resume")).toBool()};
    journal.disk.discards = json.value(QLatin1String("discard")).toBool(true);
    if (const QJsonValue trouble = json.value(QLatin1String("trouble")); trouble.isObject()) {
        journal.trouble = errorFromJson(trouble.toObject());
    }
    return journal;
}

Result<void> ExchangeJournal::write(const RuntimeFolder& runtime) const
{
    QJsonObject json{{QStringLiteral("slot"), slot.toString()}, {QStringLiteral("file"), disk.file()},
        {QStringLiteral("format"), nameOf(disk.format)}, {QStringLiteral("discard"), disk.discards},
        {QStringLiteral("resume"), resume}};
    if (trouble) {
        json.insert(QStringLiteral("trouble"), toJson(*trouble));
    }
    QSaveFile file(runtime.exchangeJournal());
    if (!file.open(QIODevice::WriteOnly) || file.write(QJsonDocument(json).toJson()) < 0 || !file.commit()) {
        return std::unexpected(systemError(
            QCoreApplication::translate("platter::ExchangeJournal", "Noting what is done to the machine's disk"),
            runtime.exchangeJournal(), errno));
    }
    return {};
}

void ExchangeJournal::remove(const RuntimeFolder& runtime)
{
    QFile::remove(runtime.exchangeJournal());
}

} // namespace platter
