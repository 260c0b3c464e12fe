// SPDX-License-Identifier: GPL-3.0-or-later
// Writes 4 KiB at each offset that standard input names into the VHDX image FILE, then flushes: what a guest's
// writes into blocks that were never written cost.
#include "core/disk/operations/vhdx_file.h"

#include <QCoreApplication>

#include <cinttypes>
#include <cstdio>

using namespace platter;

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 2) {
        std::fputs("platter_bench_disk FILE < OFFSETS\n", stderr);
        return 2;
    }
    const auto failed = [](const Error& error) {
        std::fprintf(stderr, "%s\n", qPrintable(error.text()));
        return 1;
    };
    const Result<std::unique_ptr<vhdx::Editor>> editor = editVhdx(arguments[1], {}, WithParent::No);
    if (!editor) {
        return failed(editor.error());
    }
    const std::vector<std::byte> bytes(4096, std::byte(0xCD)); // as qemu-io fills them
    std::uint64_t offset = 0;
    while (std::scanf("%" SCNu64, &offset) == 1) {
        if (const Result<void> written = (*editor)->write(offset, bytes); !written) {
            return failed(written.error());
        }
    }
    const Result<void> finished = (*editor)->finish();
    return finished ? 0 : failed(finished.error());
}
