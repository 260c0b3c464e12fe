// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizards/wizard_page.h"

namespace platter {

WizardPage::WizardPage(QString step, QString title)
    : m_step(std::move(step))
    , m_title(std::move(title))
{
}

WizardPage::~WizardPage() = default;

} // namespace platter
