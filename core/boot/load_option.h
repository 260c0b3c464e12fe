// SPDX-License-Identifier: GPL-3.0-or-later
// A boot entry as UEFI stores it in a variable Boot#### (EFI_LOAD_OPTION, UEFI specification 3.1.3). A value.
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <optional>

namespace platter {

struct LoadOption {
    std::uint32_t attributes = 0;
    QString description = {};
    QByteArray path = {}; // a device path, or several
    QByteArray data = {}; // handed to what is started

    static constexpr std::uint32_t active = 1;

    // Nothing where the bytes end too early.
    static std::optional<LoadOption> parse(const QByteArray& bytes);
    QByteArray bytes() const;

    bool isActive() const { return (attributes & active) != 0; }

    // EDK2 makes an entry of its own for every device that it finds, and removes it with the device.
    bool isMadeByFirmware() const;

    friend bool operator==(const LoadOption&, const LoadOption&) = default;
};

} // namespace platter
