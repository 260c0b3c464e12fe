// SPDX-License-Identifier: GPL-3.0-or-later
// The lists in Secure Boot's variables, which guests write: what is read comes back the same when it has been
// written.
#include "core/boot/signature_list.h"

#include <cstdint>
#include <cstdlib>

using namespace platter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Result<std::vector<Signature>> signatures =
        parseSignatures(QByteArray(reinterpret_cast<const char*>(data), qsizetype(size)));
    if (!signatures) {
        if (signatures.error().summary.isEmpty()) {
            std::abort();
        }
        return 0;
    }
    if (parseSignatures(signatureLists(*signatures)) != *signatures) {
        std::abort();
    }
    return 0;
}
