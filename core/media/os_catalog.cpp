// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/os_catalog.h"

#include "core/media/osinfo_module.h"
#include "core/module.h"

#include <QLoggingCategory>

namespace platter {

namespace {
Q_LOGGING_CATEGORY(osLog, "platter.media.os", QtInfoMsg)
} // namespace

std::optional<OsMatch> identifyOs(const PrimaryVolume& volume)
{
    static const auto identify = [] {
        const Result<QFunctionPointer> found =
            moduleFunction(QStringLiteral("platter-osinfo"), "platterIdentifyOs");
        if (!found) {
            qCWarning(osLog).noquote() << found.error().text() << found.error().detail;
        }
        return reinterpret_cast<decltype(&platterIdentifyOs)>(found.value_or(nullptr));
    }();
    std::optional<OsMatch> match;
    if (identify) {
        identify(volume, match);
    }
    return match;
}

} // namespace platter
