// SPDX-License-Identifier: GPL-3.0-or-later
// Memory and processors, beside what the system asks for and what the host has. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

namespace platter {

class FieldMessage;
class NoteLabel;
class ProcessorField;
class SizeField;

class ResourcesPage : public NewVmPage {
    Q_OBJECT

public:
    explicit ResourcesPage(MachineDraft& draft);

    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;

private:
    void putMemory();
    void putCpus();
    void tellNeeds();
    void sayMemory(FieldMessage& message) const;

    NoteLabel* m_needs;
    SizeField* m_memory;
    FieldMessage* m_memoryMessage;
    ProcessorField* m_cpus;
    FieldMessage* m_cpusMessage;
};

} // namespace platter
