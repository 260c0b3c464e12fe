// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/failing_calls.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace platter {

namespace {

std::atomic<bool> isArmed = false;
std::atomic<std::size_t> callsLeft = 0;
std::atomic<const char*> victimName = nullptr;
CallFault armedFault = CallFault::InputOutput;

// What a call can meet besides EIO.
struct Nature {
    bool changes = false;
    bool canBeInterrupted = false;
    bool canBeShort = false;
};

// Whether this call is the one; errno is set for those that fail.
bool isHit(const char* name, Nature nature)
{
    if (!isArmed) {
        return false;
    }
    if ((armedFault == CallFault::NoSpace && !nature.changes)
        || (armedFault == CallFault::Interrupted && !nature.canBeInterrupted)
        || (armedFault == CallFault::Short && !nature.canBeShort) || callsLeft.fetch_sub(1) != 1) {
        return false;
    }
    victimName = name;
    isArmed = false;
    errno = armedFault == CallFault::NoSpace ? ENOSPC : armedFault == CallFault::Interrupted ? EINTR : EIO;
    return true;
}

} // namespace

FailingCalls::FailingCalls(CallFault fault, std::size_t call)
{
    armedFault = fault;
    callsLeft = call;
    victimName = nullptr;
    isArmed = true;
}

FailingCalls::~FailingCalls()
{
    isArmed = false;
}

QString FailingCalls::victim() const
{
    return QString::fromLatin1(victimName.load());
}

} // namespace platter

// The linker sends calls of X to __wrap_X, and __real_X to X.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

using platter::armedFault;
using platter::CallFault;
using platter::isHit;
using platter::Nature;

int __real_open(const char* path, int flags, ...);
int __real_fstat(int fd, struct stat* status);
off_t __real_lseek(int fd, off_t offset, int whence);
ssize_t __real_pread(int fd, void* into, size_t count, off_t offset);
ssize_t __real_pwrite(int fd, const void* from, size_t count, off_t offset);
int __real_fdatasync(int fd);
int __real_fsync(int fd);
int __real_ftruncate(int fd, off_t length);
int __real_fallocate(int fd, int mode, off_t offset, off_t length);
int __real_renameat2(int fromFolder, const char* from, int toFolder, const char* to, unsigned int flags);

int __wrap_open(const char* path, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        std::va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    const Nature nature{.changes = (flags & O_CREAT) != 0, .canBeInterrupted = true};
    return isHit("open", nature) ? -1 : __real_open(path, flags, mode);
}

int __wrap_fstat(int fd, struct stat* status)
{
    return isHit("fstat", {}) ? -1 : __real_fstat(fd, status);
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
    return isHit("lseek", {}) ? -1 : __real_lseek(fd, offset, whence);
}

ssize_t __wrap_pread(int fd, void* into, size_t count, off_t offset)
{
    if (isHit("pread", {.canBeInterrupted = true, .canBeShort = count > 1})) {
        return armedFault == CallFault::Short ? __real_pread(fd, into, count / 2, offset) : -1;
    }
    return __real_pread(fd, into, count, offset);
}

ssize_t __wrap_pwrite(int fd, const void* from, size_t count, off_t offset)
{
    if (isHit("pwrite", {.changes = true, .canBeInterrupted = true, .canBeShort = count > 1})) {
        return armedFault == CallFault::Short ? __real_pwrite(fd, from, count / 2, offset) : -1;
    }
    return __real_pwrite(fd, from, count, offset);
}

int __wrap_fdatasync(int fd)
{
    return isHit("fdatasync", {.changes = true, .canBeInterrupted = true}) ? -1 : __real_fdatasync(fd);
}

int __wrap_fsync(int fd)
{
    return isHit("fsync", {.changes = true, .canBeInterrupted = true}) ? -1 : __real_fsync(fd);
}

int __wrap_ftruncate(int fd, off_t length)
{
    return isHit("ftruncate", {.changes = true, .canBeInterrupted = true}) ? -1 : __real_ftruncate(fd, length);
}

int __wrap_fallocate(int fd, int mode, off_t offset, off_t length)
{
    const bool hit = isHit("fallocate", {.changes = true, .canBeInterrupted = true});
    return hit ? -1 : __real_fallocate(fd, mode, offset, length);
}

int __wrap_renameat2(int fromFolder, const char* from, int toFolder, const char* to, unsigned int flags)
{
    return isHit("renameat2", {.changes = true}) ? -1 : __real_renameat2(fromFolder, from, toFolder, to, flags);
}
}
// NOLINTEND(bugprone-reserved-identifier)
