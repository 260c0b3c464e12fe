// SPDX-License-Identifier: GPL-3.0-or-later
// The live conversation with QEMU over QMP: what was sent, what came back. GUI thread.
#pragma once

#include "ui/details/details_page.h"

namespace platter {

class QmpPage : public DetailsPage {
    Q_OBJECT

public:
    QmpPage();

protected:
    void refresh() override;
    void leave(MachineSession* old) override;
    void hideEvent(QHideEvent* event) override;

private:
    void add(const QString& line);
};

} // namespace platter
