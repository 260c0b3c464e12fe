// SPDX-License-Identifier: GPL-3.0-or-later
// What is dropped on the window's parts. Files are told apart by their names, so that the cursor shows before the
// drop what will come of it. GUI thread.
#pragma once

#include <QDropEvent>
#include <QString>

#include <vector>

namespace platter {

struct DroppedFile {
    enum class Kind {
        Iso,
        Disk, // that a machine can have
        ForeignDisk, // that has to be converted first: VHD, VMDK, VDI
        Other,
    };

    QString file;
    Kind kind = Kind::Other;
};

// The local files that DATA carries; what is no file of this computer is not there.
std::vector<DroppedFile> droppedFiles(const QStringList& files);
std::vector<DroppedFile> droppedFiles(const QMimeData* data);

// Whether a machine can do something with at least one of them.
bool isAttachable(const std::vector<DroppedFile>& files);

// Why a file of the kind Other is not attached.
QString whyNotAttachable(const QString& file);

// The ISO that EVENT (a drag that enters or moves, or the drop) carries: the only file, local, with a name that
// ends in ".iso". The event is accepted as a copy then; with anything else it is ignored, and the result is empty.
QString takeIso(QDropEvent* event);

} // namespace platter
