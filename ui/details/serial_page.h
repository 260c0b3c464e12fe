// SPDX-License-Identifier: GPL-3.0-or-later
// What the guest says on its first serial line, followed while it is shown. GUI thread.
#pragma once

#include "ui/details/details_page.h"
#include "ui/details/file_tail.h"
#include "ui/details/terminal_text.h"

namespace platter {

class SerialPage : public DetailsPage {
    Q_OBJECT

public:
    SerialPage();

protected:
    void refresh() override;
    void hideEvent(QHideEvent* event) override;

private:
    void sayWhere(); // the file, and that nothing is in it yet

    FileTail m_tail;
    TerminalText m_text;
};

} // namespace platter
