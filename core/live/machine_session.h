// SPDX-License-Identifier: GPL-3.0-or-later
// One machine's live side: starts QEMU, takes up a QEMU that is running already, follows its state over QMP, and
// asks it for things. It never owns the QEMU process: when the session goes, the machine runs on. GUI thread (any
// one thread with an event loop); owned by MachineLibrary.
#pragma once

#include "core/live/machine_state.h"
#include "core/machine/store.h"
#include "core/qemu/accelerator.h"

#include <QCoroTask>
#include <QDateTime>
#include <QObject>

#include <memory>

namespace platter {

class QmpClient;
struct Places;

// Two clients per machine: QEMU's QMP sockets serve one each.
enum class QmpSeat { Application, CommandLine };

enum class ShutdownWay {
    Acpi, // the power button
    Agent, // qemu-guest-agent's guest-shutdown
};

class MachineSession : public QObject {
    Q_OBJECT

public:
    MachineSession(StoredMachine machine, const Places& places, AcceleratorProbe& probe, QmpSeat seat,
        QObject* parent = nullptr);
    ~MachineSession() override;

    const StoredMachine& machine() const { return m_machine; }
    QString name() const { return m_machine.name; }
    MachineState state() const { return m_state; }
    // Why the machine is in a state nobody asked for (Crashed, IoError, InternalError, a start that failed).
    const std::optional<Error>& lastError() const { return m_lastError; }
    // What it runs with; only while it is up.
    const std::optional<AcceleratorReport>& accelerator() const { return m_accelerator; }
    QDateTime startedAt() const; // invalid when off
    QString vncSocket() const; // of the running machine

    // What start() would run, or did: program first.
    QCoro::Task<Result<QStringList>> commandLine() const;

    // Each ends when the machine has reached the state (shutDown: when the guest has been asked), or with the error.
    QCoro::Task<Result<void>> start(AcceleratorChoice choice = AcceleratorChoice::Automatic);
    QCoro::Task<Result<void>> shutDown(ShutdownWay way);
    QCoro::Task<Result<void>> powerOff();
    QCoro::Task<Result<void>> reset();
    QCoro::Task<Result<void>> pause();
    QCoro::Task<Result<void>> resume();

    // Changes the medium in a DVD drive, of the definition and of the running machine. An empty ISO ejects.
    QCoro::Task<Result<void>> setMedium(SlotId slot, QString iso);
    // Takes a drive out of the definition; only while off.
    Result<void> removeDrive(SlotId slot);

    // The definition was changed on disk.
    void setMachine(StoredMachine machine);
    // Looks whether a QEMU runs for this machine and takes it up; cheap, called when something changed on disk.
    QCoro::Task<void> refresh();

Q_SIGNALS:
    void stateChanged();
    void definitionChanged();
    // One line of the QMP conversation, as JSON, for the details tab.
    void qmpSent(const QByteArray& line);
    void qmpReceived(const QByteArray& line);
};

}
