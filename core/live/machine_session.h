// SPDX-License-Identifier: GPL-3.0-or-later
// One machine's live side: starts QEMU, takes up a QEMU that is running already, follows its state over QMP, and
// asks it for things. It never owns the QEMU process: when the session goes, the machine runs on. GUI thread (any
// one thread with an event loop); owned by MachineLibrary.
#pragma once

#include "core/live/disk_exchange.h"
#include "core/live/guest_growth.h"
#include "core/live/machine_drives.h"
#include "core/live/machine_removal.h"
#include "core/live/medium_change.h"
#include "core/live/running_machine.h"
#include "core/places.h"

#include <QCoroTask>
#include <QDateTime>
#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <memory>

namespace platter {

class PendingAnswer;

class MachineSession : public QObject {
    Q_OBJECT

public:
    MachineSession(StoredMachine machine, const Places& places, AcceleratorProbe& probe, QmpSeat seat,
        QObject* parent = nullptr);
    ~MachineSession() override;

    const StoredMachine& machine() const { return m_machine; }

    const Places& places() const { return m_places; }

    QString name() const { return m_machine.name; }

    MachineState state() const { return m_state; }

    // Why the machine is in a state nobody asked for (Crashed, IoError, InternalError, a start that failed), or
    // that the guest did not react to the power button, or that a running QEMU does not answer.
    const std::optional<Error>& lastError() const { return m_lastError; }

    // KVM failed in the machine's first seconds: start(SoftwareEmulation) is worth offering (after powerOff() where
    // it is still up).
    bool canRetryWithoutKvm() const { return m_kvmFailed; }

    // What it runs with; only while it is up.
    const std::optional<AcceleratorReport>& accelerator() const { return m_accelerator; }

    QDateTime startedAt() const; // invalid when off
    QString vncSocket() const; // of the running machine

    MachineDrives& drives() { return m_drives; }

    const MachineDrives& drives() const { return m_drives; }

    MachineMonitor* monitor() const { return m_running ? m_running->monitor() : nullptr; } // null: it is off

    // What start() would run, or did: program first.
    QCoro::Task<Result<QStringList>> commandLine() const;

    // Each ends when the machine has reached the state (shutDown: when the guest has been asked), or with the
    // error.
    QCoro::Task<Result<void>> start(AcceleratorChoice choice = AcceleratorChoice::Automatic);
    // Once it runs, if it is starting now: answers its medium's "Press any key to boot from CD or DVD", as
    // key_prompt.h says.
    QCoro::Task<void> answerKeyPrompt();
    QCoro::Task<Result<void>> shutDown(ShutdownWay way);
    QCoro::Task<Result<void>> powerOff();
    QCoro::Task<Result<void>> reset();
    QCoro::Task<Result<void>> pause();
    QCoro::Task<Result<void>> resume();

    // What the running machine has otherwise than WANTED until its next start, a sentence each
    // (machine_settings.h).
    QStringList waitingSettings(const Definition& wanted) const;

    QStringList waitingSettings() const { return waitingSettings(m_machine.definition); }

    // Writes the settings of AFTER, which somebody has made of BEFORE, and plugs cables in and out at once; all
    // else waits for the next start. InUse: others have changed BEFORE meanwhile, and nothing is written;
    // InvalidInput: AFTER breaks a rule that BEFORE keeps.
    QCoro::Task<Result<void>> changeSettings(Definition before, Definition after);

    // Changes the medium in a DVD drive, of the definition and of the running machine. An empty ISO ejects. Errors
    // as medium_change.h says.
    QCoro::Task<Result<void>> setMedium(SlotId slot, QString iso, TrayOpening opening = TrayOpening::IfUnlocked);
    // Changes the image of a disk while the machine runs, as disk_exchange.h says; errors as there.
    QCoro::Task<Result<ExchangeOutcome>> exchangeDisk(SlotId slot, ImageEdit edit);
    // Resizes a qcow2 or raw disk while the machine runs.
    QCoro::Task<Result<GuestNotice>> resizeDisk(SlotId slot, ByteCount size);
    // What the guest says of a disk, and letting it take the disk's new SIZE, as guest_growth.h says.
    QCoro::Task<Result<GuestVolume>> lookInGuest(SlotId slot);
    QCoro::Task<Result<GuestGrowth>> growInGuest(SlotId slot, ByteCount size);
    // Puts another image into a disk's slot; only while off. The old file stays as it is, and is remembered as the
    // slot's former disk: until the guest's system has run from the new one, and somebody deletes or keeps it.
    Result<void> setDisk(SlotId slot, const DiskDrive& disk);
    // Puts the former disk back; only while off. The file of the new one stays.
    Result<void> goBackToFormerDisk(SlotId slot);
    // Remembers it no longer; its file stays.
    Result<void> keepFormerDisk(SlotId slot);
    // Deletes the former disk's file, which the guest's system must have done without; errors as former_disk.h
    // says.
    QCoro::Task<Result<void>> deleteFormerDisk(SlotId slot, Removal removal);
    // Looks whether the guest's system has run from the disks that have taken others' places, which are remembered
    // as replaced then. Done by itself while the machine runs and the session lives.
    QCoro::Task<void> lookForReplaced();

    // The definition was changed on disk.
    void setMachine(StoredMachine machine);
    // Looks whether a QEMU runs for this machine and takes it up; cheap, called when something changed on disk.
    QCoro::Task<void> refresh();

    // How long a guest may take to react to the power button; 30 s unless set.
    void setPatience(std::chrono::milliseconds patience);

Q_SIGNALS:
    void stateChanged(); // state() or lastError()
    void definitionChanged();
    // One line of the QMP conversation, as JSON, for the details tab.
    void qmpSent(const QByteArray& line);
    void qmpReceived(const QByteArray& line);

private:
    friend class MachineDrives;

    void enter(MachineState state, std::optional<Error> error = {});
    // SENTENCE gets the machine's name and its state.
    std::unexpected<Error> wrongState(const QString& sentence) const;

    Error noDiskAt(SlotId slot) const;
    const FormerDisk* formerDiskAt(SlotId slot) const;
    // CHANGE edits the disk in the slot, which has a former one.
    Result<void> changeFormer(SlotId slot, const std::function<void(DiskDrive& disk)>& change);
    void watchForReplaced();

    QCoro::Task<Result<void>> launchQemu(AcceleratorChoice choice);
    QCoro::Task<Result<void>> plugCables(std::vector<NetworkAdapter> now);
    QCoro::Task<Result<void>> takeUp(std::unique_ptr<QemuProcess> process);
    QCoro::Task<void> lookAround();
    void lookAtLeftovers();
    void readRecord();
    void takeRecord();
    void follow();
    void letGo();
    // KVM may be why the machine is in STATE.
    void judgeKvm(MachineState state, const std::optional<Error>& error);
    Result<void> changeDefinition(const MachineStore::Change& change);

    StoredMachine m_machine;
    Places m_places;
    RuntimeFolder m_runtime;
    AcceleratorProbe& m_probe;
    QmpSeat m_seat;

    MachineState m_state = MachineState::Off;
    std::optional<Error> m_lastError;
    std::optional<AcceleratorReport> m_accelerator;
    std::optional<LaunchRecord> m_launch; // of the QEMU that runs, or ran last
    std::unique_ptr<RunningMachine> m_running; // null: no QEMU
    bool m_launching = false;
    bool m_kvmFailed = false;
    std::chrono::milliseconds m_patience{30000};
    std::shared_ptr<PendingAnswer> m_looking; // settled when lookAround() has ended
    MachineDrives m_drives{*this};
    QTimer m_evidence; // runs while a former disk waits for its successor to prove itself
    QTimer m_lookAgain; // runs while another program starts the machine
};

} // namespace platter
