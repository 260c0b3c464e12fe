// SPDX-License-Identifier: GPL-3.0-or-later
// The disk images of other programs in tests/fixtures, unpacked for a test. What goes wrong here ends the test
// program: nothing could be tested then. For one thread.
#pragma once

#include "core/disk/virtual_disk.h"

#include <QByteArray>
#include <QList>
#include <QString>

struct Fixture {
    QString name; // "dfvfs/ext2.vhd.gz"
    QByteArray stored; // SHA-256, hexadecimal
    QByteArray unpacked;
    QByteArray content; // of the disk; "all-zero" where it is nothing else
    quint64 size = 0; // of the disk
    QString note; // "merged", "libvhdi-only" or empty
};

QList<Fixture> allFixtures();
Fixture fixtureNamed(const QString& name);

// Unpacks into FOLDER, with holes where there are zeros; the path of the file there. Its hash has been checked.
QString unpack(const Fixture& fixture, const QString& folder);

// SHA-256 of the whole disk, hexadecimal. What the map calls zero is not read.
QByteArray contentHash(const platter::VirtualDisk& disk);
QByteArray contentHash(const platter::ByteSource& source);

// What of the disk its map calls data.
quint64 dataByMap(const platter::VirtualDisk& disk);
