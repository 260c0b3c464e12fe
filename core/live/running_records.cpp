// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/live/running_records.h"

#include <QDir>

#include <utility>

namespace platter {

std::vector<LaunchRecord> recordsOfRunning(const QString& runtime)
{
    std::vector<LaunchRecord> records;
    for (const QString& id : QDir(runtime).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const RuntimeFolder folder{runtime + QLatin1Char('/') + id};
        if (!folder.runningQemu()) {
            continue;
        }
        std::optional<LaunchRecord> record = LaunchRecord::read(folder);
        if (record && record->machine.definition.id.toString() == id) {
            records.push_back(std::move(*record));
        }
    }
    return records;
}

} // namespace platter
