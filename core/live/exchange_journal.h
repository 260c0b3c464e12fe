// SPDX-License-Identifier: GPL-3.0-or-later
// exchange.json in the runtime folder: an exchange of a disk's image that is under way, for whoever comes next when
// the program that does it dies. It says what the graph cannot: whether the guest is to run on. Values and short
// blocking functions; any thread, under the graph's turn.
#pragma once

#include "core/machine/definition.h"
#include "core/qemu/runtime_folder.h"

namespace platter {

struct ExchangeJournal {
    SlotId slot;
    DiskDrive disk;
    bool resume = true; // the guest ran, and is to
    // Why the last attempt to put the image back failed; the guest stands still.
    std::optional<Error> trouble = {};

    // Nothing when there is none or it cannot be read.
    static std::optional<ExchangeJournal> read(const RuntimeFolder& runtime);
    // Atomic.
    Result<void> write(const RuntimeFolder& runtime) const;
    static void remove(const RuntimeFolder& runtime);
};

} // namespace platter
