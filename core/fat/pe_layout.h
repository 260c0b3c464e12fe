// SPDX-License-Identifier: GPL-3.0-or-later
// Where things stand in a program for UEFI firmware (Microsoft, "PE Format": "MS-DOS Stub", "COFF File Header",
// "Optional Header", "Section Table", "The Attribute Certificate Table").
#pragma once

#include <cstddef>
#include <cstdint>

namespace platter::pe {

inline constexpr std::size_t headerOffsetAt = 0x3C;
inline constexpr std::uint16_t dosSignature = 0x5A4D; // "MZ"
inline constexpr std::uint32_t signature = 0x00004550; // "PE\0\0"

// From the signature.
inline constexpr std::size_t machineAt = 4;
inline constexpr std::size_t sectionCountAt = 6;
inline constexpr std::size_t optionalHeaderSizeAt = 20;
inline constexpr std::size_t optionalHeaderAt = 24;

// From the optional header.
inline constexpr std::uint16_t pe32Plus = 0x20B;
inline constexpr std::size_t headersSizeAt = 60;
inline constexpr std::size_t checksumAt = 64;
inline constexpr std::size_t checksumSize = 4;
inline constexpr std::size_t subsystemAt = 68;
inline constexpr std::size_t directoriesAt = 96; // the count of them is the 4 bytes before
inline constexpr std::size_t directoriesAtPlus = 112; // of PE32+
inline constexpr std::uint16_t efiApplication = 10;

// A directory is an offset and a size. That of the certificate table is one in the file, unlike the others'.
inline constexpr std::size_t directorySize = 8;
inline constexpr std::size_t certificateDirectory = 4;

// A section's record.
inline constexpr std::size_t sectionRecordSize = 40;
inline constexpr std::size_t rawSizeAt = 16;
inline constexpr std::size_t rawOffsetAt = 20;

// WIN_CERTIFICATE: each begins at a multiple of 8.
inline constexpr std::size_t certificateTypeAt = 6;
inline constexpr std::size_t certificateHeaderSize = 8;
inline constexpr std::size_t certificateAlignment = 8;
inline constexpr std::uint16_t pkcsSignedData = 2;

} // namespace platter::pe
