// SPDX-License-Identifier: GPL-3.0-or-later
// The QEMU command line that the machine runs with, or would: one option per line, as a shell takes it. GUI thread.
#pragma once

#include "ui/details/details_page.h"

namespace platter {

class CommandLinePage : public DetailsPage {
    Q_OBJECT

public:
    CommandLinePage();

protected:
    void refresh() override;

private:
    int m_question = 0; // answers to an older one are dropped
};

} // namespace platter
