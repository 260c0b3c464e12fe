#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the seeds of vhdx_open, vhdx_log, vhdx_edit and parent_locator, in the records that sparse_image.h reads.

Run it after changing it and commit what it writes; seeds that a fuzzer found are kept beside these.
"""

import pathlib
import struct
import uuid

SEEDS = pathlib.Path(__file__).parent / "seeds"
KIB, MIB = 1 << 10, 1 << 20
LOG, METADATA, TABLE, BLOCKS = MIB, 2 * MIB, 3 * MIB, 4 * MIB
LOG_ID = uuid.UUID("5d54c9cc-7a8b-4b1c-9d6f-c53d62a3f0a1").bytes_le
SOME_ID = uuid.UUID("8e3b6ac1-79a1-45a4-9f0c-1f1f5f1e7b11").bytes_le
ZERO, UNMAPPED, FULL, PARTIAL = 2, 3, 6, 7


def guid(text):
    return uuid.UUID(text).bytes_le


def locator(pairs):
    entries, texts = b"", b""
    begin = 20 + 12 * len(pairs)
    for key, value in pairs.items():
        key, value = key.encode("utf-16-le"), value.encode("utf-16-le")
        at = begin + len(texts)
        entries += struct.pack("<IIHH", at, at + len(key), len(key), len(value))
        texts += key + value
    return guid("B04AEFB7-D19E-4A81-B789-25B8E9445913") + struct.pack("<HH", 0, len(pairs)) + entries + texts


PARENT = {
    "parent_linkage": "{8e3b6ac1-79a1-45a4-9f0c-1f1f5f1e7b11}",
    "parent_linkage2": "{00000000-0000-0000-0000-000000000000}",
    "relative_path": ".\\parent.vhdx",
}


def entry(sequence, updates, tail=0, end=4 * MIB, identity=LOG_ID):
    """UPDATES: file offset to 4 KiB, or to a number of bytes that become zero."""
    descriptors, sectors = b"", b""
    for offset, update in updates.items():
        if isinstance(update, int):
            descriptors += struct.pack("<4sIQQQ", b"zero", 0, update, offset, sequence)
        else:
            descriptors += struct.pack("<4s4s8sQQ", b"desc", update[-4:], update[:8], offset, sequence)
            sectors += struct.pack("<4sI", b"data", sequence >> 32) + update[8:-4] + struct.pack("<I", sequence & 0xFFFFFFFF)
    head = 64 + len(descriptors)
    padding = bytes(-head % 4096)
    length = head + len(padding) + len(sectors)
    header = struct.pack("<4sIIIQII16sQQ", b"loge", 0, length, tail, sequence, len(updates), 0, identity, end, end)
    return header + descriptors + padding + sectors


def image(size=64 * MIB, block=2 * MIB, sector=512, fixed=False, parent=None, table=(), blocks=(), log=(), end=8 * MIB, flags=0):
    """TABLE: entry number to its raw value; BLOCKS: file offset to bytes; LOG: position in the log to an entry."""
    records = {0: b"vhdxfile" + "fuzz".encode("utf-16-le")}
    for slot in range(2):
        identity = LOG_ID if log else bytes(16)
        records[(slot + 1) * 64 * KIB] = struct.pack(
            "<4sIQ16s16s16sHHIQ", b"head", 0, slot + 1, SOME_ID, SOME_ID, identity, 0, 1, MIB, LOG
        )
        regions = struct.pack("<4sIII", b"regi", 0, 2, 0)
        regions += guid("2DC27766-F623-4200-9D64-115E9BFD4A08") + struct.pack("<QII", TABLE, MIB, 1)
        regions += guid("8B7CA206-4790-4B9A-B8FE-575F050F886E") + struct.pack("<QII", METADATA, MIB, 1)
        records[(slot + 3) * 64 * KIB] = regions
    items = [
        ("CAA16737-FA36-4D43-B3B6-33F0AA44E76B", 4, struct.pack("<II", block, fixed + 2 * bool(parent))),
        ("2FA54224-CD1B-4876-B211-5DBED83BF4B8", 6, struct.pack("<Q", size)),
        ("BECA12AB-B2E6-4523-93EF-C309E000C746", 6, SOME_ID),
        ("8141BF1D-A96F-4709-BA47-F233A8FAAB5F", 6, struct.pack("<I", sector)),
        ("CDA348C7-445D-4471-9CC9-E9885251C556", 6, struct.pack("<I", 4096)),
    ]
    if parent:
        items.append(("A8D35F2D-B30B-454D-ABF7-D3D84834AB0C", 4, locator(parent)))
    entries, values = struct.pack("<8sHH20x", b"metadata", 0, len(items)), b""
    for identity, kind, value in items:
        entries += guid(identity) + struct.pack("<IIII", 64 * KIB + len(values), len(value), kind, 0)
        values += value
    records[METADATA] = entries
    records[METADATA + 64 * KIB] = values
    for number, raw in dict(table).items():
        records[TABLE + 8 * number] = struct.pack("<Q", raw)
    records.update(dict(blocks))
    for position, one in dict(log).items():
        records[LOG + position] = one
    data = struct.pack("<BBI", flags, 0, end // 512)
    for offset, content in records.items():
        while content:
            piece, content = content[:60000], content[60000:]
            data += struct.pack("<IHH", offset & 0xFFFFFFFF, offset >> 32, len(piece)) + piece
            offset += len(piece)
    return data


def images():
    two = {0: BLOCKS | FULL, 3: BLOCKS + 2 * MIB | FULL, 4: ZERO, 5: UNMAPPED}
    bits = {8 * MIB: b"\x0f\xf0\xff"}
    yield "empty", image()
    yield "two_blocks", image(table=two, blocks={BLOCKS: b"first", BLOCKS + 2 * MIB: b"second"})
    yield "shuffled", image(table={0: BLOCKS + 4 * MIB | FULL, 1: BLOCKS | FULL, 2: 3}, blocks={BLOCKS: b"x"}, end=10 * MIB)
    yield "anchors", image(table={0: BLOCKS | UNMAPPED, 1: BLOCKS + 2 * MIB | 1, 2: BLOCKS | ZERO}, end=8 * MIB)
    yield "fixed", image(size=4 * MIB, fixed=True, table={0: BLOCKS | FULL, 1: BLOCKS + 2 * MIB | FULL})
    yield "large_blocks", image(size=200 * MIB, block=256 * MIB, table={0: BLOCKS | FULL}, end=260 * MIB)
    yield "sectors_4k", image(sector=4096, table=two, blocks={BLOCKS: b"first"})
    yield "odd_size", image(size=5 * MIB + 512, table={2: BLOCKS | FULL}, blocks={BLOCKS + MIB: b"tail"}, end=6 * MIB + 512)
    yield "huge", image(size=120 << 30, block=MIB, table={122000: BLOCKS | FULL}, end=6 * MIB)
    yield "child", image(
        parent=PARENT, table={0: BLOCKS | PARTIAL, 1: ZERO, 2: 6 * MIB | FULL, 2048: 8 * MIB | FULL}, blocks=bits, end=9 * MIB
    )
    yield "child_without_bitmap", image(parent=PARENT, table={0: BLOCKS | PARTIAL})
    yield "child_with_stale_slot", image(parent=PARENT, table={0: BLOCKS | FULL, 1: BLOCKS})
    yield "shared_place", image(table={0: BLOCKS | FULL, 1: BLOCKS | FULL})
    sector = struct.pack("<QQ", BLOCKS | FULL, 0) + bytes(4080)
    yield "log", image(log={0: entry(1, {TABLE: sector})})
    yield "log_of_three", image(
        log={0: entry(7, {TABLE: sector}), 8192: entry(8, {512 * KIB: 8192}), 12288: entry(9, {513 * KIB * 8: 4096}, end=8 * MIB)}
    )
    yield "log_wrapped", image(log={MIB - 4096: entry(1, {}, tail=MIB - 4096), 0: entry(2, {TABLE: sector}, tail=MIB - 4096)})
    zeros = {BLOCKS + 8192 * i: 4096 for i in range(300)}
    yield "log_of_zeros", image(log={0: entry(1, zeros)})
    yield "log_torn", image(log={0: entry(1, {TABLE: sector})[:6000]}, flags=4)
    yield "log_nothing", image(log={0: bytes(1)})
    yield "cut", image(table=two, end=5 * MIB)
    yield "header_torn", image(flags=1)


ORDERS = {"write": (0, 8, 64, 128, 1, 3, 7, 0), "resize": (4, 0, 5, 8, 4, 13, 7, 0), "compact": (0, 96, 9, 3, 6, 0, 6, 7)}


def seeds():
    for name, data in images():
        yield f"vhdx_open/{name}", data
        if name.startswith("log"):
            yield f"vhdx_log/{name}", data
        for orders, steps in ORDERS.items():
            if orders == "write" or name in ("two_blocks", "shuffled", "fixed", "child", "anchors", "odd_size"):
                yield f"vhdx_edit/{name}_{orders}", bytes(steps) + data
    yield "parent_locator/windows", locator(PARENT | {"absolute_win32_path": "C:\\disks\\parent.vhdx"})
    yield "parent_locator/minimal", locator({"relative_path": "p", "parent_linkage": PARENT["parent_linkage"]})
    yield "parent_locator/no_path", locator({"parent_linkage": PARENT["parent_linkage"]})
    yield "parent_locator/no_linkage", locator({"relative_path": "p"})


if __name__ == "__main__":
    for name, data in seeds():
        path = SEEDS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
