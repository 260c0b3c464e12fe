#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of boot_order: the flash of a firmware, as small as it can be, with variables of one kind each.

Run it after changing it and commit what it writes; seeds that a fuzzer found are kept beside these.
"""

import pathlib
import struct
import uuid

SEEDS = pathlib.Path(__file__).parent / "seeds" / "boot_order"
VOLUME = uuid.UUID("fff12b8d-7696-4c8b-a985-2747075b4f50")
STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
STRANGER = uuid.UUID("12345678-1234-1234-1234-123456789abc")
FIRMWARE_MADE = bytes.fromhex("4eac0881119f594d850ee21a522c59b2")
SIZE = 4096
HEADER = 72


def variable(name, data, vendor=GLOBAL, state=0x3F):
    name = (name + "\0").encode("utf-16le")
    record = struct.pack("<HBxIQ16xIII", 0x55AA, state, 7, 0, 0, len(name), len(data)) + vendor.bytes_le + name + data
    return record + b"\xff" * (-len(record) % 4)


def flash(*variables):
    body = b"".join(variables)
    size = SIZE - HEADER
    volume = bytes(16) + VOLUME.bytes_le + struct.pack("<Q4sIHHHBBIIII", SIZE, b"_FVH", 0, HEADER, 0, 0, 0, 2, 1, SIZE, 0, 0)
    store = STORE.bytes_le + struct.pack("<IBBHI", size, 0x5A, 0xFE, 0, 0)
    return (volume + store + body).ljust(SIZE, b"\xff")


def node(kind, subtype, data):
    return struct.pack("<BBH", kind, subtype, 4 + len(data)) + data


END = node(0x7F, 0xFF, b"")
ROOT = node(2, 1, struct.pack("<II", 0x0A0341D0, 0))


def slot(controller, target, lun=0):
    port = node(1, 1, bytes([controller, 2])) + node(1, 1, bytes(2))
    return ROOT + port + node(3, 2, struct.pack("<HH", target, lun)) + END


def network(*protocol):
    port = node(1, 1, bytes([0, 3])) + node(1, 1, bytes(2))
    return ROOT + port + node(3, 11, bytes.fromhex("525400123456") + bytes(26) + b"\1") + b"".join(protocol) + END


def file(path):
    partition = struct.pack("<IQQ", 1, 2048, 204800) + STRANGER.bytes_le + b"\2\2"
    return node(4, 1, partition) + node(4, 4, (path + "\0").encode("utf-16le")) + END


def option(description, path, data=b"", attributes=1):
    return struct.pack("<IH", attributes, len(path)) + (description + "\0").encode("utf-16le") + path + data


MENU = (
    node(4, 7, uuid.UUID("7cb8bdc9-f8eb-4f34-aaea-3ee4af6516a1").bytes_le)
    + node(4, 6, uuid.UUID("462caa21-7614-4503-836e-8ab6f4662331").bytes_le)
    + END
)


def order(*numbers):
    return variable("BootOrder", struct.pack(f"<{len(numbers)}H", *numbers))


def main():
    SEEDS.mkdir(parents=True, exist_ok=True)
    entries = [
        variable("Boot0000", option("Disk 0:0", slot(0, 0))),
        variable("Boot0001", option("debian", file("\\EFI\\debian\\shimx64.efi"))),
        variable("Boot0002", option("Firmware menu", MENU)),
        variable("Boot0003", option("UEFI DVD", slot(0, 1), FIRMWARE_MADE)),
        variable("Boot0004", option("UEFI PXEv4", network(node(3, 12, bytes(23))), FIRMWARE_MADE)),
        variable("Boot0005", option("UEFI HTTPv6", network(node(3, 13, bytes(56)), node(3, 24, b"")), FIRMWARE_MADE)),
        variable("Boot0006", option("UiApp", MENU, attributes=0x109)),
    ]
    seeds = {
        "empty": flash(),
        "ours": flash(*entries, order(0, 1, 2, 3, 4, 5, 6), variable("BootNext", b"\1\0")),
        "without_menu": flash(entries[1], entries[3], order(3, 1)),
        "same_device_twice": flash(entries[0], variable("Boot0007", option("again", slot(0, 0))), order(7, 0, 0)),
        "strangers": flash(variable("BootOrder", b"x", STRANGER), variable("Other", b"y", STRANGER), order(9)),
        "being_replaced": flash(variable("Boot0000", b"x", state=0x3E), entries[0], variable("Old", b"z", state=0x3D)),
        "no_option": flash(variable("Boot0000", b"x"), variable("Boot0001", option("long", END)[:-2]), order(0, 1)),
    }
    for name, content in seeds.items():
        (SEEDS / name).write_bytes(content)


if __name__ == "__main__":
    main()
