// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/machine_screens.h"

#include "ui/console/vnc_screen.h"

namespace platter {

MachineScreens::MachineScreens(QSize thumbnailSize, QObject* parent)
    : QObject(parent)
    , m_thumbnailSize(thumbnailSize)
{
    m_tick.setInterval(thumbnailInterval);
    connect(&m_tick, &QTimer::timeout, this, &MachineScreens::drawThumbnails);
}

MachineScreens::~MachineScreens() = default;

void MachineScreens::setVisible(const QList<MachineSession*>& sessions)
{
    QList<QPointer<MachineSession>> visible;
    for (MachineSession* session : sessions) {
        visible.append(session);
        connect(session, &MachineSession::stateChanged, this, &MachineScreens::update, Qt::UniqueConnection);
    }
    m_visible = visible;
    update();
}

void MachineScreens::setConsole(MachineSession* session)
{
    if (m_console == session) {
        return;
    }
    m_console = session;
    if (session != nullptr) {
        connect(session, &MachineSession::stateChanged, this, &MachineScreens::update, Qt::UniqueConnection);
    }
    update();
    Q_EMIT consoleScreenChanged();
}

VncScreen* MachineScreens::screenOf(const MachineSession* session) const
{
    const auto at = m_watched.find(session);
    return at == m_watched.end() ? nullptr : at->second.screen.get();
}

void MachineScreens::open(MachineSession* session)
{
    Watched watched{.session = session, .screen = std::make_unique<VncScreen>()};
    connect(watched.screen.get(), &VncScreen::frameChanged, this, [this, session] { noteFrame(session); });
    watched.screen->setUpdateInterval(thumbnailInterval); // the console asks for more
    watched.screen->open(session->vncSocket());
    m_watched.insert_or_assign(session, std::move(watched));
}

void MachineScreens::update()
{
    bool consoleChanged = false;
    const auto isWanted = [this](const MachineSession* session) {
        return session != nullptr && isUp(session->state()) && !session->vncSocket().isEmpty()
            && (session == m_console || m_visible.contains(session));
    };
    for (auto at = m_watched.begin(); at != m_watched.end();) {
        // A session that is gone is only a number here.
        if (at->second.session == nullptr || !isWanted(at->second.session)) {
            consoleChanged |= at->first == m_console;
            // Whoever still shows it hears of its end from destroyed().
            at = m_watched.erase(at);
        } else {
            ++at;
        }
    }
    QList<QPointer<MachineSession>> wanted = m_visible;
    wanted.append(m_console);
    for (const QPointer<MachineSession>& session : wanted) {
        if (!isWanted(session)) {
            continue;
        }
        if (screenOf(session) == nullptr) {
            open(session);
            consoleChanged |= session == m_console;
        }
    }
    if (m_watched.empty()) {
        m_tick.stop();
    }
    if (consoleChanged) {
        Q_EMIT consoleScreenChanged();
    }
}

void MachineScreens::noteFrame(const MachineSession* session)
{
    const auto at = m_watched.find(session);
    if (at == m_watched.end()) {
        return;
    }
    if (!at->second.hasThumbnail) {
        draw(at->second); // the first picture shows at once
        return;
    }
    at->second.isStale = true;
    if (!m_tick.isActive()) {
        m_tick.start();
    }
}

void MachineScreens::draw(Watched& watched)
{
    watched.isStale = false;
    watched.hasThumbnail = true;
    if (watched.session) {
        Q_EMIT thumbnailChanged(watched.session->name(), watched.screen->thumbnail(m_thumbnailSize));
    }
}

void MachineScreens::drawThumbnails()
{
    bool drewAny = false;
    for (auto& [session, watched] : m_watched) {
        if (watched.isStale) {
            draw(watched);
            drewAny = true;
        }
    }
    if (!drewAny) {
        m_tick.stop();
    }
}

} // namespace platter
