// SPDX-License-Identifier: GPL-3.0-or-later
// The firmware's page of the settings window: whose boot loaders it starts, with the keys in words, its TPM and its
// menu. What concerns NVRAM is done at once, after a question, and not with the rest of the page: enrolling own
// keys, and resetting the variables. NVRAM is read and written in worker threads. GUI thread; owned by the settings
// window.
#pragma once

#include "core/boot/secure_boot.h"
#include "core/places.h"
#include "ui/settings/settings_page.h"

class QButtonGroup;
class QCheckBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace platter {

class NoteLabel;

class FirmwarePage : public SettingsPage {
    Q_OBJECT

public:
    // Of the machine that is called so.
    FirmwarePage(const QString& machine, const Places& places, QWidget* parent = nullptr);

    QString title() const override;
    void setDefinition(const Definition& definition) override;
    void writeTo(Definition& definition) const override;
    std::optional<Error> problem() const override;

Q_SIGNALS:
    // Keys were enrolled, and with them this is in the definition.
    void written(const platter::FirmwareSettings& settings);
    void failed(const QString& machine, const platter::Error& error);

private:
    QCheckBox* addBox(QVBoxLayout* column, const QString& text, const QString& explanation, const char* name);
    SecureBoot mode() const;
    void readKeys();
    void showKeys(const Result<SecureBootKeys>& keys);
    void chooseKeys();
    void enroll(const OwnKeys& keys);
    void reset();

    QString m_machine;
    Places m_places;
    Definition m_definition; // as it was given
    QButtonGroup* m_modes = nullptr;
    QLabel* m_keys = nullptr;
    QPushButton* m_enroll = nullptr;
    QPushButton* m_reset = nullptr;
    QCheckBox* m_tpm = nullptr;
    QCheckBox* m_menu = nullptr;
    NoteLabel* m_note = nullptr;
    int m_look = 0; // counts, so that a late answer is known as one
    std::optional<Error> m_error; // why there are no keys
};

} // namespace platter
