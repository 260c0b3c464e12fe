// SPDX-License-Identifier: GPL-3.0-or-later
// What the Edit Disk wizard is asked to do: the draft that its pages edit. A value.
#pragma once

#include "core/byte_count.h"
#include "core/disk/image_writer.h"

#include <QStringList>

#include <optional>

namespace platter {

enum class EditAction { Expand, Shrink, Compact, Convert, Migrate, Flatten, Reconnect, Inspect, Check, Undo };

// Whether it leaves the file as it is and makes another one.
constexpr bool makesNewImage(EditAction action)
{
    return action == EditAction::Convert || action == EditAction::Migrate;
}

struct EditRequest {
    QString file = {}; // absolute
    EditAction action = EditAction::Expand;
    QStringList parents = {}; // of a differencing image, where the user names them

    ByteCount newSize = {}; // Expand, Shrink
    bool movesGptBackup = true; // Expand
    bool growsInGuest = false; // Expand, while the machine runs
    bool givesUpOutside = false; // Compact: what lies outside of every partition
    ImageTarget targetFormat = ImageTarget::DynamicVhdx; // Convert, Migrate
    QString target = {};
    bool verifies = false; // Convert
    std::optional<ByteCount> targetSize = {}; // Migrate; nothing: what it needs at least
    bool mergesIntoParent = false; // Flatten
    QString newParent = {}; // Reconnect
    bool mends = false; // Check
    bool losesWrites = false; // Undo: what was written since; set with the plan that says so

    friend bool operator==(const EditRequest&, const EditRequest&) = default;
};

} // namespace platter
