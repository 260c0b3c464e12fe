// SPDX-License-Identifier: GPL-3.0-or-later
// A file on its way: until it is complete it has a hidden name of its own in the folder where it is going to be, so
// that its final one may be as long as names can be and two programs do not meet. Whatever was not made to appear
// is removed. Blocking; one thread.
#pragma once

#include "core/durable_file.h"
#include "core/error.h"

namespace platter {

class PartialFile {
public:
    // TARGET is the final name; makes nothing yet.
    explicit PartialFile(QString target);
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    const QString& path() const { return m_path; }

    // Gives it its final name; what it holds has been flushed, if anything is to be. AlreadyExists: nothing is ever
    // replaced. WHAT begins the sentence of an error.
    Result<void> appear(const QString& what, Durability durability = Durability::Stable);

    // ERROR with the final name, which is the one that people know.
    Error named(Error error) const;

private:
    QString m_target;
    QString m_path;
};

} // namespace platter
