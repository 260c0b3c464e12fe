// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/new_vm/resources_page.h"

#include "ui/fields/field_message.h"
#include "ui/fields/processor_field.h"
#include "ui/fields/size_field.h"
#include "ui/note_label.h"

#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace platter {

ResourcesPage::ResourcesPage(MachineDraft& draft)
    : NewVmPage(draft, tr("Memory and processors"), tr("How much memory and how many processors?"))
    , m_needs(new NoteLabel)
    , m_memory(memoryField(draft.host().memory))
    , m_memoryMessage(new FieldMessage(m_memory->box()))
    , m_cpus(new ProcessorField(draft.host().cpus))
    , m_cpusMessage(new FieldMessage(m_cpus->box()))
{
    m_memory->box()->setObjectName(QStringLiteral("memory"));
    m_memoryMessage->setObjectName(QStringLiteral("memoryMessage"));
    m_cpus->box()->setObjectName(QStringLiteral("processors"));
    m_cpusMessage->setObjectName(QStringLiteral("processorsMessage"));

    auto* memoryLabel = new QLabel(tr("&Memory:"));
    memoryLabel->setBuddy(m_memory->box());
    auto* cpusLabel = new QLabel(tr("&Processors:"));
    cpusLabel->setBuddy(m_cpus->box());
    m_cpus->box()->setMinimumWidth(m_memory->box()->sizeHint().width());

    auto* whole = new QVBoxLayout(this);
    whole->setContentsMargins(24, 12, 24, 16);
    whole->setSpacing(4);
    whole->addWidget(m_needs);
    whole->addSpacing(16);
    whole->addWidget(memoryLabel);
    whole->addWidget(m_memory);
    whole->addWidget(m_memoryMessage);
    whole->addSpacing(16);
    whole->addWidget(cpusLabel);
    whole->addWidget(m_cpus);
    whole->addWidget(m_cpusMessage);
    whole->addStretch();

    addField({.message = m_memoryMessage,
        .own = [this](Tone) -> std::optional<Error> {
            const Result<ByteCount> memory = m_memory->size();
            return memory ? std::nullopt : std::optional(memory.error());
        },
        .about = {Choice::Memory},
        .otherwise = [this](FieldMessage& message) { sayMemory(message); }});
    addField({.message = m_cpusMessage, .about = {Choice::Processors}, .otherwise = [this](FieldMessage& message) {
                  const int cpus = this->draft().host().cpus;
                  message.say(FieldMessage::Kind::Note,
                      cpus == 1 ? tr("This computer has 1 processor.")
                                : tr("This computer has %1 processors.").arg(cpus));
              }});

    connect(m_memory, &SizeField::edited, this, &ResourcesPage::putMemory);
    connect(m_cpus, &ProcessorField::edited, this, &ResourcesPage::putCpus);
    enter();
}

void ResourcesPage::putMemory()
{
    Q_EMIT edited();
    if (const Result<ByteCount> memory = m_memory->size()) {
        draft().edit(Choice::Memory, [&](NewMachine& machine) { machine.memory = *memory; });
    } else {
        refresh();
    }
}

void ResourcesPage::putCpus()
{
    Q_EMIT edited();
    draft().edit(Choice::Processors, [&](NewMachine& machine) { machine.cpus = m_cpus->count(); });
}

void ResourcesPage::tellNeeds()
{
    const std::optional<InstallMedium>& medium = draft().medium();
    if (!medium || medium->osName.isEmpty() || medium->recommended.memory == ByteCount()) {
        m_needs->setText(tr("These values suit most systems. They can be changed while the machine is off."));
        return;
    }
    m_needs->setText(tr("%1 asks for %2 of memory. The values can be changed while the machine is off.")
            .arg(medium->osName, medium->recommended.memory.toString()));
}

void ResourcesPage::sayMemory(FieldMessage& message) const
{
    const ByteCount host = draft().host().memory;
    const ByteCount memory = draft().choices().memory;
    const std::optional<InstallMedium>& medium = draft().medium();
    if (memory.bytes() > host.bytes() / 4 * 3) {
        message.say(FieldMessage::Kind::Warning,
            tr("Of this computer's %1, only %2 is left for everything else: it may become slow.")
                .arg(host.toString(), ByteCount(host.bytes() - std::min(memory, host).bytes()).toString()));
    } else if (medium && memory < medium->recommended.memory) {
        message.say(FieldMessage::Kind::Warning,
            tr("That is less than %1 asks for; it may not install. This computer has %2.")
                .arg(medium->osName, host.toString()));
    } else {
        message.say(FieldMessage::Kind::Note, tr("This computer has %1.").arg(host.toString()));
    }
}

QString ResourcesPage::choice() const
{
    const NewMachine& machine = draft().choices();
    const QString memory = machine.memory.toString();
    return machine.cpus == 1 ? tr("%1, 1 CPU").arg(memory) : tr("%1, %2 CPUs").arg(memory).arg(machine.cpus);
}

void ResourcesPage::enter()
{
    const Result<ByteCount> typed = m_memory->size();
    // What is typed and no size is left to be mended.
    if (m_memory->box()->text().isEmpty() || (typed && *typed != draft().choices().memory)) {
        m_memory->setSize(draft().choices().memory);
    }
    m_cpus->setCount(draft().choices().cpus);
    tellNeeds();
    refresh();
}

QWidget* ResourcesPage::firstField() const
{
    return m_memory->box();
}

} // namespace platter
