// SPDX-License-Identifier: GPL-3.0-or-later
// Memory and processors, beside what the host has. GUI thread; owned by the settings window.
#pragma once

#include "core/machine/rules.h"
#include "ui/settings/settings_page.h"

namespace platter {

class FieldMessage;
class ProcessorField;
class SizeField;

class MemoryPage : public SettingsPage {
    Q_OBJECT

public:
    explicit MemoryPage(const HostResources& host);

    QString title() const override { return tr("Memory and processors"); }

    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;
    std::optional<Error> problem() const override;

private:
    std::optional<Error> memoryProblem() const;
    std::optional<Error> processorProblem() const;
    void tell();

    HostResources m_host;
    Definition m_before;
    SizeField* m_memory;
    FieldMessage* m_memoryMessage;
    ProcessorField* m_cpus;
    FieldMessage* m_cpusMessage;
};

} // namespace platter
