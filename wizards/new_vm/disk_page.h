// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's first disk: a new image, an existing one, or none. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

class QButtonGroup;
class QComboBox;

namespace platter {

class FieldMessage;
class NoteLabel;
class PathField;
class RadioOption;
class SizeField;

class DiskPage : public NewVmPage {
    Q_OBJECT

public:
    explicit DiskPage(MachineDraft& draft);

    QString choice() const override;
    void enter() override;
    QWidget* firstField() const override;

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void buildNew(QButtonGroup& group);
    void buildExisting(QButtonGroup& group);
    DiskFormat format() const;
    QString newFile() const;
    void formatChanged();
    void showDefaultFile();
    void put();
    void saySpace(FieldMessage& message) const;
    void sayExisting(FieldMessage& message) const;

    RadioOption* m_new = nullptr;
    SizeField* m_size = nullptr;
    FieldMessage* m_sizeMessage = nullptr;
    QComboBox* m_format = nullptr;
    NoteLabel* m_formatNote = nullptr;
    PathField* m_file = nullptr;
    FieldMessage* m_fileMessage = nullptr;
    RadioOption* m_existing = nullptr;
    PathField* m_existingFile = nullptr;
    FieldMessage* m_existingMessage = nullptr;
    RadioOption* m_none = nullptr;
};

} // namespace platter
