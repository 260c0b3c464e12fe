// SPDX-License-Identifier: GPL-3.0-or-later
// Makes discs and file systems for tests with the tools that people make them with (xorriso, mtools, dosfstools,
// grub-mkrescue), in a folder that goes with it. Every function returns what went wrong, empty when nothing did.
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace platter {

class ImageMaker {
public:
    QString path(const QString& name) const { return m_folder.filePath(name); }

    QString write(const QString& name, const QByteArray& bytes) const;
    QByteArray bytes(const QString& name) const;
    QString run(const QString& program, const QStringList& arguments) const;

    // A FAT image of KIBIBYTES with these files ("EFI/BOOT/BOOTX64.EFI"); FORMAT are further options of mkfs.vfat.
    QString makeFat(const QString& name, int kibibytes, const QStringList& format,
        const QList<QPair<QString, QByteArray>>& files) const;
    // An ISO with what the folder "disc" holds; OPTIONS as mkisofs has them.
    QString makeIso(const QString& name, const QStringList& options) const;

private:
    QTemporaryDir m_folder;
};

} // namespace platter
