// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/progress_text.h"

#include <QCoreApplication>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::DiskJob)
};

} // namespace

std::optional<int> thousandthsOf(const Progress::State& state)
{
    if (state.total.bytes() == 0) {
        return std::nullopt;
    }
    const double share = static_cast<double>(state.done.bytes()) / static_cast<double>(state.total.bytes());
    return static_cast<int>(std::min(share, 1.0) * 1000);
}

QString paceOf(const Progress::State& state)
{
    if (state.bytesPerSecond <= 0) {
        return {};
    }
    const QString rate = Texts::tr("%1/s", "a size per second")
                             .arg(ByteCount(static_cast<std::uint64_t>(state.bytesPerSecond)).toString());
    if (!state.left || state.done >= state.total) {
        return rate;
    }
    return Texts::tr("%1 · %2 left", "rate, time").arg(rate, durationText(*state.left));
}

QString durationText(std::chrono::seconds duration)
{
    const auto seconds = duration.count();
    if (seconds < 60) {
        return Texts::tr("%1 s").arg(seconds);
    }
    if (seconds < 3600) {
        return seconds % 60 == 0 ? Texts::tr("%1 min").arg(seconds / 60)
                                 : Texts::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    }
    return Texts::tr("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
}

} // namespace platter
