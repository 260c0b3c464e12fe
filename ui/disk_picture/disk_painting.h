// SPDX-License-Identifier: GPL-3.0-or-later
// How a disk's segments look, for every picture of a disk: colours of the palette, and hatching that says the same
// without them. Text is in the painter's font. Pure functions; GUI thread.
#pragma once

#include "ui/disk_picture/disk_segments.h"

#include <QRectF>

class QFontMetrics;
class QPainter;
class QPalette;

namespace platter {

// What a segment needs to say its size.
double leastSegmentWidth(const QFontMetrics& metrics);
int diskBarHeight(const QFontMetrics& metrics);

// Of a segment that lies at STRETCH of BAR; empty where there is no room.
QRectF segmentPlace(const Stretch& stretch, const QRectF& bar);
void paintSegment(QPainter& painter, const DiskSegment& segment, const QRectF& place, const QPalette& palette);

// All of them.
void paintDisk(
    QPainter& painter, const std::vector<DiskSegment>& segments, const QRectF& bar, const QPalette& palette);
// Of a disk of which nothing is known.
void paintUnknownDisk(QPainter& painter, const QRectF& bar, const QPalette& palette);

} // namespace platter
