// SPDX-License-Identifier: GPL-3.0-or-later
// A machine's nvram.fd, which its guest writes: what is no boot entry comes out of a change as it was, and the
// order that was written is the one that is read.
#include "core/boot/boot_order.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace platter;

namespace {

Definition machine()
{
    Definition definition;
    definition.drives = {
        {{0, 0}, DiskDrive{QStringLiteral("/d.vhdx")}}, {{0, 1}, DvdDrive{}}, {{3, 63}, DvdDrive{}}};
    definition.adapters = {NetworkAdapter{QStringLiteral("52:54:00:12:34:56"), {}}};
    definition.bootOrder = {SlotId{0, 1}, SlotId{0, 0}};
    return definition;
}

std::vector<UefiVariable> foreign(const VariableStore& store)
{
    std::vector<UefiVariable> variables = store.variables();
    std::erase_if(variables, [](const UefiVariable& variable) {
        return variable.vendor == VariableStore::globalVendor() && variable.name.startsWith(QLatin1String("Boot"));
    });
    return variables;
}

QStringList tried(const BootOrder& order)
{
    QStringList ids;
    for (const BootEntry& entry : order.entries()) {
        if (entry.isOn) {
            ids << entry.id();
        }
    }
    return ids;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray flash(reinterpret_cast<const char*>(data), qsizetype(size));
    Result<VariableStore> store = VariableStore::parse(flash);
    if (!store) {
        if (store.error().summary.isEmpty()) {
            std::abort();
        }
        return 0;
    }
    const std::vector<UefiVariable> before = foreign(*store);
    const Definition definition = machine();
    const BootOrder order = BootOrder::read(*store, definition);
    order.write(*store);
    const Result<QByteArray> changed = store->flash();
    if (!changed) {
        return 0; // it is full
    }
    const Result<VariableStore> again = VariableStore::parse(*changed);
    if (!again || changed->size() != flash.size() || foreign(*again) != before
        || tried(BootOrder::read(*again, definition)) != tried(order)) {
        std::abort();
    }
    return 0;
}
