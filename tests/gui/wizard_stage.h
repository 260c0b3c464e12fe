// SPDX-License-Identifier: GPL-3.0-or-later
// What a test of the New VM wizard stands on: a real store and library in a temporary folder, real ISOs, and the
// hands that click and type.
#pragma once

#include "../unit/media/image_maker.h"
#include "core/live/machine_library.h"
#include "core/places.h"
#include "core/qemu/accelerator.h"
#include "wizards/new_vm/new_vm_wizard.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace platter {

// The ISOs, made once per test program with the tools that make real ones.
class TestMedia {
public:
    // What went wrong; empty when nothing did.
    QString make();

    QString file(const QString& name) const { return m_maker.path(name); }

    QString debian() const { return file(QStringLiteral("debian.iso")); } // boots with UEFI

    QString bios() const { return file(QStringLiteral("bios.iso")); } // boots without

    QString dataOnly() const { return file(QStringLiteral("data.iso")); }

    QString windows() const { return file(QStringLiteral("windows.iso")); }

    QString sample() const { return file(QStringLiteral("sample.iso")); } // labelled as the sample guest

    QString drivers() const { return dataOnly(); }

private:
    ImageMaker m_maker;
};

// The pages, as the tests number them.
enum PageNumber {
    SystemPageNumber = 1,
    NamePageNumber,
    ResourcesPageNumber,
    DiskPageNumber,
    NetworkPageNumber,
    SummaryPageNumber
};

// One per test function.
class WizardStage {
public:
    // SAMPLE_GUEST is its ISO; empty: there is none.
    explicit WizardStage(const QString& sampleGuest = {});
    ~WizardStage();

    QString file(const QString& name) const { return m_folder.filePath(name); }

    MachineLibrary& library() { return *m_library; }

    // Shows a wizard; the functions below act on the newest one.
    NewVmWizard& open(const HostResources& host = {ByteCount::gibibytes(16), 8});

    NewVmWizard& wizard() const { return *m_wizards.back(); }

    void use(NewVmWizard& wizard);

    template <typename T>
    T* find(const char* name) const
    {
        T* found = wizard().findChild<T*>(QString::fromLatin1(name));
        if (!found) {
            qFatal("There is no %s in the wizard.", name);
        }
        return found;
    }

    void click(const char* button) const;
    void type(const char* field, const QString& text) const; // replaces what is there
    QString message(const char* name) const; // empty when it is not shown

    int page() const { return wizard().currentIndex() + 1; }

    // Presses Next and waits for the page after this one.
    bool next() const;
    // Presses Next until this page is shown.
    bool goTo(int page) const;
    // Presses Next and waits until the reason is on the page, and the focus at its field.
    bool isRefused(const char* field, const char* message, const QString& sentence) const;
    // Presses the last page's button and waits until the wizard has closed.
    bool finish() const;

    QString createdName;
    FirstStart createdStart = FirstStart::Later;

private:
    QTemporaryDir m_folder;
    Places m_places;
    std::unique_ptr<AcceleratorProbe> m_probe;
    std::unique_ptr<MachineLibrary> m_library;
    std::vector<std::unique_ptr<NewVmWizard>> m_wizards;
};

} // namespace platter
