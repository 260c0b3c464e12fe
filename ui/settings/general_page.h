// SPDX-License-Identifier: GPL-3.0-or-later
// Notes, and whether the machine starts with its user's session. GUI thread; owned by the settings window.
#pragma once

#include "ui/settings/settings_page.h"

class QCheckBox;
class QPlainTextEdit;

namespace platter {

class GeneralPage : public SettingsPage {
    Q_OBJECT

public:
    GeneralPage();

    QString title() const override { return tr("General"); }

    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;

private:
    QPlainTextEdit* m_notes;
    QCheckBox* m_startsWithSession;
};

} // namespace platter
