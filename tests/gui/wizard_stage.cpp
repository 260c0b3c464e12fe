// SPDX-License-Identifier: GPL-3.0-or-later
#include "wizard_stage.h"

#include "core/media/install_medium.h"
#include "ui/fields/field_message.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QDir>
#include <QLineEdit>
#include <QSettings>

#include <algorithm>

namespace platter {

namespace {

constexpr int patience = 20000; // sanitizers on a busy machine

}

QString TestMedia::make()
{
    const QStringList efi{QStringLiteral("-e"), QStringLiteral("efi.img"), QStringLiteral("-no-emul-boot")};
    const QStringList bios{QStringLiteral("-b"), QStringLiteral("bios.bin"), QStringLiteral("-no-emul-boot"),
        QStringLiteral("-boot-load-size"), QStringLiteral("4")};
    const QStringList microsoft{QStringLiteral("-publisher"), QStringLiteral("MICROSOFT CORPORATION")};
    const auto labelled = [](const QString& label) { return QStringList{QStringLiteral("-V"), label}; };
    QString fault = m_maker.write(QStringLiteral("disc/bios.bin"), QByteArray(2048, '\x90'));
    const auto add = [&](const QString& name, const QStringList& options) {
        if (fault.isEmpty()) {
            fault = m_maker.makeIso(name, options);
        }
    };
    if (fault.isEmpty()) {
        fault = m_maker.makeFat(QStringLiteral("disc/efi.img"), 1440, {},
            {{QStringLiteral("EFI/BOOT/BOOTX64.EFI"), QByteArray("MZ").append(20000, 'x')}});
    }
    add(QStringLiteral("debian.iso"), labelled(QStringLiteral("Debian 13.0.0 amd64 n")) + efi);
    add(QStringLiteral("windows.iso"), labelled(QStringLiteral("CCCOMA_X64FRE_EN-US_DV9")) + microsoft + efi);
    add(QStringLiteral("sample.iso"), labelled(QString::fromLatin1(sampleGuestLabel)) + efi);
    add(QStringLiteral("bios.iso"), labelled(QStringLiteral("OLD")) + bios);
    add(QStringLiteral("data.iso"), labelled(QStringLiteral("DATA")));
    return fault;
}

WizardStage::WizardStage(const QString& sampleGuest)
{
    // What is remembered, and what lies in the user's downloads, is the test's own.
    QCoreApplication::setOrganizationName(QStringLiteral("platter-test"));
    QCoreApplication::setApplicationName(QStringLiteral("platter-test"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, file(QStringLiteral("settings")));
    qputenv("HOME", QFile::encodeName(m_folder.path()));
    for (const char* folder : {"machines", "runtime", "cache"}) {
        QDir(m_folder.path()).mkdir(QString::fromLatin1(folder));
    }
    m_places.machines = file(QStringLiteral("machines"));
    m_places.runtime = file(QStringLiteral("runtime"));
    m_places.cache = file(QStringLiteral("cache"));
    m_places.firmwareDescriptors = {QStringLiteral("/usr/share/qemu/firmware")};
    m_places.sampleGuest = sampleGuest.isEmpty() ? file(QStringLiteral("no-sample.iso")) : sampleGuest;
    m_probe = std::make_unique<AcceleratorProbe>(m_places.cache);
    m_library = std::make_unique<MachineLibrary>(m_places, *m_probe);
}

WizardStage::~WizardStage() = default;

NewVmWizard& WizardStage::open(const HostResources& host)
{
    auto wizard = std::make_unique<NewVmWizard>(*m_library, m_places, host);
    QObject::connect(
        wizard.get(), &NewVmWizard::created, wizard.get(), [this](const QString& name, FirstStart start) {
            createdName = name;
            createdStart = start;
        });
    wizard->show();
    wizard->activateWindow();
    m_wizards.push_back(std::move(wizard));
    if (!QTest::qWaitForWindowActive(m_wizards.back().get())) {
        qFatal("The wizard was not shown.");
    }
    return *m_wizards.back();
}

void WizardStage::use(NewVmWizard& wizard)
{
    const auto place = std::ranges::find(m_wizards, &wizard, &std::unique_ptr<NewVmWizard>::get);
    std::iter_swap(place, m_wizards.end() - 1);
    wizard.activateWindow();
}

void WizardStage::click(const char* button) const
{
    auto* found = find<QAbstractButton>(button);
    if (!found->isVisible() || !found->isEnabled()) {
        qFatal("%s cannot be clicked.", button);
    }
    QTest::mouseClick(found, Qt::LeftButton, {}, QPoint(8, found->height() / 2));
}

void WizardStage::type(const char* field, const QString& text) const
{
    auto* widget = find<QWidget>(field);
    if (!widget->isVisible() || !widget->isEnabled()) {
        qFatal("%s cannot be typed into.", field);
    }
    widget->setFocus();
    if (auto* edit = qobject_cast<QLineEdit*>(widget)) {
        edit->selectAll();
    } else if (auto* box = qobject_cast<QAbstractSpinBox*>(widget)) {
        box->selectAll();
    }
    if (text.isEmpty()) {
        QTest::keyClick(widget, Qt::Key_Delete);
    } else {
        for (const QChar character : text) {
            // Qt Test's keyClicks() knows ASCII only.
            QTest::sendKeyEvent(QTest::Click, widget, Qt::Key_unknown, character, Qt::NoModifier);
        }
    }
}

QString WizardStage::message(const char* name) const
{
    const auto* found = find<FieldMessage>(name);
    return found->isShowing() && found->isVisible() ? found->text() : QString();
}

bool WizardStage::next() const
{
    const int before = page();
    click("next");
    if (!QTest::qWaitFor([&] { return page() == before + 1; }, patience)) {
        qWarning("Next did not leave page %d.", before);
        return false;
    }
    return true;
}

bool WizardStage::goTo(int wanted) const
{
    while (page() < wanted) {
        if (!next()) {
            return false;
        }
    }
    return page() == wanted;
}

bool WizardStage::isRefused(const char* field, const char* messageName, const QString& sentence) const
{
    const int before = page();
    const auto* widget = find<QWidget>(field);
    // The focus goes back to the field only once the wizard has decided to stay.
    find<QWidget>("next")->setFocus();
    click("next");
    const bool said = QTest::qWaitFor(
        [&] { return message(messageName).contains(sentence) && wizard().focusWidget() == widget; }, patience);
    if (!said) {
        qWarning("%s says: “%s”; page %d, the focus is at %s.", messageName, qPrintable(message(messageName)),
            page(), wizard().focusWidget() ? qPrintable(wizard().focusWidget()->objectName()) : "nothing");
    }
    return said && page() == before && find<QWidget>("next")->isEnabled()
        && widget->accessibleDescription().contains(sentence);
}

bool WizardStage::finish() const
{
    click("next");
    if (!QTest::qWaitFor([&] { return !wizard().isVisible(); }, patience)) {
        qWarning("Not made: “%s”", qPrintable(message("summaryMessage")));
        return false;
    }
    return true;
}

} // namespace platter
