// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's definition as the JSON that is on disk. GUI thread.
#pragma once

#include "ui/details/details_page.h"

namespace platter {

class DefinitionPage : public DetailsPage {
    Q_OBJECT

public:
    DefinitionPage();

protected:
    void refresh() override;
};

} // namespace platter
