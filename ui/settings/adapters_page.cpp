// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/adapters_page.h"

#include "core/live/machine_settings.h"
#include "ui/note_label.h"
#include "ui/settings/adapter_card.h"

#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace platter {

namespace {

constexpr std::size_t mostAdapters = 8;

} // namespace

AdaptersPage::AdaptersPage(std::set<quint16> taken)
    : m_taken(std::move(taken))
    , m_column(new QVBoxLayout(this))
    , m_none(new NoteLabel(tr("The machine has no network adapter.")))
    , m_add(new QPushButton(tr("&Add an adapter")))
{
    m_add->setObjectName(QStringLiteral("addAdapter"));
    m_add->setAutoDefault(false);
    m_column->setSpacing(12);
    m_column->addWidget(m_none);
    m_column->addWidget(m_add, 0, Qt::AlignLeft);
    m_column->addStretch();
    connect(m_add, &QPushButton::clicked, this, [this] {
        add({.mac = randomMac()}, -1);
        change();
        m_entries.back().card->begin();
    });
}

void AdaptersPage::setDefinition(const Definition& definition)
{
    m_before = definition;
    for (const Entry& entry : std::exchange(m_entries, {})) {
        entry.card->hide();
        entry.card->deleteLater();
    }
    for (int index = 0; index < std::ssize(definition.adapters); ++index) {
        add(definition.adapters[std::size_t(index)], index);
    }
    arrange();
}

void AdaptersPage::add(const NetworkAdapter& adapter, int index)
{
    auto* card = new AdapterCard(m_taken);
    m_column->insertWidget(int(m_entries.size()), card);
    card->show(); // the layout would do it later, and what is hidden takes no focus
    card->setAdapter(adapter);
    card->tell({});
    m_entries.push_back({card, index});
    connect(card, &AdapterCard::edited, this, &AdaptersPage::change);
    connect(card, &AdapterCard::removeRequested, this, [this, card] { remove(card); });
}

void AdaptersPage::remove(AdapterCard* card)
{
    std::erase_if(m_entries, [card](const Entry& entry) { return entry.card == card; });
    m_add->setFocus(Qt::OtherFocusReason);
    // It may be handling the click.
    card->hide();
    card->deleteLater();
    change();
}

void AdaptersPage::arrange()
{
    // The cards are made after the button below them, whose place in the tab order they take.
    QWidget* before = m_add;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        m_entries[i].card->setNumber(int(i));
        before = m_entries[i].card->continueTabOrder(before);
    }
    if (!m_entries.empty()) {
        setTabOrder(before, m_add);
    }
    m_none->setVisible(m_entries.empty());
    m_add->setEnabled(m_entries.size() < mostAdapters);
    m_add->setToolTip(m_add->isEnabled() ? QString() : tr("A machine can have %1 adapters.").arg(mostAdapters));
}

void AdaptersPage::change()
{
    arrange();
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        m_entries[i].card->tell(ruleBrokenBy(i));
    }
    Q_EMIT edited();
}

void AdaptersPage::writeTo(Definition& definition) const
{
    // Those that are gone first, the last before the others: their places in the boot order go with them.
    for (int index = int(definition.adapters.size()) - 1; index >= 0; --index) {
        if (std::ranges::find(m_entries, index, &Entry::index) == m_entries.end()) {
            removeAdapter(definition, {index});
        }
    }
    definition.adapters.resize(m_entries.size());
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        definition.adapters[i] = m_entries[i].card->adapter();
    }
}

// The first rule that the adapters up to this one break, and without it do not.
std::optional<Error> AdaptersPage::ruleBrokenBy(std::size_t number) const
{
    Definition before = m_before;
    Definition after = m_before;
    before.adapters.clear();
    after.adapters.clear();
    before.bootOrder.clear();
    after.bootOrder.clear();
    for (std::size_t i = 0; i <= number; ++i) {
        after.adapters.push_back(m_entries[i].card->adapter());
        if (i < number) {
            before.adapters.push_back(after.adapters.back());
        }
    }
    const std::vector<Violation> broken = newViolations(before, after, HostResources::ofThisHost());
    return broken.empty() ? std::nullopt : std::optional(broken.front().error);
}

std::optional<Error> AdaptersPage::problem() const
{
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (const std::optional<Error> own = m_entries[i].card->problem()) {
            return own;
        }
        if (const std::optional<Error> broken = ruleBrokenBy(i)) {
            return broken;
        }
    }
    return std::nullopt;
}

} // namespace platter
