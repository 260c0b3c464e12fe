// SPDX-License-Identifier: GPL-3.0-or-later
// The actions in words, and why one is impossible with a disk. Pure functions.
#pragma once

#include "wizards/edit_disk/disk_look.h"
#include "wizards/edit_disk/disk_use.h"
#include "wizards/edit_disk/edit_request.h"

namespace platter {

inline constexpr EditAction allEditActions[] = {EditAction::Expand, EditAction::Shrink, EditAction::Compact,
    EditAction::Convert, EditAction::Migrate, EditAction::Flatten, EditAction::Reconnect, EditAction::Inspect,
    EditAction::Check, EditAction::Undo};

QString objectNameOf(EditAction action); // "expand"
QString titleOf(EditAction action); // "&Expand"
QString sentenceOf(EditAction action); // what it is good for
QString sentenceOf(EditAction action, const DiskLook& look); // with this disk
// Why it cannot be done, and what would help; nothing where it can.
std::optional<QString> obstacleTo(EditAction action, const DiskLook& look, const DiskUse& use);
bool needsOptions(EditAction action);
// The verb with its object, for the last page's button: "Expand to 80 GiB".
QString buttonFor(const EditRequest& request);

} // namespace platter
