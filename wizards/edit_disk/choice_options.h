// SPDX-License-Identifier: GPL-3.0-or-later
// The options that are one choice between two ways: Compact, Flatten, Check. GUI thread; owned by the options page.
#pragma once

#include "wizards/edit_disk/edit_options.h"

namespace platter {

class DiskPicture;
class RadioOption;

class ChoiceOptions : public EditOptions {
    Q_OBJECT

public:
    // ACTION: Compact, Flatten or Check.
    ChoiceOptions(EditDraft& draft, EditAction action);

    QString title() const override;
    QString choice() const override;
    void reset() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    void take();

    EditAction m_action;
    bool EditRequest::* m_option; // what the second way means
    RadioOption* m_first;
    RadioOption* m_second;
    DiskPicture* m_picture;
};

} // namespace platter
