// SPDX-License-Identifier: GPL-3.0-or-later
// The new size for Expand and Shrink: typed exactly or dragged on the picture, both at once. GUI thread; owned by
// the options page.
#pragma once

#include "wizards/edit_disk/edit_options.h"

class QCheckBox;
class QLabel;

namespace platter {

class DiskPicture;
class FieldMessage;
class NoteLabel;
class SizeBox;

class ResizeOptions : public EditOptions {
    Q_OBJECT

public:
    ResizeOptions(EditDraft& draft, EditAction action);

    QString title() const override;
    QString choice() const override;
    void reset() override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    bool grows() const { return m_action == EditAction::Expand; }

    std::optional<Error> problem() const;
    ByteCount suggestion() const;
    void take(ByteCount size);
    void followBox();
    void refresh();
    void askGuest();
    void takeGuestsAnswer(const Result<GuestVolume>& volume);

    EditAction m_action;
    DiskPicture* m_picture;
    SizeBox* m_box;
    QLabel* m_difference;
    FieldMessage* m_message;
    NoteLabel* m_limits;
    QCheckBox* m_sure;
    QCheckBox* m_gpt;
    QCheckBox* m_grow;
    FieldMessage* m_guest;
    bool m_wantsGrowth = true; // whether or not it can be had
    int m_asked = 0; // of the answers of the guest, the last question's counts
};

} // namespace platter
