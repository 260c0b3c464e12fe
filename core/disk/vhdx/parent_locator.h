// SPDX-License-Identifier: GPL-3.0-or-later
// What a differencing image says of its parent ([MS-VHDX] §2.6.2.6): which state of it, and where it may be.
// Values; any thread.
#pragma once

#include "core/error.h"

#include <QStringList>
#include <QUuid>

#include <span>
#include <vector>

namespace platter::vhdx {

struct ParentLocator {
    QUuid linkage; // the parent's DataWriteGuid
    QUuid linkage2; // a second one that is accepted too, while a merge is under way; null: none
    QString relativePath; // as stored, with backslashes; any of the three may be empty
    QString volumePath;
    QString absolutePath;

    bool accepts(const QUuid& dataWriteGuid) const;
    // The paths in the order in which they are to be tried.
    QStringList paths() const;

    friend bool operator==(const ParentLocator&, const ParentLocator&) = default;
};

// ITEM: the whole metadata item; OFFSET: where it lies in the file, for errors. Rules Locator*.
Result<ParentLocator> parseParentLocator(std::span<const std::byte> item, std::uint64_t offset);

// Always with parent_linkage2, as Windows writes it, so that a merge finds room for it.
std::vector<std::byte> serialize(const ParentLocator& locator);

} // namespace platter::vhdx
