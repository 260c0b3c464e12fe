// SPDX-License-Identifier: GPL-3.0-or-later
// A disk as a bar: its partitions with what is on them, what is free, and what a proposed size adds or takes away.
// With a range to choose from, the end of the disk is a handle, for the mouse and for the keyboard (arrows, Page Up
// and Down, Home, End). Colours come from the palette, and hatching says the same without them. GUI thread; owned
// by its parent.
#pragma once

#include "ui/disk_picture/disk_segments.h"

#include <QWidget>

#include <optional>

namespace platter {

class DiskPicture : public QWidget {
    Q_OBJECT

public:
    explicit DiskPicture(QWidget* parent = nullptr);

    void setDisk(const std::optional<DiskInspection>& disk);
    // Shows what this size makes of the disk; 0: nothing is proposed. Out of the range is shown as its nearest end.
    void setProposed(ByteCount size);

    ByteCount proposed() const { return m_proposed; }

    // Shows room up to this size, as a picture beside this one needs it that shows a larger disk to the same scale.
    void setReach(ByteCount size);

    // Lets the user choose by the handle. LEAST equals MOST: no handle.
    void setRange(ByteCount least, ByteCount most);
    // What is said of the disk as a whole, for screen readers: "system.vhdx".
    void setName(const QString& name);

    QString description() const; // all that is drawn, as text

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void dragged(ByteCount size); // by mouse or keyboard

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    bool hasHandle() const { return m_most > m_least; }

    void refresh();
    QRectF bar() const;
    std::vector<Stretch> stretches() const;
    double handleAt() const;
    ByteCount sizeAt(double x) const;
    std::uint64_t step() const;
    void choose(ByteCount size);
    void paintHandle(QPainter& painter) const;

    std::optional<DiskInspection> m_disk;
    std::vector<DiskSegment> m_segments;
    ByteCount m_proposed;
    ByteCount m_reach;
    ByteCount m_least;
    ByteCount m_most;
    bool m_dragging = false;
};

} // namespace platter
