// SPDX-License-Identifier: GPL-3.0-or-later
// The desktop's style, whatever it is, with the icons of ui/icons.h where Qt would bring its own: those have one
// colour for light and dark, and to read them Qt loads every image format that it has. GUI thread.
#pragma once

#include <QProxyStyle>

namespace platter {

class IconStyle : public QProxyStyle {
    Q_OBJECT

public:
    // Becomes the application's style, over the one that it has.
    static void install();

    QIcon standardIcon(
        StandardPixmap which, const QStyleOption* option = nullptr, const QWidget* widget = nullptr) const override;

private:
    using QProxyStyle::QProxyStyle;
};

} // namespace platter
