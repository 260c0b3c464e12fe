// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/crash/vhdx_history.h"

#include "core/little_endian.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace platter::vhdx {

namespace {

constexpr std::uint64_t sectorSize = 512;
constexpr std::uint64_t gridLines = 29; // looked at where nothing was written

} // namespace

History::History(std::uint64_t size)
    : m_sizes{{0, size}}
{
}

const std::vector<std::byte>& History::bytesOf(std::uint32_t number)
{
    static std::unordered_map<std::uint32_t, std::vector<std::byte>> known;
    std::vector<std::byte>& bytes = known[number];
    if (bytes.empty()) {
        bytes.resize(unit);
        for (std::size_t i = 0; number != 0 && i < unit; i += sizeof(quint32)) {
            putLittleEndian<quint32>(bytes, i, number * 2654435761U + static_cast<quint32>(i));
        }
    }
    return bytes;
}

Result<void> History::write(WritableDisk& disk, std::uint64_t at, std::uint32_t number)
{
    set(at, number);
    return disk.write(at * unit, bytesOf(number));
}

Result<void> History::zero(WritableDisk& disk, std::uint64_t first, std::uint64_t last)
{
    for (auto it = m_units.lower_bound(first); it != m_units.end() && it->first < last; ++it) {
        set(it->first, 0);
    }
    return disk.writeZeroes(first * unit, (last - first) * unit);
}

Result<void> History::trim(WritableDisk& disk, std::uint64_t first, std::uint64_t last, bool keeps)
{
    for (auto it = m_units.lower_bound(first); !keeps && it != m_units.end() && it->first < last; ++it) {
        set(it->first, 0);
    }
    return disk.trim(first * unit, (last - first) * unit);
}

void History::resize(std::uint64_t size)
{
    m_sizes.push_back({m_epoch, size});
    for (auto it = m_units.lower_bound(size / unit); it != m_units.end(); ++it) {
        m_cutOff.push_back(it->first);
    }
}

void History::settle()
{
    // Under the old size the old bytes must be there; under the new one nobody sees them.
    for (const std::uint64_t at : m_cutOff) {
        set(at, 0);
    }
    m_cutOff.clear();
    ++m_epoch;
}

void History::settle(RecordingFile& recording)
{
    settle();
    recording.mark(m_epoch);
}

Result<void> History::flush(WritableDisk& disk, RecordingFile& recording)
{
    Result<void> done = disk.flush();
    settle(recording);
    return done;
}

void History::set(std::uint64_t at, std::uint32_t number)
{
    Values& values = m_units[at];
    if (values.empty()) {
        values.push_back({0, 0});
    }
    values.push_back({m_epoch, number});
}

std::vector<std::uint64_t> History::allowed(const Values& values, std::uint64_t epoch)
{
    std::vector<std::uint64_t> result;
    for (const Value& value : values) {
        if (value.epoch < epoch) {
            result.clear();
        }
        if (value.epoch <= epoch) {
            result.push_back(value.value);
        }
    }
    return result;
}

QString History::compare(const ByteSource& disk, std::uint64_t epoch, const std::set<std::uint64_t>& except) const
{
    const std::uint64_t size = disk.size();
    if (!std::ranges::contains(allowed(m_sizes, epoch), size)) {
        return QStringLiteral("The disk has %1 bytes in epoch %2.").arg(size).arg(epoch);
    }
    const std::uint64_t units = size / unit;
    std::set<std::uint64_t> places{0, units - 1};
    for (const auto& [at, values] : m_units) {
        places.insert({at, at + 1, at > 0 ? at - 1 : 0});
    }
    for (std::uint64_t i = 0; i < gridLines; ++i) {
        places.insert((units - 1) / gridLines * i);
    }
    std::vector<std::byte> bytes(unit);
    for (const std::uint64_t at : places) {
        if (at >= units || except.contains(at)) {
            continue;
        }
        if (const Result<void> done = disk.read(at * unit, bytes); !done) {
            return QStringLiteral("unit %1: %2 %3").arg(at).arg(done.error().summary, done.error().detail);
        }
        const auto found = m_units.find(at);
        const std::vector<std::uint64_t> numbers =
            found == m_units.end() ? std::vector<std::uint64_t>{0} : allowed(found->second, epoch);
        for (std::uint64_t sector = 0; sector < unit; sector += sectorSize) {
            const auto holds = [&](std::uint64_t number) {
                return std::memcmp(bytes.data() + sector,
                           bytesOf(static_cast<std::uint32_t>(number)).data() + sector, sectorSize)
                    == 0;
            };
            if (std::ranges::none_of(numbers, holds)) {
                return QStringLiteral(
                    "Unit %1, sector %2, of a disk of %3 bytes begins with 0x%4 in epoch %5; it may "
                    "hold %6 value(s), the last is %7.")
                    .arg(at)
                    .arg(sector / sectorSize)
                    .arg(size)
                    .arg(littleEndian<quint32>(bytes, sector), 0, 16)
                    .arg(epoch)
                    .arg(numbers.size())
                    .arg(numbers.back());
            }
        }
    }
    return {};
}

} // namespace platter::vhdx
