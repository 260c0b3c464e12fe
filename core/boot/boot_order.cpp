// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/boot/boot_order.h"

#include "core/boot/efi_bytes.h"

#include <algorithm>
#include <map>
#include <utility>

namespace platter {

namespace {

const QString orderName = QStringLiteral("BootOrder");
const QString nextName = QStringLiteral("BootNext");

// Of an entry's attributes (UEFI specification 3.1.3).
constexpr std::uint32_t hidden = 0x8;
constexpr std::uint32_t category = 0x1f00; // 0: part of the boot order

QString variableName(std::uint16_t number)
{
    return QStringLiteral("Boot%1")
        .arg(number, 4, 16, QLatin1Char('0'))
        .toUpper()
        .replace(0, 4, QStringLiteral("Boot"));
}

std::optional<std::uint16_t> numberIn(const QString& variable)
{
    bool isNumber = false;
    const uint number = variable.sliced(std::min<qsizetype>(4, variable.size())).toUInt(&isNumber, 16);
    return isNumber && variable == variableName(std::uint16_t(number)) ? std::optional(std::uint16_t(number))
                                                                       : std::nullopt;
}

std::vector<std::uint16_t> numbersIn(const QByteArray& order)
{
    const std::span<const std::byte> bytes = bytesOf(order);
    std::vector<std::uint16_t> numbers;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        numbers.push_back(littleEndian<std::uint16_t>(bytes, at));
    }
    return numbers;
}

QByteArray bytesOfNumbers(const std::vector<std::uint16_t>& numbers)
{
    QByteArray order(qsizetype(numbers.size()) * 2, '\0');
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        putLittleEndian(bytesOf(order), i * 2, numbers[i]);
    }
    return order;
}

QString descriptionOf(AdapterId adapter)
{
    return QStringLiteral("Network %1").arg(adapter.index);
}

// An entry for an address is the adapter's own by its description: people make such entries, too, in the firmware's
// menu.
bool isOfAdapter(const NetworkTarget& network, const LoadOption& option)
{
    using Way = NetworkTarget::Way;
    return network.way == Way::Pxe4
        || (network.way == Way::Http4 && option.description == descriptionOf(network.adapter));
}

std::optional<BootDevice> deviceOf(const BootTarget& target, const LoadOption& option)
{
    if (const SlotId* slot = std::get_if<SlotId>(&target)) {
        return *slot;
    }
    const NetworkTarget* network = std::get_if<NetworkTarget>(&target);
    return network != nullptr && isOfAdapter(*network, option) ? std::optional(BootDevice(network->adapter))
                                                               : std::nullopt;
}

// The entry that a machine's device has, as the firmware's menu shows it; that one speaks English.
LoadOption optionFor(const BootDevice& device, const Definition& definition)
{
    LoadOption option{.attributes = LoadOption::active};
    if (const SlotId* slot = std::get_if<SlotId>(&device)) {
        const bool isDisk = std::holds_alternative<DiskDrive>(definition.driveAt(*slot)->what);
        option.description =
            (isDisk ? QStringLiteral("Disk %1") : QStringLiteral("DVD drive %1")).arg(slot->toString());
        option.path = devicePath(*slot);
    } else {
        const AdapterId adapter = std::get<AdapterId>(device);
        option.description = descriptionOf(adapter);
        option.path = devicePath(adapter, definition.adapters[std::size_t(adapter.index)]);
    }
    return option;
}

std::vector<BootDevice> devicesOf(const Definition& definition)
{
    std::vector<BootDevice> devices;
    for (const Drive& drive : definition.drives) {
        devices.emplace_back(drive.slot);
    }
    for (int index = 0; index < int(definition.adapters.size()); ++index) {
        devices.emplace_back(AdapterId{index});
    }
    return devices;
}

LoadOption menuOption()
{
    return {.attributes = LoadOption::active, .description = endOfBootOrder, .path = firmwareMenuPath()};
}

// Where the boot order ends.
bool isMenu(const LoadOption& option, const BootTarget& target)
{
    return isFirmwareMenu(target) && option.isActive() && (option.attributes & (hidden | category)) == 0;
}

} // namespace

QString BootEntry::id() const
{
    const std::optional<BootDevice> what = device();
    if (!what) {
        return variableName(number);
    }
    const SlotId* slot = std::get_if<SlotId>(&*what);
    return slot != nullptr ? slot->toString() : QStringLiteral("network %1").arg(std::get<AdapterId>(*what).index);
}

std::optional<BootDevice> BootEntry::device() const
{
    return option.isMadeByFirmware() ? std::nullopt : deviceOf(target, option);
}

// --- reading ----------------------------------------------------------------------------------------------------

// Sorts what is in NVRAM into what is tried, what is off, and what nobody needs to see.
class BootOrder::Reader {
public:
    Reader(const VariableStore& store, const Definition& definition)
        : m_store(store)
        , m_definition(definition)
        , m_devices(devicesOf(definition))
    {
    }

    BootOrder read()
    {
        const std::vector<std::uint16_t> order = numbersIn(m_store.value(orderName).value_or(QByteArray()));
        for (const UefiVariable& variable : m_store.variables()) {
            const std::optional<std::uint16_t> number = numberIn(variable.name);
            if (number && variable.vendor == VariableStore::globalVendor()) {
                m_result.m_taken.insert(*number);
                m_variables.emplace(*number, variable.data);
            }
        }
        const std::optional<std::size_t> menu = findMenu(order);
        for (std::size_t place = 0; place < order.size(); ++place) {
            if (m_variables.contains(order[place]) && place != menu) {
                take(order[place], menu ? (place < *menu ? Place::Tried : Place::Behind) : Place::WithoutMenu);
                m_variables.erase(order[place]);
            }
        }
        for (const auto& [number, bytes] : m_variables) {
            if (!menu || number != order[*menu]) {
                takeUnlisted(number, bytes);
            }
        }
        addMissing();
        placeDevices();
        m_result.m_menu = menu ? order[*menu] : m_result.freeNumber();
        m_result.sort();
        readNext();
        return std::move(m_result);
    }

private:
    enum class Place { Tried, Behind, WithoutMenu };

    std::optional<std::size_t> findMenu(const std::vector<std::uint16_t>& order) const
    {
        for (std::size_t place = 0; place < order.size(); ++place) {
            const auto found = m_variables.find(order[place]);
            const std::optional<LoadOption> option =
                found == m_variables.end() ? std::nullopt : LoadOption::parse(found->second);
            if (option && isMenu(*option, bootTarget(option->path))) {
                return place;
            }
        }
        return std::nullopt;
    }

    bool isTried(const BootDevice& device) const
    {
        return std::ranges::contains(m_definition.bootOrder, device) && std::ranges::contains(m_devices, device);
    }

    // Number, at its place in BootOrder.
    void take(std::uint16_t number, Place place)
    {
        const std::optional<LoadOption> option = LoadOption::parse(m_variables.at(number));
        if (!option || (option->attributes & hidden) != 0) {
            m_result.m_behind.push_back(number);
            return;
        }
        BootEntry entry{number, *option, bootTarget(option->path), false, true};
        if (const std::optional<BootDevice> device = deviceOf(entry.target, entry.option)) {
            takeDevice(std::move(entry), *device, place);
            return;
        }
        // Where nobody has drawn the line yet, OVMF's own entries are as good as off: without NVRAM of ours they
        // were tried only when the machine's devices had a bootindex.
        const bool isOurs = !option->isMadeByFirmware() && !std::holds_alternative<FirmwareTarget>(entry.target);
        entry.isOn = option->isActive() && (place == Place::Tried || (place == Place::WithoutMenu && isOurs));
        m_result.m_entries.push_back(std::move(entry));
    }

    void takeDevice(BootEntry entry, const BootDevice& device, Place place)
    {
        if (entry.option.isMadeByFirmware()) {
            m_result.m_behind.push_back(entry.number);
            // The order of before, when OVMF wrote it by the devices' bootindex.
            if (place == Place::WithoutMenu && isTried(device) && !has(device)) {
                m_result.m_entries.push_back(made(device, true));
            }
        } else if (!std::ranges::contains(m_devices, device) || has(device)) {
            m_result.m_removed.insert(entry.number);
        } else {
            const LoadOption option = optionFor(device, m_definition);
            entry.option.description = option.description;
            entry.option.attributes |= LoadOption::active;
            entry.option.path = option.path;
            entry.target = bootTarget(option.path);
            // Behind the menu it has lost its place.
            entry.isOn = isTried(device) && place != Place::Behind;
            m_result.m_entries.push_back(std::move(entry));
        }
    }

    void takeUnlisted(std::uint16_t number, const QByteArray& bytes)
    {
        const std::optional<LoadOption> option = LoadOption::parse(bytes);
        if (!option || option->isMadeByFirmware() || (option->attributes & (hidden | category)) != 0) {
            return;
        }
        BootEntry entry{number, *option, bootTarget(option->path), false, false};
        if (!deviceOf(entry.target, entry.option) && !isFirmwareMenu(entry.target)) {
            m_result.m_entries.push_back(std::move(entry));
        }
    }

    bool has(const BootDevice& device) const
    {
        return std::ranges::any_of(
            m_result.m_entries, [&device](const BootEntry& entry) { return entry.device() == device; });
    }

    BootEntry made(const BootDevice& device, bool isOn)
    {
        const LoadOption option = optionFor(device, m_definition);
        return {m_result.freeNumber(), option, bootTarget(option.path), isOn, isOn};
    }

    // Those that are to be tried and have no place yet, each before the one that the definition has behind it.
    void placeDevices()
    {
        std::vector<BootEntry>& entries = m_result.m_entries;
        const auto isEntryOf = [](const BootDevice& device) {
            return [&device](const BootEntry& entry) { return entry.device() == device; };
        };
        auto before = entries.size();
        for (std::size_t i = m_definition.bootOrder.size(); i-- > 0;) {
            const BootDevice device = m_definition.bootOrder[i];
            if (!isTried(device)) {
                continue;
            }
            auto found = std::ranges::find_if(entries, isEntryOf(device));
            if (!found->isOn) {
                BootEntry entry = std::move(*found);
                entry.isOn = entry.isListed = true;
                before -= std::size_t(found - entries.begin()) < before ? 1 : 0;
                entries.erase(found);
                found = entries.insert(entries.begin() + std::ptrdiff_t(before), std::move(entry));
            }
            before = std::size_t(found - entries.begin());
        }
    }

    void addMissing()
    {
        for (const BootDevice& device : m_devices) {
            if (!has(device)) {
                m_result.m_entries.push_back(made(device, false));
            }
        }
    }

    void readNext()
    {
        const std::vector<std::uint16_t> next = numbersIn(m_store.value(nextName).value_or(QByteArray()));
        if (next.size() == 1 && m_result.find(next.front()) != nullptr) {
            m_result.m_next = next.front();
        }
    }

    const VariableStore& m_store;
    const Definition& m_definition;
    std::vector<BootDevice> m_devices;
    std::map<std::uint16_t, QByteArray> m_variables; // that are not sorted yet
    BootOrder m_result;
};

BootOrder BootOrder::read(const VariableStore& store, const Definition& definition)
{
    return Reader(store, definition).read();
}

// --- asking -----------------------------------------------------------------------------------------------------

const BootEntry* BootOrder::find(const QString& id) const
{
    const auto found = std::ranges::find_if(m_entries, [&id](const BootEntry& entry) {
        return id.compare(entry.id(), Qt::CaseInsensitive) == 0
            || id.compare(variableName(entry.number), Qt::CaseInsensitive) == 0;
    });
    return found == m_entries.end() ? nullptr : &*found;
}

const BootEntry* BootOrder::find(std::uint16_t number) const
{
    const auto found = std::ranges::find(m_entries, number, &BootEntry::number);
    return found == m_entries.end() ? nullptr : &*found;
}

BootEntry* BootOrder::entry(std::uint16_t number)
{
    const auto found = std::ranges::find(m_entries, number, &BootEntry::number);
    return found == m_entries.end() ? nullptr : &*found;
}

std::vector<BootDevice> BootOrder::devices() const
{
    std::vector<BootDevice> devices;
    for (const BootEntry& entry : m_entries) {
        if (const std::optional<BootDevice> device = entry.device(); device && entry.isOn) {
            devices.push_back(*device);
        }
    }
    return devices;
}

// --- changing ---------------------------------------------------------------------------------------------------

void BootOrder::sort()
{
    std::ranges::stable_partition(m_entries, &BootEntry::isOn);
}

std::uint16_t BootOrder::freeNumber()
{
    std::uint16_t number = 0;
    while (m_taken.contains(number)) {
        ++number;
    }
    m_taken.insert(number);
    return number;
}

void BootOrder::setOrder(const std::vector<std::uint16_t>& numbers)
{
    std::vector<std::uint16_t> dropped;
    for (const BootEntry& entry : m_entries) {
        if (entry.isOn && !std::ranges::contains(numbers, entry.number)) {
            dropped.push_back(entry.number);
        }
    }
    for (const std::uint16_t number : dropped) {
        setOn(number, false);
    }
    for (const std::uint16_t number : numbers) {
        setOn(number, true);
    }
    std::ranges::stable_sort(m_entries, {},
        [&numbers](const BootEntry& entry) { return std::ranges::find(numbers, entry.number) - numbers.begin(); });
}

void BootOrder::setOn(std::uint16_t number, bool isOn)
{
    const auto found = std::ranges::find(m_entries, number, &BootEntry::number);
    if (found == m_entries.end() || found->isOn == isOn) {
        return;
    }
    BootEntry entry = std::move(*found);
    m_entries.erase(found);
    entry.isOn = isOn;
    entry.isListed = true;
    // A guest is to see it, too. A device stays active, for it may be booted once.
    if (!entry.device()) {
        entry.option.attributes =
            isOn ? entry.option.attributes | LoadOption::active : entry.option.attributes & ~LoadOption::active;
    }
    m_entries.insert(std::ranges::find(m_entries, false, &BootEntry::isOn), std::move(entry));
}

void BootOrder::rename(std::uint16_t number, const QString& description)
{
    if (BootEntry* found = entry(number)) {
        found->option.description = description;
    }
}

void BootOrder::remove(std::uint16_t number)
{
    std::erase_if(m_entries, [number](const BootEntry& entry) { return entry.number == number; });
    m_removed.insert(number);
    if (m_next == number) {
        setNext(std::nullopt);
    }
}

std::uint16_t BootOrder::add(const QString& description, const FileTarget& file)
{
    const LoadOption option{.attributes = LoadOption::active, .description = description, .path = devicePath(file)};
    const std::uint16_t number = freeNumber();
    m_entries.insert(m_entries.begin(), {number, option, bootTarget(option.path), true, true});
    return number;
}

void BootOrder::setNext(std::optional<std::uint16_t> number)
{
    m_next = number;
    m_isNextChanged = true;
    if (BootEntry* found = number ? entry(*number) : nullptr) {
        found->isListed = true; // the number of one that is not listed is free to the firmware
    }
}

// --- writing ----------------------------------------------------------------------------------------------------

void BootOrder::write(VariableStore& store) const
{
    for (const std::uint16_t number : m_removed) {
        store.remove(variableName(number));
    }
    std::vector<std::uint16_t> tried;
    std::vector<std::uint16_t> off;
    for (const BootEntry& entry : m_entries) {
        if (entry.isListed) {
            store.setValue(variableName(entry.number), entry.option.bytes());
            (entry.isOn ? tried : off).push_back(entry.number);
        }
    }
    store.setValue(variableName(m_menu), menuOption().bytes());
    std::vector<std::uint16_t> order = std::move(tried);
    order.push_back(m_menu);
    order.insert(order.end(), off.begin(), off.end());
    order.insert(order.end(), m_behind.begin(), m_behind.end());
    store.setValue(orderName, bytesOfNumbers(order));
    if (m_next) {
        store.setValue(nextName, bytesOfNumbers({*m_next}));
    } else if (m_isNextChanged) {
        store.remove(nextName);
    }
}

} // namespace platter
