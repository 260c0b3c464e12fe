// SPDX-License-Identifier: GPL-3.0-or-later
// Work on disk images that takes time: what every such operation has, so that a wizard's page, a job in a bar and
// the command line show all of them alike. check() and plan() touch nothing; run() is called once, off the GUI
// thread.
#pragma once

#include "core/byte_count.h"

#include <QStringList>

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

namespace platter {

// Says how far an operation is. Safe from any thread; reports at most ten times a second, and always at the end.
class Progress {
public:
    struct State {
        ByteCount done;
        ByteCount total;
        double bytesPerSecond = 0;
        std::optional<std::chrono::seconds> left; // once a rate is known
    };

    using Listener = std::function<void(const State&)>;

    // LISTENER is called from the thread that works. STOP is asked before every block.
    explicit Progress(Listener listener = {}, std::stop_token stop = {});

    void setTotal(ByteCount total);
    void advance(ByteCount more);

    // Cancelled (an outcome, not a failure) once somebody has asked to stop.
    Result<void> goOn() const;

private:
    Listener m_listener;
    std::stop_token m_stop;
    mutable std::mutex m_mutex;
    State m_state;
    std::chrono::steady_clock::time_point m_begin;
    std::chrono::steady_clock::time_point m_lastReport;
};

// What an operation is going to do.
struct OperationPlan {
    QStringList steps; // whole sentences, in order: what happens to which file
    ByteCount bytesToCopy; // what run() will count as progress
    ByteCount spaceNeeded; // free space that the host must have, at most
    ByteCount sizeOnHostAfter; // at most
    ByteCount blockTable; // what whoever opens the image afterwards reads first: a VHDX's BAT

    friend bool operator==(const OperationPlan&, const OperationPlan&) = default;
};

// What an operation has done.
struct OperationOutcome {
    QStringList sentences = {}; // what is different now, read back from the file
    ByteCount sizeOnHostBefore = {};
    ByteCount sizeOnHostAfter = {};
    QString keptCopy = {}; // of the image as it was before, with which this can be undone
    bool isStored = true; // on stable storage, not only handed to the kernel
    std::optional<std::chrono::microseconds> pause = {}; // how long a running machine stood still
    std::optional<Error> shortfall = {}; // what was wanted besides and could not be done
};

class DiskOperation {
public:
    virtual ~DiskOperation() = default;

    virtual QString title() const = 0; // "Expand system.vhdx to 80 GiB"
    // Nothing where it can be done, otherwise why not and what would help.
    virtual Result<void> check() const = 0;
    // Refuses what check() refuses.
    virtual Result<OperationPlan> plan() const = 0;
    // Error kind Cancelled: nothing is lost and nothing half done is left.
    virtual Result<OperationOutcome> run(Progress& progress) = 0;
};

} // namespace platter
