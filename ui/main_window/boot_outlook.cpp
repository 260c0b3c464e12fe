// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/boot_outlook.h"

#include "core/boot/boot_check.h"
#include "core/live/machine_boot.h"

#include <QCoroFuture>
#include <QFile>
#include <QFileInfo>
#include <QtConcurrentRun>

namespace platter {

namespace {

constexpr int tickInterval = 1000; // ms
constexpr qint64 tailSize = 32 << 10;

QCoro::Task<QStringList> reasonsOf(StoredMachine machine, Places places)
{
    co_return co_await QtConcurrent::run([machine, places] {
        const Result<BootOrder> order = bootOrderOf(machine, places);
        return order ? whyNothingStarts(*order, examineBootOf(machine, *order, places), machine.definition)
                     : QStringList(order.error().text());
    });
}

// Whether the last that the firmware has started is its menu at the boot order's end.
QCoro::Task<bool> endedInMenu(QString log, qint64 start)
{
    co_return co_await QtConcurrent::run([log, start] {
        QFile file(log);
        if (!file.open(QIODevice::ReadOnly)) {
            return false;
        }
        // A log that is shorter than it was has been begun anew.
        file.seek(std::max(file.size() < start ? 0 : start, file.size() - tailSize));
        const QByteArray said = file.readAll();
        const qsizetype last = said.lastIndexOf("BdsDxe: starting Boot");
        return last >= 0 && said.indexOf(endOfBootOrder.latin1(), last) >= 0
            && said.indexOf(endOfBootOrder.latin1(), last) < last + 80;
    });
}

} // namespace

BootOutlook::BootOutlook(QObject* parent)
    : QObject(parent)
{
    m_tick.setInterval(tickInterval);
    connect(&m_tick, &QTimer::timeout, this, &BootOutlook::readLog);
}

void BootOutlook::setSession(MachineSession* session)
{
    if (m_session == session) {
        return;
    }
    if (m_session) {
        disconnect(m_session, nullptr, this, nullptr);
    }
    m_session = session;
    m_isInMenu = false;
    m_logStart = 0;
    m_why.clear();
    if (session != nullptr) {
        connect(session, &MachineSession::stateChanged, this, &BootOutlook::follow);
        connect(session, &MachineSession::definitionChanged, this, &BootOutlook::follow);
    }
    follow();
}

void BootOutlook::setWatching(bool isWatching)
{
    m_isWatching = isWatching;
    follow();
}

void BootOutlook::follow()
{
    m_tick.stop();
    if (!m_session || !m_isWatching) {
        return;
    }
    switch (m_session->state()) {
    case MachineState::Off:
        m_isInMenu = false;
        examine();
        break;
    case MachineState::Starting:
        m_isInMenu = false;
        m_logStart = QFileInfo(m_session->machine().serialLog()).size();
        break;
    case MachineState::Running:
        m_tick.start();
        break;
    default:
        break;
    }
}

void BootOutlook::examine()
{
    const int look = ++m_look;
    QCoro::connect(
        reasonsOf(m_session->machine(), m_session->places()), this, [this, look](const QStringList& why) {
            if (look == m_look && m_why != why.join(QLatin1Char('\n'))) {
                m_why = why.join(QLatin1Char('\n'));
                Q_EMIT changed();
            }
        });
}

void BootOutlook::readLog()
{
    if (!m_session || m_isReading) {
        return;
    }
    m_isReading = true;
    const QPointer<MachineSession> session = m_session;
    QCoro::connect(endedInMenu(session->machine().serialLog(), m_logStart), this, [this, session](bool isInMenu) {
        m_isReading = false;
        if (session != m_session || !session || m_session->state() != MachineState::Running) {
            return;
        }
        if (isInMenu && !m_isInMenu) {
            tell();
        }
        m_isInMenu = isInMenu;
    });
}

void BootOutlook::tell()
{
    const QString name = m_session->name();
    QCoro::connect(
        reasonsOf(m_session->machine(), m_session->places()), this, [this, name](const QStringList& why) {
            Q_EMIT nothingStarted(name,
                {ErrorKind::NotFound, tr("The firmware of %1 has started nothing and waits in its menu.").arg(name),
                    tr("The Boot tab says what becomes of each entry."), why.join(QLatin1Char('\n'))});
        });
}

} // namespace platter
