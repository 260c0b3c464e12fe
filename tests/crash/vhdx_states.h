// SPDX-License-Identifier: GPL-3.0-or-later
// Shows every state that a power cut can leave a VHDX file in to our reader, to vhdx::check, to an Editor that goes
// on working with it, and some of them to QEMU. PLATTER_POWER_CUT_STATES is how many states each writer is tried
// in; from 5,000 on QEMU sees them all, which takes longer than ctest and Qt Test wait: run the program itself,
// with QTEST_FUNCTION_TIMEOUT (in milliseconds). One thread.
#pragma once

#include "core/disk/vhdx/check.h"
#include "tests/crash/vhdx_history.h"
#include "tests/disk/borrowed_file.h"
#include "tests/disk/power_cut.h"
#include "tests/disk/qemu_reader.h"
#include "tests/unit/disk/vhdx/sample_disk.h"

#include <QTemporaryDir>

namespace platter::vhdx {

// A VHDX file under test, with what its disk must hold.
struct Subject {
    MemoryFile file;
    History history;
    std::optional<MemoryFile> parent = {};

    ParentOpener opener() const { return parent ? parentIn(*parent) : ParentOpener(); }
};

// A new image that knows what it holds.
Subject makeSubject(const NewDisk& disk);
// A child of PARENT with its own SIZE.
Subject makeChildSubject(const Subject& parent, const NewDisk& disk);

// Works on SUBJECT's file in one session that is closed in order, and expects no trouble.
void prepare(Subject& subject, const std::function<Result<void>(Editor&, History&)>& work);

// Writes, zeroes, trims and flushes at random; with a recording, that knows when.
Result<void> scribble(WritableDisk& disk, History& history, std::mt19937& random, int times,
    std::uint64_t blockSize, bool isFixed = false, RecordingFile* recording = nullptr);

class StateCheck {
public:
    enum class QemuSees { Some, All };

    struct Expectation {
        const Subject& subject; // after the work
        // Space for more entries than the disk has may hold something that means nothing: a repair makes it zero.
        bool mayLeaveStaleSlots = false;
        bool keepsDataWriteGuid = false; // what children know the file by
        std::uint64_t firstEpoch = 1;
    };

    // Empty where STATE is as it should be. ASKSQEMU: it is one of those that QEMU is to see.
    using Check = std::function<QString(const PowerCut::State& state, bool asksQemu)>;

    static constexpr std::size_t quickStates = 400;

    static Result<std::unique_ptr<StateCheck>> start();

    // What is wrong with any state; empty if nothing.
    QString every(const RecordingFile& recording, const Expectation& expectation);
    QString every(const RecordingFile& recording, const Check& check, QemuSees qemuSees = QemuSees::Some);

    // What is wrong with one state.
    QString wrongWith(const MemoryFile& file, const Expectation& expectation, std::uint64_t epoch, bool asksQemu);

    // Where QEMU reads FILE, which has no parent, otherwise than we do; empty if nowhere.
    QString otherwiseInQemu(const MemoryFile& file);

private:
    StateCheck() = default;
    QString wrongInQemu(const MemoryFile& file, const Expectation& expectation, std::uint64_t epoch);

    std::unique_ptr<QemuReader> m_qemu;
    QTemporaryDir m_folder;
};

// How many states are asked for, which is what the environment says or QUICK.
std::size_t statesToTry(std::size_t quick);

QString textOf(const Error& error);
// What check() finds in FILE and no repair can mend, one in a line.
QString damageIn(const MemoryFile& file);
// Everything that check() finds.
QString findingsIn(const MemoryFile& file, bool ignoreStaleSlots = false);

// Calls a function after a write or a flush.
class HookedFile final : public Borrowed {
public:
    enum class Call { Write, Flush };

    HookedFile(BlockFile& file, std::function<void(Call)> after)
        : Borrowed(file)
        , m_after(std::move(after))
    {
    }

    Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override
    {
        Result<void> done = Borrowed::write(offset, from);
        m_after(Call::Write);
        return done;
    }

    Result<void> flush() override
    {
        Result<void> done = Borrowed::flush();
        m_after(Call::Flush);
        return done;
    }

private:
    std::function<void(Call)> m_after;
};

} // namespace platter::vhdx
