// SPDX-License-Identifier: GPL-3.0-or-later
// A program for UEFI firmware with its signatures, as boot loaders on strangers' disks are: what is taken for a
// signature names its issuer, and no program is both unsigned and signed by somebody.
#include "core/boot/efi_bytes.h"
#include "core/boot/program_check.h"
#include "core/boot/program_signature.h"
#include "core/fat/efi_program.h"

#include <cstdint>
#include <cstdlib>

using namespace platter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray program(reinterpret_cast<const char*>(data), qsizetype(size));
    const ProgramCheck check = checkProgram(program, {});
    const Result<EfiProgram> parsed = parseEfiProgram(bytesOf(program));
    if (!parsed) {
        if (parsed.error().summary.isEmpty() || check.verdict != ProgramCheck::Verdict::Damaged) {
            std::abort();
        }
        return 0;
    }
    if (check.mayStart() || (check.verdict == ProgramCheck::Verdict::Unsigned) != parsed->signatures.empty()) {
        std::abort(); // without keys nothing starts
    }
    for (const QByteArray& bytes : parsed->signatures) {
        const Result<ProgramSignature> signature = parseProgramSignature(bytes);
        if (signature && (signature->issuers.empty() || signature->issuers.front().isEmpty())) {
            std::abort();
        }
    }
    return 0;
}
