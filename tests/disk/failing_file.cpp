// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/failing_file.h"

#include "tests/disk/recording_file.h"

#include <cerrno>

namespace platter {

namespace {

constexpr qsizetype mostFailures = 5;

QString whatIsWrong(const Result<void>& result, Fault fault)
{
    if (result) {
        return QStringLiteral("The failure was passed over in silence.");
    }
    const Error& error = result.error();
    if (error.summary.isEmpty()) {
        return QStringLiteral("The error says nothing.");
    }
    const ErrorKind expected = fault == Fault::NoSpace ? ErrorKind::NoSpace : ErrorKind::InputOutput;
    if (error.kind != expected) {
        return QStringLiteral("The error is of the kind %1 instead of %2: %3")
            .arg(nameOf(error.kind), nameOf(expected), error.text());
    }
    return {};
}

} // namespace

QString nameOf(Fault fault)
{
    switch (fault) {
    case Fault::InputOutput:
        return QStringLiteral("input/output error");
    case Fault::InputOutputForGood:
        return QStringLiteral("input/output errors from then on");
    case Fault::NoSpace:
        return QStringLiteral("no space from then on");
    case Fault::PartialWrite:
        return QStringLiteral("half a write");
    }
    Q_UNREACHABLE_RETURN({});
}

FailingFile::FailingFile(BlockFile& base, Fault fault, std::size_t call)
    : m_base(base)
    , m_fault(fault)
    , m_call(call)
{
}

Result<void> FailingFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    if (fails(Call::Read, QStringLiteral("read of %1 bytes at 0x%2").arg(into.size()).arg(offset, 0, 16))) {
        return failure();
    }
    return m_base.read(offset, into);
}

Result<FileRun> FailingFile::runAt(std::uint64_t offset) const
{
    if (fails(Call::Read, QStringLiteral("look at 0x%1").arg(offset, 0, 16))) {
        return failure();
    }
    return m_base.runAt(offset);
}

Result<void> FailingFile::write(std::uint64_t offset, std::span<const std::byte> from)
{
    if (fails(Call::Write, QStringLiteral("write of %1 bytes at 0x%2").arg(from.size()).arg(offset, 0, 16))) {
        if (m_fault == Fault::PartialWrite) {
            if (Result<void> half = m_base.write(offset, from.first(from.size() / 2)); !half) {
                return half;
            }
        }
        return failure();
    }
    return m_base.write(offset, from);
}

Result<void> FailingFile::flush()
{
    if (fails(Call::Change, describe(FlushStep{}))) {
        return failure();
    }
    return m_base.flush();
}

Result<void> FailingFile::resize(std::uint64_t size)
{
    if (fails(Call::Change, describe(ResizeStep{size}))) {
        return failure();
    }
    return m_base.resize(size);
}

Result<void> FailingFile::zero(std::uint64_t offset, std::uint64_t length)
{
    if (fails(Call::Write, describe(ZeroStep{offset, length}))) {
        if (m_fault == Fault::PartialWrite) {
            if (Result<void> half = m_base.zero(offset, length / 2); !half) {
                return half;
            }
        }
        return failure();
    }
    return m_base.zero(offset, length);
}

Result<void> FailingFile::reserve(std::uint64_t offset, std::uint64_t length)
{
    const QString what = QStringLiteral("reservation of %1 bytes at 0x%2").arg(length).arg(offset, 0, 16);
    return fails(Call::Change, what) ? failure() : m_base.reserve(offset, length);
}

bool FailingFile::fails(Call call, const QString& what) const
{
    if ((m_fault == Fault::NoSpace && call == Call::Read)
        || (m_fault == Fault::PartialWrite && call != Call::Write)) {
        return false;
    }
    const std::scoped_lock lock(m_mutex);
    ++m_count;
    if (m_count == m_call) {
        m_victim = QStringLiteral("call %1, %2").arg(m_call).arg(what);
        return true;
    }
    return m_count > m_call && (m_fault == Fault::InputOutputForGood || m_fault == Fault::NoSpace);
}

std::unexpected<Error> FailingFile::failure() const
{
    return std::unexpected(systemError(
        QStringLiteral("What the test makes fail"), m_victim, m_fault == Fault::NoSpace ? ENOSPC : EIO));
}

FailureOutcome forEachFailure(const MemoryFile& start, const std::function<Result<void>(BlockFile&)>& run,
    const std::function<QString(const AfterFailure&)>& check)
{
    FailureOutcome outcome;
    for (const Fault fault : everyFault) {
        for (std::size_t call = 1; outcome.failures.size() < mostFailures; ++call) {
            MemoryFile base(start);
            FailingFile file(base, fault, call);
            const Result<void> result = run(file);
            if (!file.hasFailed()) {
                if (!result) {
                    outcome.failures += QStringLiteral("It fails without a failure: ") + result.error().text();
                }
                break;
            }
            ++outcome.runs;
            QString wrong = whatIsWrong(result, fault);
            if (wrong.isEmpty()) {
                wrong = check({base, fault, result.error()});
            }
            if (!wrong.isEmpty()) {
                outcome.failures += QStringLiteral("%1 (%2 in %3)").arg(wrong, nameOf(fault), file.victim());
            }
        }
    }
    return outcome;
}

} // namespace platter
