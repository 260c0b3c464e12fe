// SPDX-License-Identifier: GPL-3.0-or-later
// All that the pane's side tells of what is selected in the picture. Pure functions over values.
#pragma once

#include "core/disk/inspection_text.h"
#include "ui/storage_pane/storage_model.h"

#include <QStringList>

namespace platter {

struct StorageFacts {
    QString title = {};
    QStringList sentences = {}; // whether it boots and why not, TRIM, what is wrong
    std::vector<NamedFact> facts = {};

    friend bool operator==(const StorageFacts&, const StorageFacts&) = default;
};

// IMAGE: null where it was not looked at yet. SEGMENTS: of the picture of a disk.
// RUNNING_SIZE: as QEMU says; all that can be known of a disk on the network.
StorageFacts factsOfDrive(const Definition& definition, const Drive& drive, const KnownImage* image,
    const std::vector<DiskSegment>& segments, std::optional<ByteCount> runningSize = {});
StorageFacts factsOfController(const Definition& definition, int controller);
StorageFacts factsOfSlot(SlotId slot); // an empty one

} // namespace platter
