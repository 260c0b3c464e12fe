// SPDX-License-Identifier: GPL-3.0-or-later
// Reconnect: where the parent is. GUI thread; owned by the options page.
#pragma once

#include "wizards/edit_disk/edit_options.h"

namespace platter {

class FieldMessage;
class NoteLabel;
class PathField;

class ReconnectOptions : public EditOptions {
    Q_OBJECT

public:
    explicit ReconnectOptions(EditDraft& draft);

    QString title() const override;
    QString choice() const override;
    void reset() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    void take();

    NoteLabel* m_known;
    PathField* m_parent;
    FieldMessage* m_message;
};

} // namespace platter
