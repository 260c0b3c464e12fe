// SPDX-License-Identifier: GPL-3.0-or-later
// Migrate to UEFI: the copy's format, place and size, and a picture of what it will be. GUI thread; owned by the
// options page.
#pragma once

#include "wizards/edit_disk/edit_options.h"

namespace platter {

class DiskPicture;
class FieldMessage;
class NewImageFields;
class SizeBox;

class MigrateOptions : public EditOptions {
    Q_OBJECT

public:
    explicit MigrateOptions(EditDraft& draft);

    QString title() const override;
    QString choice() const override;
    void reset() override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    void take();

    NewImageFields* m_image;
    SizeBox* m_size;
    FieldMessage* m_sizeMessage;
    DiskPicture* m_picture;
    ByteCount m_least; // what the copy needs
};

} // namespace platter
