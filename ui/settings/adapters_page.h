// SPDX-License-Identifier: GPL-3.0-or-later
// The network adapters, a card each. GUI thread; owned by the settings window.
#pragma once

#include "ui/settings/settings_page.h"

#include <set>
#include <vector>

class QPushButton;
class QVBoxLayout;

namespace platter {

class AdapterCard;
class NoteLabel;

class AdaptersPage : public SettingsPage {
    Q_OBJECT

public:
    // TAKEN are ports of this computer that lead to other machines.
    explicit AdaptersPage(std::set<quint16> taken);

    QString title() const override { return tr("Network"); }

    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;
    std::optional<Error> problem() const override;

private:
    // A card, and the adapter that it has been made for: -1 for a new one.
    struct Entry {
        AdapterCard* card;
        int index;
    };

    void add(const NetworkAdapter& adapter, int index);
    void remove(AdapterCard* card);
    void arrange();
    void change();
    std::optional<Error> ruleBrokenBy(std::size_t number) const;

    std::set<quint16> m_taken;
    Definition m_before;
    std::vector<Entry> m_entries;
    QVBoxLayout* m_column;
    NoteLabel* m_none;
    QPushButton* m_add;
};

} // namespace platter
