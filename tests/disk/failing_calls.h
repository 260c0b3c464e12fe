// SPDX-License-Identifier: GPL-3.0-or-later
// Real system calls that fail when a test wants it: linking with platter_failing_calls puts itself between the
// test's own objects (core's too, Qt's not) and open, fstat, lseek, pread, pwrite, fdatasync, fsync, ftruncate,
// fallocate, renameat2. One FailingCalls at a time; calls of all threads count.
#pragma once

#include <QString>

#include <cstddef>

namespace platter {

enum class CallFault {
    InputOutput, // EIO, any call
    NoSpace, // ENOSPC, a call that changes the file
    Interrupted, // EINTR, any call that a signal can interrupt
    Short, // pread and pwrite do half of what they were asked for
};

inline constexpr CallFault everyCallFault[] = {
    CallFault::InputOutput, CallFault::NoSpace, CallFault::Interrupted, CallFault::Short};

// While it lives, call number CALL, from 1, of those that FAULT can hit has it; the others go through.
class FailingCalls {
public:
    FailingCalls(CallFault fault, std::size_t call);
    ~FailingCalls();
    Q_DISABLE_COPY_MOVE(FailingCalls)

    // The name of the call that failed; empty before that.
    QString victim() const;
};

} // namespace platter
