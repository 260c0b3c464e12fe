// SPDX-License-Identifier: GPL-3.0-or-later
// The module platter-vnc, which brings LibVNCClient and the cryptography below it: a VncScreen's thread loads it.
#pragma once

#include "ui/console/vnc_channel.h"

#include <QtCompilerDetection>

#include <memory>

// Connects to the VNC server on the socket, serves the channel, and connects again with a growing pause, until the
// channel is closed.
extern "C" Q_DECL_EXPORT void platterServeVnc(
    const std::shared_ptr<platter::VncChannel>& channel, const QByteArray& socketPath);
