// SPDX-License-Identifier: GPL-3.0-or-later
// What a test of the Boot tab stands on: the real window with a machine that has a disk with boot loaders on its
// EFI system partition, an empty disk, a DVD drive, a network adapter and two entries in its NVRAM, one of them for
// a file that is not there. One per test function.
#pragma once

#include "tests/gui/main_window/window_stage.h"
#include "ui/boot_editor/boot_editor.h"

#include <QTreeView>

namespace platter {

class BootStage {
public:
    // The Boot tab is in front and has read everything.
    BootStage();

    WindowStage& window() { return m_window; }

    BootEditor& editor() { return *m_window.find<BootEditor>("bootEditor"); }

    QTreeView& view() { return *editor().view(); }

    QString text(const char* label); // of a label in the tab
    QString cell(int row, int column);
    // First to last, by what the list calls them.
    QStringList tried();
    void select(int row);
    void click(const char* button);
    // The order as it is in NVRAM, by the entries' ids.
    QStringList stored();

private:
    WindowStage m_window;
};

} // namespace platter
