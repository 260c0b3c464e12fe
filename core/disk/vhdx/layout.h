// SPDX-License-Identifier: GPL-3.0-or-later
// Every offset, size and identifier of the VHDX format, after [MS-VHDX] revision 8.0; sections are cited as §. All
// integers are little endian; offsets are in bytes from the start of the structure.
#pragma once

#include <QUuid>

#include <cstddef>
#include <cstdint>

namespace platter::vhdx {

inline constexpr std::uint64_t kibibyte = 1 << 10;
inline constexpr std::uint64_t mebibyte = 1 << 20;

// §2: every object after the first MiB begins and ends on this boundary.
inline constexpr std::uint64_t objectAlignment = mebibyte;
// §2.3: the log speaks of the file in units of this size.
inline constexpr std::uint64_t logSector = 4 * kibibyte;

namespace layout {

// §2.2.1 File type identifier
inline constexpr char fileSignature[] = "vhdxfile";
inline constexpr std::uint64_t fileIdentifierOffset = 0;
inline constexpr std::size_t creatorOffset = 8;
inline constexpr std::size_t creatorSize = 512; // UTF-16LE
inline constexpr std::uint64_t fileIdentifierSize = 64 * kibibyte;

// §2.2.2 Headers
inline constexpr std::uint64_t headerOffsets[] = {64 * kibibyte, 128 * kibibyte};
inline constexpr std::size_t headerSize = 4096;
inline constexpr char headerSignature[] = "head";

namespace header {
inline constexpr std::size_t checksum = 4;
inline constexpr std::size_t sequenceNumber = 8;
inline constexpr std::size_t fileWriteGuid = 16;
inline constexpr std::size_t dataWriteGuid = 32;
inline constexpr std::size_t logGuid = 48;
inline constexpr std::size_t logVersion = 64;
inline constexpr std::size_t version = 66;
inline constexpr std::size_t logLength = 68;
inline constexpr std::size_t logOffset = 72;
} // namespace header

inline constexpr std::uint16_t formatVersion = 1;
inline constexpr std::uint16_t logFormatVersion = 0;

// §2.2.3 Region tables
inline constexpr std::uint64_t regionTableOffsets[] = {192 * kibibyte, 256 * kibibyte};
inline constexpr std::size_t regionTableSize = 64 * kibibyte;
inline constexpr char regionTableSignature[] = "regi";
inline constexpr std::uint32_t mostRegions = 2047;

namespace regionTable {
inline constexpr std::size_t checksum = 4;
inline constexpr std::size_t entryCount = 8;
inline constexpr std::size_t entries = 16;
inline constexpr std::size_t entrySize = 32;
// in an entry
inline constexpr std::size_t guid = 0;
inline constexpr std::size_t fileOffset = 16;
inline constexpr std::size_t length = 24;
inline constexpr std::size_t flags = 28;
inline constexpr std::uint32_t flagRequired = 1;
} // namespace regionTable

inline constexpr QUuid batRegion(0x2DC27766, 0xF623, 0x4200, 0x9D, 0x64, 0x11, 0x5E, 0x9B, 0xFD, 0x4A, 0x08);
inline constexpr QUuid metadataRegion(0x8B7CA206, 0x4790, 0x4B9A, 0xB8, 0xFE, 0x57, 0x5F, 0x05, 0x0F, 0x88, 0x6E);

// §2.6.1 Metadata table
inline constexpr char metadataSignature[] = "metadata";
inline constexpr std::size_t metadataTableSize = 64 * kibibyte;
inline constexpr std::uint32_t mostMetadataItems = 2047;
inline constexpr std::uint32_t longestMetadataItem = mebibyte;
inline constexpr std::uint64_t largestMetadataRegion = 128 * mebibyte; // openvmm, format.rs: what Microsoft accepts

namespace metadataTable {
inline constexpr std::size_t entryCount = 10;
inline constexpr std::size_t entries = 32;
inline constexpr std::size_t entrySize = 32;
// in an entry
inline constexpr std::size_t itemId = 0;
inline constexpr std::size_t offset = 16;
inline constexpr std::size_t length = 20;
inline constexpr std::size_t flags = 24;
inline constexpr std::uint32_t flagIsUser = 1;
inline constexpr std::uint32_t flagIsVirtualDisk = 2;
inline constexpr std::uint32_t flagIsRequired = 4;
} // namespace metadataTable

// §2.6.2 Known items
inline constexpr QUuid fileParametersItem(
    0xCAA16737, 0xFA36, 0x4D43, 0xB3, 0xB6, 0x33, 0xF0, 0xAA, 0x44, 0xE7, 0x6B);
inline constexpr QUuid virtualDiskSizeItem(
    0x2FA54224, 0xCD1B, 0x4876, 0xB2, 0x11, 0x5D, 0xBE, 0xD8, 0x3B, 0xF4, 0xB8);
inline constexpr QUuid virtualDiskIdItem(
    0xBECA12AB, 0xB2E6, 0x4523, 0x93, 0xEF, 0xC3, 0x09, 0xE0, 0x00, 0xC7, 0x46);
inline constexpr QUuid logicalSectorSizeItem(
    0x8141BF1D, 0xA96F, 0x4709, 0xBA, 0x47, 0xF2, 0x33, 0xA8, 0xFA, 0xAB, 0x5F);
inline constexpr QUuid physicalSectorSizeItem(
    0xCDA348C7, 0x445D, 0x4471, 0x9C, 0xC9, 0xE9, 0x88, 0x52, 0x51, 0xC5, 0x56);
inline constexpr QUuid parentLocatorItem(
    0xA8D35F2D, 0xB30B, 0x454D, 0xAB, 0xF7, 0xD3, 0xD8, 0x48, 0x34, 0xAB, 0x0C);
// openvmm, format.rs: marks a file that is still being made
inline constexpr QUuid incompleteFileItem(
    0x71CC85F0, 0x1B69, 0x4E28, 0x95, 0x58, 0xC3, 0xBF, 0x83, 0xAE, 0x75, 0xD3);

inline constexpr std::size_t fileParametersSize = 8;
inline constexpr std::uint32_t leaveBlocksAllocated = 1; // in the second word of the file parameters
inline constexpr std::uint32_t hasParent = 2;

// §2.6.2.6 Parent locator
inline constexpr QUuid locatorTypeVhdx(0xB04AEFB7, 0xD19E, 0x4A81, 0xB7, 0x89, 0x25, 0xB8, 0xE9, 0x44, 0x59, 0x13);

namespace locator {
inline constexpr std::size_t keyValueCount = 18;
inline constexpr std::size_t entries = 20;
inline constexpr std::size_t entrySize = 12;
// in an entry
inline constexpr std::size_t keyOffset = 0;
inline constexpr std::size_t valueOffset = 4;
inline constexpr std::size_t keyLength = 8;
inline constexpr std::size_t valueLength = 10;
} // namespace locator

inline constexpr std::uint32_t mostLocatorPairs = 256; // openvmm, format.rs

// §2.5 Block allocation table: an array of 64-bit entries
inline constexpr std::size_t batEntrySize = 8;
inline constexpr std::uint64_t batStateMask = 7;
inline constexpr std::uint64_t batOffsetMask = ~std::uint64_t(mebibyte - 1);
inline constexpr std::uint64_t largestBatRegion = 513 * mebibyte;
inline constexpr std::uint64_t sectorsPerBitmapBlock = std::uint64_t(1) << 23; // one bit each in 1 MiB
inline constexpr std::uint64_t bitmapBlockSize = mebibyte;

// §2.3 Log
inline constexpr char logEntrySignature[] = "loge";
inline constexpr char zeroDescriptorSignature[] = "zero";
inline constexpr char dataDescriptorSignature[] = "desc";
inline constexpr char dataSectorSignature[] = "data";
inline constexpr std::uint64_t largestLog = 1024 * mebibyte; // openvmm, format.rs
// What the largest log could hold if it changed nothing but single sectors. Ranges of zeros take less room in it,
// and a file full of them would take gigabytes of memory.
inline constexpr std::uint64_t mostLogUpdates = largestLog / logSector;
inline constexpr std::size_t descriptorSize = 32;
inline constexpr std::size_t descriptorsPerSector = logSector / descriptorSize;
inline constexpr std::size_t entryHeaderDescriptors = 2; // the header takes the place of two

namespace logEntry {
inline constexpr std::size_t checksum = 4;
inline constexpr std::size_t entryLength = 8;
inline constexpr std::size_t tail = 12;
inline constexpr std::size_t sequenceNumber = 16;
inline constexpr std::size_t descriptorCount = 24;
inline constexpr std::size_t logGuid = 32;
inline constexpr std::size_t flushedFileOffset = 48;
inline constexpr std::size_t lastFileOffset = 56;
inline constexpr std::size_t size = 64;
} // namespace logEntry

namespace descriptor {
inline constexpr std::size_t trailingBytes = 4; // of a data descriptor
inline constexpr std::size_t leadingBytes = 8; // of a data descriptor
inline constexpr std::size_t zeroLength = 8; // of a zero descriptor
inline constexpr std::size_t fileOffset = 16;
inline constexpr std::size_t sequenceNumber = 24;
} // namespace descriptor

namespace dataSector {
inline constexpr std::size_t sequenceHigh = 4;
inline constexpr std::size_t data = 8;
inline constexpr std::size_t sequenceLow = 4092;
inline constexpr std::size_t leadingSize = 8; // bytes that the signature and the number displace
inline constexpr std::size_t trailingSize = 4;
} // namespace dataSector

} // namespace layout

// §2.1 Limits
inline constexpr std::uint64_t largestVirtualSize = std::uint64_t(64) << 40;
// Ours: twice what a disk of 64 TiB can need.
inline constexpr std::uint64_t largestFile = std::uint64_t(128) << 40;
inline constexpr std::uint32_t smallestBlock = mebibyte;
inline constexpr std::uint32_t largestBlock = 256 * mebibyte;

} // namespace platter::vhdx
