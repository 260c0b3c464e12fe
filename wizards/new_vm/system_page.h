// SPDX-License-Identifier: GPL-3.0-or-later
// How the system gets onto the machine: from an ISO, which is examined as soon as it is chosen, from Platter's
// sample guest, from the network, or later. GUI thread; owned by the wizard.
#pragma once

#include "wizards/new_vm/new_vm_page.h"

class QButtonGroup;
class QCheckBox;

namespace platter {

class FieldMessage;
class MediumInspection;
class NoteLabel;
class PathField;
class RadioOption;

class SystemPage : public NewVmPage {
    Q_OBJECT

public:
    // SAMPLE_GUEST is its ISO's path; it may not exist.
    SystemPage(MachineDraft& draft, QString sampleGuest);

    // As if the user had chosen this ISO.
    void setMedium(const QString& iso);
    // The machine was made: its ISO is offered next time.
    void remember() const;

    QString choice() const override;
    QWidget* firstField() const override;
    Leave tryLeave() override;

protected:
    bool isLooking() override;
    bool lookAgain() override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void buildIso(QButtonGroup& group);
    void buildDrivers();
    void buildNetwork(QButtonGroup& group);
    void choose(const QString& iso, bool complete);
    void follow(bool complete);
    void examined();
    void putMedia();
    bool isRefused() const; // the ISO cannot start a machine, and is not wanted anyway
    std::optional<Error> isoError(Tone tone) const;
    void sayIso(FieldMessage& message) const;
    void putNetworkBoot();
    void sayNetwork(FieldMessage& message) const;

    QString m_sampleGuest;
    MediumInspection* m_inspection;
    RadioOption* m_iso = nullptr;
    PathField* m_isoFile = nullptr;
    FieldMessage* m_isoMessage = nullptr;
    QCheckBox* m_anyway = nullptr;
    QWidget* m_drivers = nullptr;
    QCheckBox* m_addDrivers = nullptr;
    PathField* m_driversFile = nullptr;
    FieldMessage* m_driversMessage = nullptr;
    RadioOption* m_sample = nullptr;
    FieldMessage* m_sampleMessage = nullptr;
    RadioOption* m_network = nullptr;
    PathField* m_netbootFolder = nullptr;
    FieldMessage* m_networkMessage = nullptr;
    Result<NetworkBoot> m_netboot = NetworkBoot{}; // what is in the folder
    RadioOption* m_later = nullptr;
    bool m_dragging = false;
};

} // namespace platter
