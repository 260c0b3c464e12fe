// SPDX-License-Identifier: GPL-3.0-or-later
// A page of the settings window: shows a part of a definition, and says what somebody has made of it. It writes
// nothing itself.
#pragma once

#include "core/error.h"
#include "core/machine/definition.h"

#include <QWidget>

#include <optional>

namespace platter {

class SettingsPage : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    // Its name in the list of pages.
    virtual QString title() const = 0;
    virtual void setDefinition(const Definition& definition) = 0;
    // Writes what is on the page into DEFINITION and leaves the rest of it alone.
    virtual void writeTo(Definition& definition) const = 0;

    // Why what is on the page cannot be used; nothing: it can.
    virtual std::optional<Error> problem() const { return {}; }

Q_SIGNALS:
    void edited();
};

} // namespace platter
