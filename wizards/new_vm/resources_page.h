// SPDX-License-Identifier: GPL-3.0-or-later
// Memory and processors, beside what the system asks for and what the host has. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

class QSlider;
class QSpinBox;

namespace platter {

class FieldMessage;
class NoteLabel;
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
    void putCpus(int cpus);
    void tellNeeds();
    void sayMemory(FieldMessage& message) const;

    NoteLabel* m_needs;
    SizeField* m_memory;
    FieldMessage* m_memoryMessage;
    QSpinBox* m_cpus;
    QSlider* m_cpuSlider;
    FieldMessage* m_cpusMessage;
};

} // namespace platter
