// SPDX-License-Identifier: GPL-3.0-or-later
// A command to be copied into a terminal. GUI thread; owned by its parent.
#pragma once

#include <QWidget>

namespace platter {

class CommandField : public QWidget {
    Q_OBJECT

public:
    // NAME says what the command does, for screen readers.
    CommandField(const QString& name, const QString& command);
};

} // namespace platter
