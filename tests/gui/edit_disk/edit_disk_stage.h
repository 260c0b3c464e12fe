// SPDX-License-Identifier: GPL-3.0-or-later
// What a test of the Edit Disk wizard stands on: a real store and library in a temporary folder, real images made
// by the tools that people use and by the engine, and the keyboard. One per test function.
#pragma once

#include "core/live/machine_library.h"
#include "core/places.h"
#include "core/qemu/accelerator.h"
#include "ui/jobs/job_list.h"
#include "wizards/edit_disk/edit_disk_wizard.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

namespace platter {

enum EditPage { FilePageNumber, ActionPageNumber, OptionsPageNumber, PlanPageNumber, ResultPageNumber };

class EditDiskStage {
public:
    EditDiskStage();
    ~EditDiskStage();

    QString file(const QString& name) const { return m_folder.filePath(name); }

    // A disk of 2 GiB with a GPT: ESP, ext4 "system", swap; then free space. NAME ends in .raw or .vhdx.
    QString makeDisk(const QString& name);
    // A VHD of 64 MiB with an MBR and a Linux partition.
    QString makeMbrVhd(const QString& name);
    // A machine "m" with the image as its disk 0:0.
    void addMachine(const QString& name, const QString& image, DiskFormat format);

    MachineLibrary& library() { return *m_library; }

    JobList& jobs() { return m_jobs; }

    EditDiskWizard& open(const QString& image = {});

    EditDiskWizard& wizard() const { return *m_wizard; }

    template <typename T>
    T* find(const char* name) const
    {
        T* found = wizard().findChild<T*>(QString::fromLatin1(name));
        if (!found) {
            qFatal("There is no %s in the wizard.", name);
        }
        return found;
    }

    QString message(const char* name) const; // empty when it is not shown
    QString plan() const;

    int page() const { return wizard().currentIndex(); }

    // Key presses go to what has the focus.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) const;
    void type(const QString& text) const; // replaces what is in the field with the focus
    // Presses Enter and waits for this page.
    bool enterTo(int page) const;
    // From the first page on: chooses the action by its mnemonic.
    bool choose(Qt::Key mnemonic, int page) const;
    // The plan is there, or why there is none.
    bool isPlanned() const;
    // The last page's button by Enter, and the end of the work.
    bool finish() const;

private:
    QTemporaryDir m_folder{QStringLiteral("/tmp/platter-edit-XXXXXX")}; // short: unix sockets live in it
    Places m_places;
    std::unique_ptr<AcceleratorProbe> m_probe;
    std::unique_ptr<MachineLibrary> m_library;
    JobList m_jobs;
    std::unique_ptr<EditDiskWizard> m_wizard;
};

} // namespace platter
