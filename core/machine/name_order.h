// SPDX-License-Identifier: GPL-3.0-or-later
// The order of machine names as people sort: "machine 2" before "machine 10", whatever the case.
#pragma once

#include <QCollator>
#include <QString>

#include <algorithm>
#include <optional>
#include <vector>

namespace platter {

// Compares the names of one list. ICU knows every language's order and takes 2 MiB and 10 ms at its first use;
// names in plain ASCII, in a language that sorts these as Unicode's default (CLDR root collation) does, are
// compared without it, with the same outcome.
class NameOrder {
public:
    enum class Alphabet : std::uint8_t { Ascii, Any };

    explicit NameOrder(Alphabet alphabet);

    // What a list with these characters needs.
    static Alphabet alphabetOf(const QString& name);

    // Names that differ in case alone are in the order of their code points.
    bool operator()(const QString& a, const QString& b) const;

private:
    std::optional<QCollator> m_collator;
};

// Sorts entries that have a `name`.
template <class Entry>
void sortByName(std::vector<Entry>& entries)
{
    const bool isAscii = std::ranges::all_of(entries,
        [](const Entry& entry) { return NameOrder::alphabetOf(entry.name) == NameOrder::Alphabet::Ascii; });
    const NameOrder order(isAscii ? NameOrder::Alphabet::Ascii : NameOrder::Alphabet::Any);
    std::ranges::stable_sort(entries, order, &Entry::name);
}

} // namespace platter
