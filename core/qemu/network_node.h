// SPDX-License-Identifier: GPL-3.0-or-later
// A disk on the network as a node of QEMU's block graph: the options of its protocol, as blockdev-add takes them,
// and back from what QEMU says of a node. Pure functions.
#pragma once

#include "core/machine/network_location.h"

#include <QJsonObject>

#include <optional>

namespace platter {

// QEMU's name of the protocol's driver: "nbd", "iscsi", "rbd", "ssh", "https".
QString driverOf(const NetworkLocation& location);

// Without a node's name.
QJsonObject networkNode(const NetworkLocation& location);

// FILENAME is what QEMU calls a node: a location, or "json:" and the node's options. Nothing: none of a network.
std::optional<NetworkLocation> locationOfNode(const QString& filename);

// Whether a location that QEMU tells is the one that it was given: it fills in the user of SSH where none was.
bool isSamePlace(const NetworkLocation& a, const NetworkLocation& b);

// QEMU cannot use the disk at WHERE; WORDS are its own.
Error serverRefused(const QString& where, const QString& words);

} // namespace platter
