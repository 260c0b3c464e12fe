// SPDX-License-Identifier: GPL-3.0-or-later
// The volume descriptors of an optical disc's image: ISO 9660 (ECMA-119, 4th edition) and, where there is nothing
// else, the volume recognition sequence and the label of UDF (ECMA-167, part 2 and 3). Only what says which disc it
// is and where El Torito's boot catalogue lies; no files. Pure functions over a source.
#pragma once

#include "core/byte_source.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

namespace platter {

inline constexpr std::uint64_t isoSectorSize = 2048; // ECMA-119 6.1.2

// ECMA-119 8.4; texts without the padding.
struct PrimaryVolume {
    QString systemId;
    QString label;
    QString publisher;
    QString preparer;
    QString application;
    std::uint32_t blocks = 0; // of the whole volume
    std::uint16_t blockSize = 0; // bytes: 512, 1024 or 2048

    std::uint64_t bytes() const { return std::uint64_t(blocks) * blockSize; }
};

struct VolumeDescriptors {
    std::optional<PrimaryVolume> primary; // nothing: a disc with UDF alone
    std::vector<std::uint32_t> bootCatalogs; // sectors, in the order of El Torito's boot records; mostly one
    bool udf = false;
    QString udfLabel; // only read when there is no ISO 9660
};

// InvalidInput: neither ISO 9660 nor UDF. Corrupt: a descriptor that breaks a rule, or the source ends among them.
Result<VolumeDescriptors> readVolumeDescriptors(const ByteSource& source);

} // namespace platter
