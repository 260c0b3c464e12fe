// SPDX-License-Identifier: GPL-3.0-or-later
// An X.509 certificate, as guests put them into their firmware's variables: what is taken for one is it as a whole,
// and has something to say of itself.
#include "core/boot/certificate.h"
#include "core/boot/efi_bytes.h"

#include <cstdint>
#include <cstdlib>

using namespace platter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const QByteArray der(reinterpret_cast<const char*>(data), qsizetype(size));
    const Result<Certificate> certificate = parseCertificate(der);
    if (!certificate) {
        if (certificate.error().summary.isEmpty()) {
            std::abort();
        }
        return 0;
    }
    if (certificate->der != der || !der.contains(certificate->subjectName) || !der.contains(certificate->issuerName)
        || shortName(bytesOf(certificate->subjectName)) != certificate->subject
        || certificate->sentence().isEmpty()) {
        std::abort();
    }
    return 0;
}
