// SPDX-License-Identifier: GPL-3.0-or-later
// The one list of everything that a machine's firmware can boot: its drives, its network adapters, and the entries
// that a guest or a person has put into NVRAM, in any order. What is written is what OVMF then does:
//  - A drive or adapter gets an entry of ours with its whole device path. OVMF's own ones would not do: it names
//    them by counting, and makes them anew, at the end, when hardware goes.
//  - OVMF tries BootOrder from the front, and appends an entry for every device that is not in it. So behind the
//    last entry that is to be tried stands the firmware's own menu, which waits for a person: what is off stands
//    behind it.
// Which devices are tried says the definition, in which order says NVRAM, where guests have their say, too. A
// value.
#pragma once

#include "core/boot/boot_target.h"
#include "core/boot/load_option.h"
#include "core/boot/variable_store.h"

#include <set>

namespace platter {

// What the firmware's menu is called that ends the order, there and in what the firmware says on the serial port.
inline constexpr QLatin1StringView endOfBootOrder("Firmware menu (end of the boot order)");

struct BootEntry {
    std::uint16_t number = 0; // of its variable, Boot####
    LoadOption option = {};
    BootTarget target = UnknownTarget{};
    bool isOn = false; // the firmware tries it
    bool isListed = false; // it is in BootOrder, or will be

    // As platterctl names it: "0:1", "network 0", or "Boot0003".
    QString id() const;
    // A drive or adapter of the machine, which has its entry for good.
    std::optional<BootDevice> device() const;

    friend bool operator==(const BootEntry&, const BootEntry&) = default;
};

class BootOrder {
public:
    // As the next start of the machine will find it.
    static BootOrder read(const VariableStore& store, const Definition& definition);

    // What is tried, first to last, and then what is off.
    const std::vector<BootEntry>& entries() const { return m_entries; }

    // Null: there is none.
    const BootEntry* find(const QString& id) const;
    const BootEntry* find(std::uint16_t number) const;

    // What the next start tries before all others, that once.
    std::optional<std::uint16_t> next() const { return m_next; }

    // Exactly these are tried, in this order. NUMBERS are of entries, each once.
    void setOrder(const std::vector<std::uint16_t>& numbers);
    // One that is switched on is tried last.
    void setOn(std::uint16_t number, bool isOn);
    // Of an entry that is no device.
    void rename(std::uint16_t number, const QString& description);
    void remove(std::uint16_t number);
    // On, as the first.
    std::uint16_t add(const QString& description, const FileTarget& file);
    void setNext(std::optional<std::uint16_t> number);

    // The devices that are tried, for Definition::bootOrder.
    std::vector<BootDevice> devices() const;
    void write(VariableStore& store) const;

    friend bool operator==(const BootOrder&, const BootOrder&) = default;

private:
    class Reader;

    BootEntry* entry(std::uint16_t number);
    void sort();
    std::uint16_t freeNumber();

    std::vector<BootEntry> m_entries;
    std::set<std::uint16_t> m_taken; // numbers of all variables Boot####
    std::vector<std::uint16_t> m_behind; // what nobody needs to see: the firmware's own entries for our devices
    std::set<std::uint16_t> m_removed;
    std::uint16_t m_menu = 0; // the firmware's menu
    std::optional<std::uint16_t> m_next;
    bool m_isNextChanged = false;
};

} // namespace platter
