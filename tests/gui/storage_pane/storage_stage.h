// SPDX-License-Identifier: GPL-3.0-or-later
// What a test of the storage pane stands on: a machine in the real window with images made by the tools that people
// use, and the hands that find its drives. One per test function.
#pragma once

#include "tests/gui/main_window/window_stage.h"
#include "ui/storage_pane/storage_view.h"

namespace platter {

class StorageStage {
public:
    WindowStage& window() { return m_window; }

    // A disk of 2 GiB with a GPT: ESP, ext4 "system", swap; then free space. NAME ends in .raw, .qcow2 or .vhdx.
    QString makeDisk(const QString& name);

    QString file(const QString& name) const { return m_window.file(name); }

    // The machine "m" with these drives, its Storage tab in front.
    void show(const std::vector<Drive>& drives, int controllers = 1);
    void change(const std::function<void(Definition& definition)>& edit);

    StorageView* view();
    StorageModel* model();
    const DriveCard* card(SlotId slot); // null: the pane has no such drive
    void select(SlotId slot);
    // Presses a key in the view.
    void press(Qt::Key key);
    QString details();

private:
    WindowStage m_window;
};

} // namespace platter
