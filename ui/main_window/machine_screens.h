// SPDX-License-Identifier: GPL-3.0-or-later
// The screens of the machines that somebody looks at: the console's at full speed, those of the visible rows of the
// list as thumbnails every two seconds, nobody else's. One connection per machine serves both. GUI thread; owned by
// the main window.
#pragma once

#include "core/live/machine_session.h"

#include <QHash>
#include <QImage>
#include <QPointer>
#include <QTimer>

#include <map>
#include <memory>

namespace platter {

class VncScreen;

class MachineScreens : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds thumbnailInterval{2000};

    // Thumbnails fit SIZE, in device pixels.
    explicit MachineScreens(QSize thumbnailSize, QObject* parent = nullptr);
    ~MachineScreens() override;

    // The machines whose thumbnails are visible.
    void setVisible(const QList<MachineSession*>& sessions);
    // The machine whose console is shown; null: none.
    void setConsole(MachineSession* session);
    // Null while the machine is off.
    VncScreen* screenOf(const MachineSession* session) const;

Q_SIGNALS:
    // The console's machine has another screen, or none.
    void consoleScreenChanged();
    void thumbnailChanged(const QString& machine, const QImage& thumbnail);

private:
    struct Watched {
        QPointer<MachineSession> session;
        std::unique_ptr<VncScreen> screen;
        bool hasThumbnail = false;
        bool isStale = false; // a frame came since the last thumbnail
    };

    void update();
    void open(MachineSession* session);
    void noteFrame(const MachineSession* session);
    void draw(Watched& watched);
    void drawThumbnails();

    QSize m_thumbnailSize;
    QList<QPointer<MachineSession>> m_visible;
    QPointer<MachineSession> m_console;
    std::map<const MachineSession*, Watched> m_watched;
    QTimer m_tick;
};

} // namespace platter
