// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/icon_style.h"

#include "ui/icons.h"

#include <QApplication>

namespace platter {

void IconStyle::install()
{
    QApplication::setStyle(new IconStyle(QApplication::style()->name()));
}

QIcon IconStyle::standardIcon(StandardPixmap which, const QStyleOption* option, const QWidget* widget) const
{
    switch (which) {
    case SP_ToolBarHorizontalExtensionButton:
        return symbolicIcon(QStringLiteral("go-next"));
    case SP_LineEditClearButton:
        return symbolicIcon(QStringLiteral("edit-clear"));
    default:
        return QProxyStyle::standardIcon(which, option, widget);
    }
}

} // namespace platter
