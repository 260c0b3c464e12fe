// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/summary_page.h"

#include "ui/fields/field_message.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace platter {

SummaryPage::SummaryPage(MachineDraft& draft)
    : NewVmPage(draft, tr("Summary"), tr("This will be made"))
    , m_plan(new QPlainTextEdit)
    , m_copy(new QPushButton(tr("C&opy")))
    , m_copied(new FieldMessage)
    , m_start(new QCheckBox(tr("&Start it now")))
    , m_key(new QCheckBox(tr("&Press a key when the medium asks for one")))
    , m_message(new FieldMessage(m_plan))
{
    m_plan->setObjectName(QStringLiteral("plan"));
    m_plan->setAccessibleName(tr("What will be made"));
    m_plan->setReadOnly(true);
    m_plan->setTabChangesFocus(true);
    m_plan->setMinimumHeight(8 * fontMetrics().lineSpacing());
    // Moved through and selected in with the keyboard, too.
    m_plan->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_copy->setObjectName(QStringLiteral("copyPlan"));
    m_copy->setAccessibleName(tr("Copy what will be made"));
    m_start->setObjectName(QStringLiteral("startNow"));
    m_start->setChecked(true);
    m_key->setObjectName(QStringLiteral("answerKeyPrompt"));
    m_key->setToolTip(tr("Windows' medium starts only if a key is pressed within some seconds. Platter presses the "
                         "Return key until the medium is being read, at this first start only."));
    m_key->setChecked(true);
    m_message->setObjectName(QStringLiteral("summaryMessage"));

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_start);
    row->addStretch();
    row->addWidget(m_copied);
    row->addWidget(m_copy);
    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(12);
    whole->addWidget(m_plan, 1);
    whole->addWidget(m_message);
    whole->addLayout(row);
    whole->addWidget(m_key);

    addField({.message = m_message,
        .own = [this](Tone) { return m_failure; },
        .about = {Choice::Name, Choice::Place, Choice::Memory, Choice::Processors, Choice::Disk, Choice::Media,
            Choice::Network},
        .onProblem =
            [this](FieldMessage& message) {
                const Choice first = this->draft().assessment().problems.front().choice;
                message.offerFix(tr("Change it…"), [this, first] { Q_EMIT changeRequested(first); });
            }});
    connect(m_start, &QCheckBox::toggled, this, &SummaryPage::startsNowChanged);
    connect(m_start, &QCheckBox::toggled, this, &SummaryPage::offerKey);
    connect(m_copy, &QPushButton::clicked, this, &SummaryPage::copy);
    connect(&draft, &MachineDraft::assessed, this, &SummaryPage::showPlan);
    connect(&draft, &MachineDraft::changed, this, [this] { m_failure.reset(); });
}

bool SummaryPage::startsNow() const
{
    return m_start->isChecked();
}

bool SummaryPage::answersKeyPrompt() const
{
    return m_key->isVisibleTo(this) && m_key->isChecked() && startsNow();
}

void SummaryPage::offerKey()
{
    const std::optional<InstallMedium>& medium = draft().medium();
    m_key->setVisible(medium && medium->isWindows);
    m_key->setEnabled(startsNow());
}

void SummaryPage::showFailure(const Error& error)
{
    m_failure = error;
    refresh();
    // Most failures are problems that have appeared since: those name the choice to mend.
    draft().assessAgain();
}

void SummaryPage::showPlan()
{
    if (m_failure && !draft().assessment().problems.empty()) {
        m_failure.reset();
        refresh();
    }
    const QString plan = draft().assessment().plan;
    if (!plan.isEmpty() && plan != m_plan->toPlainText()) {
        m_plan->setPlainText(plan);
    }
}

void SummaryPage::copy()
{
    QGuiApplication::clipboard()->setText(m_plan->toPlainText());
    m_copied->say(FieldMessage::Kind::Good, tr("Copied"));
}

QString SummaryPage::choice() const
{
    return {};
}

void SummaryPage::enter()
{
    m_copied->clear();
    showPlan();
    offerKey();
    refresh();
}

QWidget* SummaryPage::firstField() const
{
    return m_start;
}

Leave SummaryPage::tryLeave()
{
    // Trying again is what the button is for.
    m_failure.reset();
    return NewVmPage::tryLeave();
}

} // namespace platter
