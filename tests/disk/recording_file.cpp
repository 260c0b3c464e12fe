// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/disk/recording_file.h"

namespace platter {

namespace {

struct Describer {
    QString operator()(const WriteStep& step) const
    {
        return QStringLiteral("write of %1 bytes at 0x%2").arg(step.bytes.size()).arg(step.offset, 0, 16);
    }

    QString operator()(const ZeroStep& step) const
    {
        return QStringLiteral("zeroing of %1 bytes at 0x%2").arg(step.length).arg(step.offset, 0, 16);
    }

    QString operator()(const ResizeStep& step) const
    {
        return QStringLiteral("resize to 0x%1").arg(step.size, 0, 16);
    }

    QString operator()(const FlushStep& /*step*/) const { return QStringLiteral("flush"); }

    QString operator()(const MarkStep& step) const { return QStringLiteral("mark %1").arg(step.number); }
};

} // namespace

QString describe(const FileStep& step)
{
    return std::visit(Describer(), step);
}

RecordingFile::RecordingFile(MemoryFile& base)
    : m_base(base)
    , m_start(base)
{
}

void RecordingFile::mark(std::uint64_t number)
{
    const std::scoped_lock lock(m_mutex);
    m_steps.emplace_back(MarkStep{number});
}

Result<void> RecordingFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    return m_base.read(offset, into);
}

Result<FileRun> RecordingFile::runAt(std::uint64_t offset) const
{
    return m_base.runAt(offset);
}

Result<void> RecordingFile::write(std::uint64_t offset, std::span<const std::byte> from)
{
    const std::scoped_lock lock(m_mutex);
    return done(WriteStep{offset, {from.begin(), from.end()}}, m_base.write(offset, from));
}

Result<void> RecordingFile::flush()
{
    const std::scoped_lock lock(m_mutex);
    return done(FlushStep{}, m_base.flush());
}

Result<void> RecordingFile::resize(std::uint64_t size)
{
    const std::scoped_lock lock(m_mutex);
    return done(ResizeStep{size}, m_base.resize(size));
}

Result<void> RecordingFile::zero(std::uint64_t offset, std::uint64_t length)
{
    const std::scoped_lock lock(m_mutex);
    return done(ZeroStep{offset, length}, m_base.zero(offset, length));
}

Result<void> RecordingFile::reserve(std::uint64_t offset, std::uint64_t length)
{
    return m_base.reserve(offset, length); // changes no byte
}

Result<void> RecordingFile::done(FileStep step, const Result<void>& result)
{
    if (result) {
        m_steps.push_back(std::move(step));
    }
    return result;
}

} // namespace platter
