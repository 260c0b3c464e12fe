// SPDX-License-Identifier: GPL-3.0-or-later
// What the wizard's pages say of a disk, of the machine that has it, and of a plan. Pure functions.
#pragma once

#include "core/disk/disk_operation.h"
#include "wizards/edit_disk/disk_look.h"
#include "wizards/edit_disk/disk_use.h"
#include "wizards/edit_disk/edit_request.h"

namespace platter {

// "VHDX, dynamic. 40 GiB, of which 11.2 GiB on the host." and whether it boots, a line each.
QString factsOf(const DiskInspection& disk);

// Which parent in the chain is not there, and what to do; IMAGE has lost one.
QString lostParentSentence(const ImageDetails& image);

// "It is disk 0:0 of the machine “x”, which is off."
QString useSentence(const DiskUse& use);

// Whether the machine's guest is to grow as well.
bool growsInGuest(const EditRequest& request, const DiskUse& use);

// The plan in words that can be copied: what happens, to the machine too, how long it takes, what space it needs,
// what is left to do in the guest. FREE is what the file system has that the space is needed on.
QString planText(const EditRequest& request, const DiskLook& look, const DiskUse& use, const QString& title,
    const OperationPlan& plan, ByteCount free);

} // namespace platter
