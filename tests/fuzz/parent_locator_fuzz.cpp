// SPDX-License-Identifier: GPL-3.0-or-later
// What a differencing VHDX says of its parent: what is understood can be written, and says the same then.
#include "core/disk/vhdx/parent_locator.h"

#include <cstdlib>

using namespace platter;
using namespace platter::vhdx;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const Result<ParentLocator> locator = parseParentLocator(std::as_bytes(std::span(data, size)), 0);
    if (!locator) {
        return locator.error().summary.isEmpty() ? (std::abort(), 0) : 0;
    }
    const Result<ParentLocator> again = parseParentLocator(serialize(*locator), 0);
    if (!again || *again != *locator || !locator->accepts(locator->linkage) || locator->paths().isEmpty()) {
        std::abort();
    }
    return 0;
}
