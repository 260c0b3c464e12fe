// SPDX-License-Identifier: GPL-3.0-or-later
// One QEMU that runs for a machine: follows its state by its process and over QMP, and asks it for things. It
// neither starts QEMU nor ends it by going away. Thread with an event loop; owned by MachineSession, from when a
// QEMU is found until it has ended.
#pragma once

#include "core/live/disk_exchange.h"
#include "core/live/launch_record.h"
#include "core/live/machine_monitor.h"
#include "core/live/machine_state.h"
#include "core/live/qemu_process.h"
#include "core/live/system_evidence.h"

#include <QTimer>

#include <chrono>
#include <memory>
#include <utility>

namespace platter {

class PendingAnswer;
struct ExchangeJournal;

enum class ShutdownWay {
    Acpi, // the power button
    Agent, // qemu-guest-agent's guest-shutdown
};

class RunningMachine : public QObject {
    Q_OBJECT

public:
    RunningMachine(StoredMachine machine, const RuntimeFolder& runtime, QmpSeat seat,
        std::unique_ptr<QemuProcess> process, std::chrono::milliseconds patience);
    ~RunningMachine() override;

    MachineState state() const { return m_state; }

    // Why it is in a state that nobody asked for; after ended(): why it crashed.
    const std::optional<Error>& trouble() const { return m_trouble; }

    // What it was started with; nothing where nobody wrote that down.
    const std::optional<LaunchRecord>& record() const { return m_record; }

    MachineMonitor* monitor() { return &m_monitor; }

    void setMachine(const StoredMachine& machine) { m_machine = machine; }

    void setPatience(std::chrono::milliseconds patience) { m_patienceLength = patience; }

    // Another program may have written it down since, or asked the guest to shut down.
    void readRecord();

    // Ends when QEMU has said in which state it is, which trouble() then explains; TimedOut where it does not
    // answer.
    QCoro::Task<Result<void>> readStatus();
    // Finishes a change of a disk that a program which died has left behind; waits for one that is at it.
    QCoro::Task<void> finishLeftExchange(std::chrono::milliseconds deadline);
    // As disk_exchange.h says.
    QCoro::Task<Result<ExchangeOutcome>> exchangeDisk(SlotId slot, DiskDrive disk, ImageEdit edit);

    // As system_evidence.h says.
    QCoro::Task<bool> hasRunFrom(SlotId slot) { return m_evidence.hasRunFrom(m_machine.definition, slot); }

    // Once, after finishLeftExchange() has let it go on.
    bool hasJustGoneOn() { return std::exchange(m_hasGoneOn, false); }

    QCoro::Task<Result<void>> pause();
    QCoro::Task<Result<void>> resume();
    QCoro::Task<Result<void>> reset();
    // Ends when the guest has been asked.
    QCoro::Task<Result<void>> shutDown(ShutdownWay way);
    // Asks QEMU to quit, and where it does not, ends its process.
    QCoro::Task<Result<void>> powerOff();

Q_SIGNALS:
    void stateChanged(); // state() or trouble()
    void ended(); // state() is Off or Crashed, and stays so

private:
    bool hasEnded() const;
    void enter(MachineState state, std::optional<Error> trouble = {});
    void show(const QString& runState);
    void show(const ExchangeJournal& journal);
    void hear(const QString& event, const QJsonObject& data);
    // The guest was asked to shut down, by whomever.
    void expectEnd(const QDateTime& askedAt);
    // A command that changes the state, which is then read.
    QCoro::Task<Result<void>> command(QString name);
    QCoro::Task<Result<void>> askGuest(ShutdownWay way);
    QCoro::Task<Error> diskTrouble();
    // Until QEMU answers or ends.
    QCoro::Task<void> keepAsking();
    void writeRecord() const;
    void finish();

    StoredMachine m_machine;
    RuntimeFolder m_runtime;
    QmpSeat m_seat;
    std::unique_ptr<QemuProcess> m_process;
    MachineMonitor m_monitor;
    SystemEvidence m_evidence;
    std::optional<LaunchRecord> m_record;

    MachineState m_state = MachineState::Starting;
    std::optional<Error> m_trouble;
    QString m_runState; // as query-status names it
    std::shared_ptr<PendingAnswer> m_gone; // settled when QEMU has ended; an error: when only this has
    bool m_endExpected = false; // QEMU said that it ends, or was told to
    bool m_missedNothing = false; // connected without a gap in which it could have said so
    int m_exchanges = 0; // exchangeDisk() is at it
    bool m_waitsForExchange = false; // finishLeftExchange() runs by itself
    bool m_hasGoneOn = false;
    bool m_asking = false; // keepAsking() runs
    std::chrono::milliseconds m_patienceLength;
    QTimer m_patience; // runs while the guest is expected to shut down
};

} // namespace platter
