// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parent of a differencing image is looked for: what the image says comes from another system, so its
// relative path is tried first, then the bare names beside the child. The formats compare identifiers; this only
// knows names. A value; the candidates are a pure function.
#pragma once

#include "core/disk/block_file.h"

#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace platter {

struct ParentFile {
    std::unique_ptr<BlockFile> file;
    std::optional<std::int64_t> modified; // Unix time
};

struct ParentCandidate {
    QString path;
    bool isNamed = false; // by the user, who knows

    friend bool operator==(const ParentCandidate&, const ParentCandidate&) = default;
};

// What becomes of an image whose parent is not found.
enum class LostParent {
    Refuse,
    Tolerate, // it is opened without: for whoever wants to know what is there
};

struct ParentSearch {
    QString image; // where the child itself lies
    QStringList named; // files of which the user says that they are parents
    // Opens a candidate; NotFound where there is none. Empty: parents are not looked for.
    std::function<Result<ParentFile>(const QString& path)> openFile;
    LostParent lostParent = LostParent::Refuse; // of any link of the chain

    // The places to try, best first. Paths as Windows writes them: RELATIVE from the child's folder on, of OTHERS
    // only the last part counts.
    std::vector<ParentCandidate> candidates(const QStringList& relative, const QStringList& others) const;
};

// Longer chains of parents are refused: no program makes them, and each link has a file open.
inline constexpr std::size_t mostAncestors = 256;

} // namespace platter
