// SPDX-License-Identifier: GPL-3.0-or-later
// machine.json: what is accepted comes out of a second reading as it came out of the first.
#include "core/machine/definition_json.h"

#include <cstdint>
#include <cstdlib>

using namespace platter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QString folder = QStringLiteral("/machines/a machine");
    const QByteArray json(reinterpret_cast<const char*>(data), qsizetype(size));
    const Result<Definition> first = fromJson(json, folder);
    if (!first) {
        if (first.error().summary.isEmpty()) {
            std::abort();
        }
        return 0;
    }
    const Result<Definition> second = fromJson(toJson(*first, folder), folder);
    if (!second || !(*second == *first)) {
        std::abort();
    }
    return 0;
}
