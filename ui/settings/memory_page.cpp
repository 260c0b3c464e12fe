// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/memory_page.h"

#include "core/live/machine_settings.h"
#include "ui/fields/field_message.h"
#include "ui/fields/processor_field.h"
#include "ui/fields/size_field.h"

#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

namespace platter {

MemoryPage::MemoryPage(const HostResources& host)
    : m_host(host)
    , m_memory(memoryField(host.memory))
    , m_memoryMessage(new FieldMessage(m_memory->box()))
    , m_cpus(new ProcessorField(host.cpus))
    , m_cpusMessage(new FieldMessage(m_cpus->box()))
{
    m_memory->box()->setObjectName(QStringLiteral("memory"));
    m_memoryMessage->setObjectName(QStringLiteral("memoryMessage"));
    m_cpus->box()->setObjectName(QStringLiteral("processors"));
    m_cpus->box()->setMinimumWidth(m_memory->box()->sizeHint().width());
    m_cpusMessage->setObjectName(QStringLiteral("processorsMessage"));
    auto* memoryLabel = new QLabel(tr("&Memory:"));
    memoryLabel->setBuddy(m_memory->box());
    auto* cpusLabel = new QLabel(tr("&Processors:"));
    cpusLabel->setBuddy(m_cpus->box());

    auto* column = new QVBoxLayout(this);
    column->setSpacing(4);
    column->addWidget(memoryLabel);
    column->addWidget(m_memory);
    column->addWidget(m_memoryMessage);
    column->addSpacing(16);
    column->addWidget(cpusLabel);
    column->addWidget(m_cpus);
    column->addWidget(m_cpusMessage);
    column->addStretch();
    const auto change = [this] {
        tell();
        Q_EMIT edited();
    };
    connect(m_memory, &SizeField::edited, this, change);
    connect(m_cpus, &ProcessorField::edited, this, change);
}

void MemoryPage::setDefinition(const Definition& definition)
{
    m_before = definition;
    m_memory->setSize(definition.memory);
    m_cpus->setCount(definition.cpus);
    tell();
}

void MemoryPage::writeTo(Definition& definition) const
{
    definition.memory = m_memory->size().value_or(definition.memory);
    definition.cpus = m_cpus->count();
}

std::optional<Error> MemoryPage::memoryProblem() const
{
    const Result<ByteCount> memory = m_memory->size();
    if (!memory) {
        return memory.error();
    }
    Definition after = m_before;
    after.memory = *memory;
    const std::vector<Violation> broken = newViolations(m_before, after, m_host);
    return broken.empty() ? std::nullopt : std::optional(broken.front().error);
}

std::optional<Error> MemoryPage::processorProblem() const
{
    Definition after = m_before;
    after.cpus = m_cpus->count();
    const std::vector<Violation> broken = newViolations(m_before, after, m_host);
    return broken.empty() ? std::nullopt : std::optional(broken.front().error);
}

std::optional<Error> MemoryPage::problem() const
{
    const std::optional<Error> memory = memoryProblem();
    return memory ? memory : processorProblem();
}

void MemoryPage::tell()
{
    if (const std::optional<Error> memory = memoryProblem()) {
        m_memoryMessage->say({*memory});
    } else {
        m_memoryMessage->say(FieldMessage::Kind::Note, tr("This computer has %1.").arg(m_host.memory.toString()));
    }
    if (const std::optional<Error> processors = processorProblem()) {
        m_cpusMessage->say({*processors});
    } else {
        m_cpusMessage->say(FieldMessage::Kind::Note,
            m_host.cpus == 1 ? tr("This computer has 1 processor.")
                             : tr("This computer has %1 processors.").arg(m_host.cpus));
    }
}

} // namespace platter
