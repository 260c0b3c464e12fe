// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine has for its guest: the agent's channel. GUI thread; owned by the settings window.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;

namespace platter {

class GuestPage : public SettingsPage {
    Q_OBJECT

public:
    GuestPage();

    QString title() const override { return tr("Guest"); }

    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;

private:
    QCheckBox* m_agent;
};

} // namespace platter
