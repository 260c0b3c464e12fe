#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of efi_program: programs for firmware, as small as they can be, with signatures of one kind each.

Run it after changing it and commit what it writes; seeds that a fuzzer found are kept beside these.
"""

import hashlib
import pathlib
import struct

SEEDS = pathlib.Path(__file__).parent / "seeds" / "efi_program"
PE = 64
OPTIONAL = PE + 24
HEADERS = 512
CHECKSUM = OPTIONAL + 64
SECTION = b"code".ljust(64, b"\x90")

NULL = b"\x05\x00"
SHA256 = bytes.fromhex("0609608648016503040201")
COMMON_NAME = bytes.fromhex("0603550403")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
INDIRECT_DATA = bytes.fromhex("060a2b060104018237020104")
PE_IMAGE = bytes.fromhex("060a2b06010401823702010f")


def program(plus=True, directories=16):
    """One section; nothing but what is looked at."""
    at = OPTIONAL + (112 if plus else 96)
    image = bytearray(HEADERS)
    image[0:2] = b"MZ"
    struct.pack_into("<I", image, 0x3C, PE)
    struct.pack_into("<4sHH12xH", image, PE, b"PE\0\0", 0x8664, 1, at - OPTIONAL + directories * 8)
    struct.pack_into("<H", image, OPTIONAL, 0x20B if plus else 0x10B)
    struct.pack_into("<I", image, OPTIONAL + 60, HEADERS)
    struct.pack_into("<H", image, OPTIONAL + 68, 10)
    struct.pack_into("<I", image, at - 4, directories)
    struct.pack_into("<8sIIII", image, at + directories * 8, b".text", 64, 4096, len(SECTION), HEADERS)
    return bytes(image) + SECTION


def digest(image):
    directory = OPTIONAL + 112 + 4 * 8
    return hashlib.sha256(image[:CHECKSUM] + image[CHECKSUM + 4 : directory] + image[directory + 8 :]).digest()


def with_table(image, *certificates):
    table = b"".join(one.ljust(-(-len(one) // 8) * 8, b"\0") for one in certificates)
    image = bytearray(image)
    struct.pack_into("<II", image, OPTIONAL + 112 + 4 * 8, len(image), len(table))
    return bytes(image) + table


def certificate(data, kind=2):
    return struct.pack("<IHH", 8 + len(data), 0x200, kind) + data


def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + content


def name(text):
    return der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0C, text))))


def x509(serial, issuer, subject):
    times = der(0x30, der(0x17, b"250101000000Z"), der(0x17, b"350101000000Z"))
    fields = [der(0xA0, der(2, b"\2")), der(2, serial), der(0x30, SHA256), name(issuer), times, name(subject), der(0x30)]
    return der(0x30, der(0x30, *fields), der(0x30, SHA256), der(3, b"\0"))


def signature(about, issuer, serial, *certificates):
    content = der(0x30, der(0x30, PE_IMAGE), der(0x30, der(0x30, SHA256, NULL), der(4, about)))
    signer = der(0x30, der(2, b"\1"), der(0x30, name(issuer), der(2, serial)), der(0x30, SHA256), der(4, b"signature"))
    signed = der(
        0x30,
        der(2, b"\1"),
        der(0x31, der(0x30, SHA256)),
        der(0x30, INDIRECT_DATA, der(0xA0, content)),
        der(0xA0, *certificates),
        der(0x31, signer),
    )
    return der(0x30, SIGNED_DATA, der(0xA0, signed))


def main():
    SEEDS.mkdir(parents=True, exist_ok=True)
    image = program()
    about = digest(image)
    chain = [x509(b"\7", b"Authority", b"Signer"), x509(b"\1", b"Authority", b"Authority")]
    good = signature(about, b"Authority", b"\7", *chain)
    seeds = {
        "unsigned": image,
        "unsigned_32_bit": program(plus=False),
        "without_table": program(directories=4),
        "signed": with_table(image, certificate(good)),
        "signed_twice": with_table(image, certificate(good), certificate(signature(about, b"Other", b"\1"))),
        "of_another_program": with_table(image, certificate(signature(bytes(32), b"Authority", b"\7", *chain))),
        "of_another_kind": with_table(image, certificate(good, kind=0x0EF1), certificate(b"no signature")),
        "in_a_circle": with_table(
            image, certificate(signature(about, b"A", b"\1", x509(b"\1", b"A", b"B"), x509(b"\1", b"B", b"A")))
        ),
        "cut": with_table(image, certificate(good))[:-20],
    }
    for seed, content in seeds.items():
        (SEEDS / seed).write_bytes(content)


if __name__ == "__main__":
    main()
