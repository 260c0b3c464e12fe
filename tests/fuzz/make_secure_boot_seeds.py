#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of certificate, signature_list and efi_program: certificates, lists of them and of hashes, programs for
firmware with signatures, as small as they can be, one kind each.

Run it after changing it and commit what it writes; seeds that a fuzzer found are kept beside these.
"""

import hashlib
import pathlib
import struct
import uuid

SEEDS = pathlib.Path(__file__).parent / "seeds"
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
HASH = uuid.UUID("c1c41626-504c-4092-aca9-41f936934328")
STRANGER = uuid.UUID("12345678-1234-1234-1234-123456789abc")
OWNER = uuid.UUID("77fa9abd-0359-4d32-bd60-28f4e78f784b")
PE = 64
OPTIONAL = PE + 24
HEADERS = 512
CHECKSUM = OPTIONAL + 64
SECTION = b"code".ljust(64, b"\x90")

NULL = b"\x05\x00"
SHA256 = bytes.fromhex("0609608648016503040201")
ORGANIZATION = bytes.fromhex("060355040a")
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


def name(text, kind=0x0C, attribute=COMMON_NAME):
    return der(0x30, der(0x31, der(0x30, attribute, der(kind, text))))


def certificate_of(serial, issuer, subject, version=der(0xA0, der(2, b"\2")), end=der(0x17, b"350101000000Z")):
    times = der(0x30, der(0x17, b"250101000000Z"), end)
    fields = [version, der(2, serial), der(0x30, SHA256), issuer, times, subject, der(0x30)]
    return der(0x30, der(0x30, *fields), der(0x30, SHA256), der(3, b"\0"))


def x509(serial, issuer, subject):
    return certificate_of(serial, name(issuer), name(subject))


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


def signature_list(kind, *signatures, header=b""):
    size = 16 + len(signatures[0]) if signatures else 16
    owned = b"".join(OWNER.bytes_le + one for one in signatures)
    return kind.bytes_le + struct.pack("<III", 28 + len(header) + len(owned), len(header), size) + header + owned


def certificates():
    yield "by_itself", x509(b"\1", b"Authority", b"Authority")
    yield "by_another", x509(b"\7", b"Authority", b"Signer")
    yield "first_version", certificate_of(b"\1", name(b"A"), name(b"A"), version=b"")
    yield "in_utf_16", certificate_of(b"\1", name(b"\0A", kind=0x1E), name("Ä".encode(), attribute=ORGANIZATION))
    yield "without_names", certificate_of(b"\1", der(0x30), der(0x30))
    yield "valid_for_long", certificate_of(b"\1", name(b"A"), name(b"A"), end=der(0x18, b"99991231235959Z"))
    yield "cut", x509(b"\1", b"A", b"A")[:-1]


def lists():
    certificate, hashes = x509(b"\1", b"A", b"A"), [bytes([i]) * 32 for i in range(3)]
    yield "certificate", signature_list(X509, certificate)
    yield "hashes", signature_list(HASH, *hashes)
    yield "both", signature_list(HASH, *hashes) + signature_list(X509, certificate)
    yield "no_signature", signature_list(HASH)
    yield "header", signature_list(STRANGER, b"data", header=b"head")
    yield "owner_alone", signature_list(STRANGER, b"", b"")
    yield "cut", signature_list(HASH, *hashes)[:-1]


def programs():
    image = program()
    about = digest(image)
    chain = [x509(b"\7", b"Authority", b"Signer"), x509(b"\1", b"Authority", b"Authority")]
    circle = [x509(b"\1", b"A", b"B"), x509(b"\1", b"B", b"A")]
    good = certificate(signature(about, b"Authority", b"\7", *chain))
    yield "unsigned", image
    yield "unsigned_32_bit", program(plus=False)
    yield "without_table", program(directories=4)
    yield "signed", with_table(image, good)
    yield "signed_twice", with_table(image, good, certificate(signature(about, b"Other", b"\1")))
    yield "of_another_program", with_table(image, certificate(signature(bytes(32), b"Authority", b"\7", *chain)))
    yield "of_another_kind", with_table(image, certificate(b"no signature", kind=0x0EF1), certificate(b"no signature"))
    yield "in_a_circle", with_table(image, certificate(signature(about, b"A", b"\1", *circle)))
    yield "cut", with_table(image, good)[:-20]


def main():
    for target, seeds in (("certificate", certificates()), ("signature_list", lists()), ("efi_program", programs())):
        folder = SEEDS / target
        folder.mkdir(parents=True, exist_ok=True)
        for seed, content in seeds:
            (folder / seed).write_bytes(content)


if __name__ == "__main__":
    main()
