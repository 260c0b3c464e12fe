// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/variable_store.h"

#include "core/boot/efi_bytes.h"

#include <QCoreApplication>

#include <algorithm>

namespace platter {

namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(platter::VariableStore)
};

// EFI_FIRMWARE_VOLUME_HEADER, PI specification 3.2.1.
namespace volume {

constexpr std::size_t fileSystem = 16;
constexpr std::size_t length = 32;
constexpr std::size_t signature = 40;
constexpr std::size_t headerLength = 48;
constexpr std::size_t smallestHeader = 56;
constexpr QUuid variables(0xfff12b8d, 0x7696, 0x4c8b, 0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50);

} // namespace volume

// VARIABLE_STORE_HEADER.
namespace store {

constexpr std::size_t size = 16;
constexpr std::size_t format = 20;
constexpr std::size_t state = 21;
constexpr std::size_t headerSize = 28;
constexpr std::uint8_t formatted = 0x5a;
constexpr std::uint8_t healthy = 0xfe;
constexpr QUuid authenticated(0xaaf32c78, 0x947b, 0x439a, 0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77, 0x92);

} // namespace store

// AUTHENTICATED_VARIABLE_HEADER; the name follows, and the data.
namespace record {

constexpr std::size_t state = 2;
constexpr std::size_t attributes = 4;
constexpr std::size_t nameSize = 36;
constexpr std::size_t dataSize = 40;
constexpr std::size_t vendor = 44;
constexpr std::size_t headerSize = 60;
constexpr std::size_t alignment = 4;
constexpr std::uint16_t startId = 0x55aa;
// Flash is erased to ones, and a state is entered by clearing a bit.
constexpr std::uint8_t added = 0x3f;
constexpr std::uint8_t beingReplaced = 0x3e; // still counts where its successor was not added

} // namespace record

constexpr char erased = '\xff';

std::unexpected<Error> corrupt(const QString& rule)
{
    return std::unexpected(
        Error{ErrorKind::Corrupt, Texts::tr("The firmware's variables are damaged: %1").arg(rule)});
}

QByteArray recordOf(const UefiVariable& variable)
{
    const QByteArray name = efiText(variable.name);
    QByteArray header(record::headerSize, '\0');
    const std::span<std::byte> bytes = bytesOf(header);
    putLittleEndian(bytes, 0, record::startId);
    putLittleEndian(bytes, record::state, record::added);
    putLittleEndian(bytes, record::attributes, variable.attributes);
    putLittleEndian(bytes, record::nameSize, std::uint32_t(name.size()));
    putLittleEndian(bytes, record::dataSize, std::uint32_t(variable.data.size()));
    putGuid(bytes, record::vendor, variable.vendor);
    return header + name + variable.data;
}

} // namespace

QUuid VariableStore::globalVendor()
{
    return {0x8be4df61, 0x93ca, 0x11d2, 0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c};
}

Result<VariableStore> VariableStore::parse(const QByteArray& flash)
{
    const std::span<const std::byte> bytes = bytesOf(flash);
    if (bytes.size() < volume::smallestHeader || !hasSignature(bytes, volume::signature, "_FVH")
        || guidAt(bytes, volume::fileSystem) != volume::variables) {
        return corrupt(Texts::tr("the file does not begin with a firmware volume for variables."));
    }
    if (littleEndian<std::uint64_t>(bytes, volume::length) > bytes.size()) {
        return corrupt(Texts::tr("the file is shorter than its firmware volume."));
    }
    const std::size_t header = littleEndian<std::uint16_t>(bytes, volume::headerLength);
    if (header + store::headerSize > bytes.size() || guidAt(bytes, header) != store::authenticated) {
        return corrupt(Texts::tr("there is no store of authenticated variables in the firmware volume."));
    }
    const std::size_t end = header + littleEndian<std::uint32_t>(bytes, header + store::size);
    if (littleEndian<std::uint8_t>(bytes, header + store::format) != store::formatted
        || littleEndian<std::uint8_t>(bytes, header + store::state) != store::healthy) {
        return corrupt(Texts::tr("the store is not marked as formatted and healthy."));
    }
    if (end > bytes.size() || end < header + store::headerSize) {
        return corrupt(Texts::tr("the store does not fit into the file."));
    }

    VariableStore result;
    result.m_flash = flash;
    result.m_start = qsizetype(header + store::headerSize);
    result.m_end = qsizetype(end);
    std::vector<Record> replaced;
    std::size_t at = header + store::headerSize;
    while (at + record::headerSize <= end && littleEndian<std::uint16_t>(bytes, at) == record::startId) {
        const std::size_t nameSize = littleEndian<std::uint32_t>(bytes, at + record::nameSize);
        const std::size_t dataSize = littleEndian<std::uint32_t>(bytes, at + record::dataSize);
        const std::size_t name = at + record::headerSize;
        const auto state = littleEndian<std::uint8_t>(bytes, at + record::state);
        const bool isThere = state == record::added || state == record::beingReplaced;
        if (nameSize > end - name || dataSize > end - name - nameSize) {
            if (isThere) {
                return corrupt(Texts::tr("a variable ends outside of the store."));
            }
            break; // one that the firmware had begun to write
        }
        const std::size_t next = name + nameSize + dataSize;
        if (isThere) {
            std::vector<Record>& list = state == record::added ? result.m_records : replaced;
            list.push_back(
                {UefiVariable{efiTextAt(bytes.subspan(name, nameSize), 0), guidAt(bytes, at + record::vendor),
                     littleEndian<std::uint32_t>(bytes, at + record::attributes),
                     flash.sliced(qsizetype(name + nameSize), qsizetype(dataSize))},
                    flash.sliced(qsizetype(at), qsizetype(next - at))});
        }
        at = (next + record::alignment - 1) / record::alignment * record::alignment;
    }
    for (Record& old : replaced) {
        if (std::ranges::none_of(result.m_records, [&old](const Record& one) {
                return one.variable.name == old.variable.name && one.variable.vendor == old.variable.vendor;
            })) {
            result.m_records.push_back(std::move(old));
        }
    }
    return result;
}

std::vector<UefiVariable> VariableStore::variables() const
{
    std::vector<UefiVariable> list;
    list.reserve(m_records.size());
    for (const Record& record : m_records) {
        list.push_back(record.variable);
    }
    return list;
}

std::vector<VariableStore::Record>::const_iterator VariableStore::find(
    const QString& name, const QUuid& vendor) const
{
    return std::ranges::find_if(m_records,
        [&](const Record& record) { return record.variable.name == name && record.variable.vendor == vendor; });
}

std::optional<QByteArray> VariableStore::value(const QString& name, const QUuid& vendor) const
{
    const auto found = find(name, vendor);
    return found == m_records.end() ? std::nullopt : std::optional(found->variable.data);
}

void VariableStore::setValue(const QString& name, const QByteArray& data)
{
    setValue(name, globalVendor(), UefiVariable::bootAttributes, data);
}

void VariableStore::setValue(
    const QString& name, const QUuid& vendor, std::uint32_t attributes, const QByteArray& data)
{
    const auto found = find(name, vendor);
    UefiVariable variable{.name = name, .vendor = vendor, .attributes = attributes, .data = data};
    if (found == m_records.end()) {
        m_records.push_back({variable, recordOf(variable)});
    } else if (found->variable.data != data) {
        variable.attributes = found->variable.attributes;
        m_records[std::size_t(found - m_records.begin())] = {variable, recordOf(variable)};
    }
}

void VariableStore::remove(const QString& name, const QUuid& vendor)
{
    std::erase_if(m_records,
        [&](const Record& record) { return record.variable.name == name && record.variable.vendor == vendor; });
}

void VariableStore::take(const VariableStore& other, const QString& name, const QUuid& vendor)
{
    const auto source = other.find(name, vendor);
    const auto here = find(name, vendor);
    if (source == other.m_records.end()) {
        remove(name, vendor);
    } else if (here == m_records.end()) {
        m_records.push_back(*source);
    } else {
        m_records[std::size_t(here - m_records.begin())] = *source;
    }
}

void VariableStore::clear()
{
    m_records.clear();
}

Result<QByteArray> VariableStore::flash() const
{
    QByteArray variables;
    for (const Record& record : m_records) {
        variables += record.bytes;
        while (variables.size() % qsizetype(record::alignment) != 0) {
            variables += erased;
        }
    }
    if (variables.size() > m_end - m_start) {
        return std::unexpected(Error{ErrorKind::NoSpace,
            Texts::tr("The firmware's memory for variables is full, with boot entries among them."),
            Texts::tr("Remove boot entries that are not needed."), {}});
    }
    return m_flash.first(m_start) + variables.leftJustified(m_end - m_start, erased) + m_flash.sliced(m_end);
}

} // namespace platter
