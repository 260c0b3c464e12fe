// SPDX-License-Identifier: GPL-3.0-or-later
// Draws an SVG as an icon, at any size and scale, with `currentColor` in the palette's text colour of the moment: a
// switch between light and dark shows with the next repaint. GUI thread; owned by its QIcon.
#pragma once

#include <QIconEngine>

namespace platter {

class SvgIconEngine : public QIconEngine {
public:
    enum class Colours { OfFile, OfPalette };

    SvgIconEngine(QString file, Colours colours);

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override;
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override;
    QSize actualSize(const QSize& size, QIcon::Mode mode, QIcon::State state) override;
    bool isNull() override;
    QString key() const override;
    QIconEngine* clone() const override;

private:
    QString m_file;
    Colours m_colours;
};

} // namespace platter
