// SPDX-License-Identifier: GPL-3.0-or-later
// The video adapter. GUI thread; owned by the settings window.
#pragma once

#include "ui/settings/settings_page.h"

class QRadioButton;

namespace platter {

class DisplayPage : public SettingsPage {
    Q_OBJECT

public:
    DisplayPage();

    QString title() const override { return tr("Display"); }

    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;

private:
    QRadioButton* m_standard;
    QRadioButton* m_virtio;
};

} // namespace platter
