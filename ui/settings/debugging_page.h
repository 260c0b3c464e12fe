// SPDX-License-Identifier: GPL-3.0-or-later
// What helps to debug a kernel, with the commands that connect to it. GUI thread; owned by the settings window.
#pragma once

#include "core/qemu/runtime_folder.h"
#include "ui/settings/settings_page.h"

class QCheckBox;

namespace platter {

class DebuggingPage : public SettingsPage {
    Q_OBJECT

public:
    explicit DebuggingPage(const RuntimeFolder& runtime);

    QString title() const override { return tr("Debugging"); }

    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;

private:
    QCheckBox* m_serial;
    QCheckBox* m_gdb;
};

} // namespace platter
