#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of iso9660, fat_volume, partition_table and vhd: discs, file systems, disks and images as small as they can
be, one kind each.

Laid down by hand because no tool makes a FAT32 of 5 KiB. Run it after changing it and commit what it writes; seeds that a
fuzzer found are kept beside these.
"""

import pathlib
import struct
import uuid
import zlib

SECTOR = 512
SEEDS = pathlib.Path(__file__).parent / "seeds"


def put(image, offset, data):
    image[offset : offset + len(data)] = data


def short(name, attributes, cluster, size):
    base, _, extension = name.partition(".")
    entry = bytearray(32)
    put(entry, 0, f"{base:8}{extension:3}".encode())
    entry[11] = attributes
    struct.pack_into("<H", entry, 20, cluster >> 16)
    struct.pack_into("<HI", entry, 26, cluster & 0xFFFF, size)
    return bytes(entry)


def long_parts(name, entry):
    checksum = 0
    for byte in entry[:11]:
        checksum = (((checksum & 1) << 7) + (checksum >> 1) + byte) & 0xFF
    text = name.encode("utf-16-le") + b"\0\0"
    text += b"\xff" * (-len(text) % 26)
    parts = []
    for number in range(len(text) // 26):
        characters = text[number * 26 : number * 26 + 26]
        last = 0x40 if number == len(text) // 26 - 1 else 0
        parts.insert(
            0,
            bytes([number + 1 | last])
            + characters[:10]
            + bytes([0x0F, 0, checksum])
            + characters[10:22]
            + b"\0\0"
            + characters[22:],
        )
    return b"".join(parts) + entry


def fat(bits, loader="BOOTX64.EFI"):
    """Clusters of one sector: root (FAT32) or EFI 2, BOOT 3, the loader 4 and 5, FAT32's EFI 6."""
    image = bytearray(12 * SECTOR)
    root_sectors = 0 if bits == 32 else 1
    data = 2 + root_sectors
    sectors = {12: 12, 16: 5000, 32: 70000}[bits]
    put(image, 0, b"\xeb\x3c\x90MSDOS5.0")
    struct.pack_into("<HBHBHHBH", image, 11, SECTOR, 1, 1, 1, root_sectors * 16, sectors % 65536, 0xF8, bits != 32)
    if bits == 32:
        struct.pack_into("<H", image, 19, 0)
        struct.pack_into("<IIHHI", image, 32, sectors, 1, 0, 0, 2)
    put(image, 510, b"\x55\xaa")
    links = [0xFFFFFF8, 0xFFFFFFF, 0xFFFFFFF, 0xFFFFFFF, 5, 0xFFFFFFF, 0xFFFFFFF]
    for cluster, link in enumerate(links):
        if bits == 12:
            at = SECTOR + cluster * 3 // 2
            old = struct.unpack_from("<H", image, at)[0]
            new = (old & 0x000F) | (link & 0xFFF) << 4 if cluster % 2 else (old & 0xF000) | (link & 0xFFF)
            struct.pack_into("<H", image, at, new)
        else:
            struct.pack_into("<H" if bits == 16 else "<I", image, SECTOR + cluster * bits // 8, link & (1 << bits) - 1)

    def cluster_at(number):
        return (data + number - 2) * SECTOR

    efi = 6 if bits == 32 else 2
    root = cluster_at(2) if bits == 32 else 2 * SECTOR
    put(image, root, short("A LABEL", 0x08, 0, 0) + short("EFI", 0x10, efi, 0))
    put(image, cluster_at(efi), short(".", 0x10, efi, 0) + short("..", 0x10, 0, 0) + short("BOOT", 0x10, 3, 0))
    files = short(loader, 0x20, 4, 1000) + long_parts("a rather long name.cfg", short("ARATHE~1.CFG", 0x20, 0, 0))
    put(image, cluster_at(3), short(".", 0x10, 3, 0) + short("..", 0x10, efi, 0) + files)
    put(image, cluster_at(4), b"MZ")
    return bytes(image)


def descriptor(kind, identifier=b"CD001"):
    sector = bytearray(2048)
    put(sector, 0, bytes([kind]) + identifier + b"\x01")
    return sector


def primary(label, sectors):
    sector = descriptor(1)
    put(sector, 8, b"LINUX".ljust(32) + label.ljust(32))
    struct.pack_into("<I", sector, 80, sectors)
    struct.pack_into("<H", sector, 128, 2048)
    put(sector, 318, b"MICROSOFT CORPORATION".ljust(128))
    return sector


def boot_record(catalog):
    sector = descriptor(0)
    put(sector, 7, b"EL TORITO SPECIFICATION")
    struct.pack_into("<I", sector, 71, catalog)
    return sector


def validation(platform):
    entry = bytearray(32)
    entry[0:2] = bytes([1, platform])
    struct.pack_into("<H", entry, 30, 0xAA55)
    struct.pack_into("<H", entry, 28, -(1 + (platform << 8) + 0xAA55) & 0xFFFF)
    return bytes(entry)


def boot_entry(first, sectors, emulation=0):
    return struct.pack("<BBHBBHI20x", 0x88, emulation, 0, 0, 0, sectors, first)


def section(platform, count, last=True):
    return struct.pack("<BBH28x", 0x91 if last else 0x90, platform, count)


def disc(entries, image=b""):
    catalog = entries.ljust(2048, b"\0")
    body = [primary(b"A LABEL", 20 + len(image) // 2048), boot_record(19), descriptor(255), catalog, image]
    return b"".join(bytes(part) for part in body)


def udf():
    """The fuzzer shows the fifth sector, 20, as sector 256 too."""
    volume = bytearray(2048)
    struct.pack_into("<H", volume, 0, 6)
    put(volume, 84, b"\x08WINDOWS")
    volume[84 + 127] = 8
    anchor = bytearray(2048)
    struct.pack_into("<H", anchor, 0, 2)
    struct.pack_into("<II", anchor, 16, 2048, 19)
    return b"".join(
        bytes(part)
        for part in (descriptor(0, b"BEA01"), descriptor(0, b"NSR02"), descriptor(0, b"TEA01"), volume, anchor)
    )


def mbr(*partitions):
    image = bytearray(SECTOR)
    for index, (kind, first, count) in enumerate(partitions):
        put(image, 446 + 16 * index, struct.pack("<BxxxBxxxII", 0, kind, first, count))
    put(image, 510, b"\x55\xaa")
    return image


def gpt(sector, sectors, backup_at=None):
    """Four entries; an EFI system partition with a FAT12 in it, and another partition behind it."""
    image = bytearray(sector * sectors)
    put(image, 0, mbr((0xEE, 1, sectors - 1)))
    volume = fat(12)
    volume_sectors = len(volume) // sector + 1
    backup = backup_at or sectors - 1
    entries = b""
    for kind, first, last in (
        ("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", 3, 2 + volume_sectors),
        ("0fc63daf-8483-4772-8e79-3d69d8477de4", 3 + volume_sectors, backup - 2),
    ):
        entries += uuid.UUID(kind).bytes_le + bytes([first]) * 16 + struct.pack("<QQQ", first, last, 0)
        entries += "name".encode("utf-16-le").ljust(72, b"\0")
    entries = entries.ljust(4 * 128, b"\0")
    for here, other, array in ((1, backup, 2), (backup, 1, backup - 1)):
        header = struct.pack("<8sIIIIQQQQ", b"EFI PART", 0x10000, 92, 0, 0, here, other, 3, backup - 2)
        header += bytes(range(16)) + struct.pack("<QIII", array, 4, 128, zlib.crc32(entries))
        header = header[:16] + struct.pack("<I", zlib.crc32(header)) + header[20:]
        put(image, here * sector, header)
        put(image, array * sector, entries)
    put(image, 3 * sector, volume)
    return bytes(image)


def logical():
    image = bytearray(SECTOR * 32)
    put(image, 0, mbr((0x83, 1, 2), (0x05, 4, 28)))
    put(image, 4 * SECTOR, mbr((0x83, 1, 4), (0x05, 8, 8)))
    put(image, 12 * SECTOR, mbr((0xEF, 1, 13)))
    put(image, 13 * SECTOR, fat(12))
    return bytes(image)


def vhd(kind, size, blocks=(), block_size=1024):
    """Without checksums, which the fuzzer puts in itself. BLOCKS: number, bitmap's first byte."""
    footer = bytearray(512)
    put(footer, 0, b"conectix")
    struct.pack_into(">IIQI4sI4sQQ", footer, 8, 2, 0x10000, 512 if kind > 2 else (1 << 64) - 1, 0, b"win ", 0xA0000, b"Wi2k", size, size)
    struct.pack_into(">I", footer, 60, kind)
    footer[68] = kind
    if kind == 2:
        return bytes(size) + bytes(footer)
    header = bytearray(1024)
    put(header, 0, b"cxsparse")
    entries = -(-size // block_size)
    struct.pack_into(">QQIII", header, 8, (1 << 64) - 1, 1536, 0x10000, entries, block_size)
    put(header, 64, "C:\\p.vhd".encode("utf-16-be"))
    table = bytearray(b"\xff" * (-(-entries * 4 // 512) * 512))
    data = bytearray()
    if kind == 4:
        struct.pack_into(">IIIIQ", header, 576, 0x57327275, 512, 14, 0, 1536 + len(table))
        data += ".\\p.vhd".encode("utf-16-le").ljust(512, b"\0")
    for number, bitmap in blocks:
        struct.pack_into(">I", table, number * 4, (1536 + len(table) + len(data)) // 512)
        data += bytes([bitmap]).ljust(512, b"\0") + bytes([number + 1]) * block_size
    return bytes(footer + header + table + data + footer)


def seeds():
    yield "vhd/fixed", vhd(2, 1024)
    yield "vhd/dynamic", vhd(3, 4096 - 512, [(3, 0xFF), (1, 0x40)])
    yield "vhd/empty", vhd(3, 1 << 40, block_size=1 << 31)
    yield "vhd/child", vhd(4, 3072, [(2, 0x80), (0, 0xC0)])
    for bits in (12, 16, 32):
        yield f"fat_volume/fat{bits}", fat(bits)
    yield "fat_volume/no_fat", bytes(512)
    yield "iso9660/uefi", disc(validation(0xEF) + boot_entry(20, 12), fat(12))
    yield "iso9660/uefi_without_size", disc(validation(0xEF) + boot_entry(20, 0), fat(16))
    yield "iso9660/uefi_fat32", disc(validation(0xEF) + boot_entry(20, 1), fat(32))
    yield "iso9660/arm", disc(validation(0xEF) + boot_entry(20, 12), fat(12, "BOOTAA64.EFI"))
    both = validation(0) + boot_entry(20, 4) + section(0xEF, 1) + boot_entry(20, 12)
    yield "iso9660/both", disc(both, fat(12))
    yield "iso9660/floppy", disc(validation(0) + boot_entry(20, 1, emulation=2), fat(12))
    yield "iso9660/bios", disc(validation(0) + boot_entry(20, 4), bytes(2048))
    yield "iso9660/data", bytes(primary(b"DATA", 18) + descriptor(255))
    yield "iso9660/udf", udf()
    small, large = b"\0", b"\1"  # the sectors
    yield "partition_table/gpt", small + gpt(512, 40)
    yield "partition_table/gpt_4096", large + gpt(4096, 12)
    yield "partition_table/gpt_grown", small + gpt(512, 48, backup_at=39)
    yield "partition_table/gpt_cut", small + gpt(512, 40)[: 30 * 512]
    yield "partition_table/gpt_primary_gone", small + gpt(512, 40)[:512] + bytes(512) + gpt(512, 40)[1024:]
    yield "partition_table/mbr", small + logical()
    yield "partition_table/fat", small + fat(12)


if __name__ == "__main__":
    for name, data in seeds():
        path = SEEDS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
