// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/console/screen_source.h"

namespace platter {

QImage ScreenSource::thumbnail(QSize size) const
{
    const QImage picture = frame();
    if (picture.isNull() || size.isEmpty())
        return {};
    return picture.scaled(size, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

} // namespace platter
