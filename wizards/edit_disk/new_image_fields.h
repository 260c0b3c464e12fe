// SPDX-License-Identifier: GPL-3.0-or-later
// Format and place of an image that is made from the disk, and what is wrong with either. Keeps the draft's target.
// GUI thread; owned by the options that ask for it.
#pragma once

#include "wizards/edit_disk/edit_draft.h"
#include "wizards/wizard_page.h"

class QComboBox;
class QFormLayout;

namespace platter {

class FieldMessage;
class PathField;

class NewImageFields : public QWidget {
    Q_OBJECT

public:
    // ENDING: what the proposed name has behind the source's.
    NewImageFields(EditDraft& draft, const QString& ending);

    ImageTarget format() const;
    QString fileName() const;

    // For more rows.
    QFormLayout* form() const { return m_form; }

    // The disk is another one: FIRST is proposed, and a name beside it.
    void reset(ImageTarget first);
    // What the disk in the image is going to be.
    void setShape(const DiskShape& shape);
    // Puts them into the draft, which may hold another action's target.
    void take();
    QWidget* firstField() const;
    Leave tryLeave();

Q_SIGNALS:
    void edited(); // by the user

private:
    void suggestTarget();
    void sayWhatTheFormatCannotDo();
    std::optional<Error> problem() const;

    EditDraft& m_draft;
    QString m_ending;
    QFormLayout* m_form;
    QComboBox* m_format;
    FieldMessage* m_formatMessage;
    PathField* m_target;
    FieldMessage* m_targetMessage;
    DiskShape m_shape;
    bool m_ownTarget = false; // the user's
};

} // namespace platter
