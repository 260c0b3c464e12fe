// SPDX-License-Identifier: GPL-3.0-or-later
// Convert: the new image's format and place, what the conversion cannot do, the partition map. GUI thread; owned by
// the options page.
#pragma once

#include "wizards/edit_disk/edit_options.h"

class QCheckBox;
class QComboBox;

namespace platter {

class DiskPicture;
class FieldMessage;
class PathField;

class ConvertOptions : public EditOptions {
    Q_OBJECT

public:
    explicit ConvertOptions(EditDraft& draft);

    QString title() const override;
    QString choice() const override;
    void reset() override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

private:
    ImageTarget format() const;
    void suggestTarget();
    void takeTarget();
    void sayWhatItCannotDo();
    std::optional<Error> problem() const;

    QComboBox* m_format;
    FieldMessage* m_formatMessage;
    PathField* m_target;
    FieldMessage* m_targetMessage;
    QCheckBox* m_verify;
    DiskPicture* m_picture;
    FieldMessage* m_boot;
    bool m_ownTarget = false; // the user's
};

} // namespace platter
