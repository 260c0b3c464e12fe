// SPDX-License-Identifier: GPL-3.0-or-later
// Convert: the new image's format and place, what the conversion cannot do, the partition map. GUI thread; owned by
// the options page.
#pragma once

#include "wizards/edit_disk/edit_options.h"

class QCheckBox;

namespace platter {

class DiskPicture;
class FieldMessage;
class NewImageFields;

class ConvertOptions : public EditOptions {
    Q_OBJECT

public:
    explicit ConvertOptions(EditDraft& draft);

    QString title() const override;
    QString choice() const override;
    void reset() override;
    void enter() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    void sayWhetherItBoots();

    NewImageFields* m_image;
    QCheckBox* m_verify;
    DiskPicture* m_picture;
    FieldMessage* m_boot;
};

} // namespace platter
