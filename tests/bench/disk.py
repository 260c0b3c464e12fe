# SPDX-License-Identifier: GPL-3.0-or-later
"""Work on disk images, side by side with qemu-img and cp on the same file system.

Converting is measured twice: until the image is in the kernel's hands, as qemu-img and cp and Platter leave it, and
until it is on stable storage, when Platter's --sync ends; the others are followed by a flush for that.
"""

import contextlib
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from measure import ROUNDS, figure, run, say, timed, tool, verdict

MIB = 1 << 20
GIB = 1 << 30
DATA = 1 * GIB
PATIENCE = 600
PROJECT = pathlib.Path(__file__).resolve().parents[2]

memory = []  # MiB at most, of every run of Platter's


def platterctl(*words):
    """Milliseconds that it takes; the memory that it took is kept."""
    command = ["platterctl", "disk", *map(str, words)]
    begin = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        taken = (time.monotonic() - begin) * 1000
        if process.returncode != 0:
            said.seek(0)
            sys.exit(f"bench: {' '.join(command)} failed:\n{said.read().decode()}")
    memory.append(usage.ru_maxrss / 1024)
    return taken


def qemu_img(*words):
    return timed([tool("qemu-img", "qemu-utils"), *map(str, words)], deadline=PATIENCE)


def settled(*made):
    """Removes what the round before made, and lets the storage come to rest."""
    for path in made:
        path.unlink(missing_ok=True)
    os.sync()


def fill(path, size):
    """A raw image full of what no program takes for zeros, and what is read of it lies in the page cache."""
    generator = random.Random(1)
    with path.open("wb") as file:
        for _ in range(size // MIB):
            file.write(generator.randbytes(MIB))


def warm(path):
    with path.open("rb") as file:
        while file.read(MIB):
            pass


def on_host(path):
    return path.stat().st_blocks * 512


def interleaved(ways, before):
    """ROUNDS times each of WAYS (name to a function that measures), in turn; BEFORE makes each start alike."""
    values = {name: [] for name in ways}
    for round_number in range(ROUNDS + 1):
        for name, way in ways.items():
            before()
            value = way()
            if round_number > 0:  # the first warms up
                values[name].append(value)
    return {name: figure(name, measured, "ms") for name, measured in values.items()}


def flushes(command):
    """How many times a command waits for the storage."""
    trace = ["-f", "-qq", "-e", "trace=fsync,fdatasync,sync,syncfs,msync", "-e", "signal=none"]
    said = subprocess.run([tool("strace", "strace"), *trace, *map(str, command)], capture_output=True, text=True)
    if said.returncode != 0:
        sys.exit(f"bench: strace {' '.join(map(str, command))} failed:\n{said.stdout}{said.stderr}")
    return len(re.findall(r"\b(?:fsync|fdatasync|sync|syncfs|msync)\(", said.stderr))


def expanding(folder):
    say(" expand 1 GiB to 64 TiB, to 2 GiB")
    image = folder / "expanded.vhdx"

    def fresh():
        settled(image)
        platterctl("create", image, "--size", "1G")

    counts = {}
    for size in ("64T", "2G"):
        fresh()
        counts[size] = flushes(["platterctl", "disk", "expand", image, size])
    times = interleaved({f"to {size}": lambda size=size: platterctl("expand", image, size) for size in counts}, fresh)
    verdict(f"{counts['64T']} and {counts['2G']} flushes (as many)", counts["64T"] == counts["2G"])
    ratio = times["to 64T"] / times["to 2G"]
    verdict(f"{ratio:.2f} times as long (at most 2)", ratio <= 2)
    settled(image)


def converting(folder, raw):
    say(" dynamic VHD to VHDX, 1 GiB of data in the page cache")
    source, made = folder / "source.vhd", folder / "made.vhdx"
    qemu_img("convert", "-f", "raw", "-O", "vpc", "-o", "subformat=dynamic,force_size=on", raw, source)
    as_vhdx = ["convert", "-f", "vpc", "-O", "vhdx"]

    def copied():
        return timed(["cp", "--reflink=never", source, made], deadline=PATIENCE)

    ways = {
        "platterctl": lambda: platterctl("convert", source, made),
        "qemu-img": lambda: qemu_img(*as_vhdx, source, made),
        "cp": copied,
        "platterctl, on stable storage": lambda: platterctl("convert", "--sync", source, made),
        "qemu-img, on stable storage": lambda: qemu_img(*as_vhdx, "-t", "writeback", source, made) + timed(["sync", made]),
        "cp, on stable storage": lambda: copied() + timed(["sync", made], deadline=PATIENCE),
    }

    def fresh():
        settled(made)
        warm(source)

    times = interleaved(ways, fresh)
    fast, stable = times["platterctl"], times["platterctl, on stable storage"]
    verdict(f"{times['qemu-img'] / fast:.2f} times as fast as qemu-img (at least 2)", times["qemu-img"] >= 2 * fast)
    verdict(f"{fast / times['cp']:.2f} times as long as cp (at most 1.3)", fast <= 1.3 * times["cp"])
    synced = times["cp, on stable storage"]
    verdict(f"{stable / synced:.2f} times as long as cp, both on stable storage (at most 1.3)", stable <= 1.3 * synced)
    theirs = times["qemu-img, on stable storage"]
    say(f"  {theirs / stable:.2f} times as fast as qemu-img, both on stable storage")
    settled(source, made)


@contextlib.contextmanager
def sharing_file_system(folder):
    """A folder on an XFS of its own, or nothing where none can be mounted."""
    volume, place = folder / "xfs", folder / "mounted"
    if os.geteuid() != 0:
        say("  left out: mounting a file system that shares data needs root.")
        yield None
        return
    with volume.open("wb") as file:
        file.truncate(8 * GIB)
    run([tool("mkfs.xfs", "xfsprogs"), "-q", "-m", "reflink=1", volume])
    place.mkdir()
    mounted = subprocess.run([tool("mount", "mount"), "-o", "loop", volume, place], capture_output=True, text=True)
    if mounted.returncode != 0:
        say(f"  left out: no XFS can be mounted here ({mounted.stderr.strip().splitlines()[0]}).")
        yield None
    else:
        try:
            yield place
        finally:
            run(["umount", place])
    settled(volume)


def sharing(folder, raw):
    say(" to VHDX where the file system shares data (XFS), 1 GiB of data in the page cache")
    with sharing_file_system(folder) as place:
        if place is None:
            return
        made = place / "made.vhdx"
        fixed, plain = place / "fixed.vhd", place / "plain.raw"
        shutil.copyfile(raw, plain)
        qemu_img("convert", "-f", "raw", "-O", "vpc", "-o", "subformat=fixed,force_size=on", raw, fixed)
        for kind, driver, source in (("raw", "raw", plain), ("fixed VHD", "vpc", fixed)):

            def fresh(source=source):
                settled(made)
                warm(source)

            times = interleaved(
                {
                    f"platterctl, {kind}": lambda: platterctl("convert", source, made),
                    f"qemu-img, {kind}": lambda: qemu_img("convert", "-f", driver, "-O", "vhdx", source, made),
                },
                fresh,
            )
            ours, theirs = times.values()
            verdict(f"{theirs / ours:.0f} times as fast (at least 20)", theirs >= 20 * ours)


@contextlib.contextmanager
def most_on_host(path):
    """A list whose only element is what PATH takes at most meanwhile."""
    most = [on_host(path)]
    ended = threading.Event()

    def watch():
        while not ended.wait(0.005):
            most[0] = max(most[0], on_host(path))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        ended.set()
        watcher.join()


def compacting(folder, raw):
    say(" compact, a tenth of 1 GiB free: in place, and by copying into a new image")
    full, image, made = folder / "full.vhdx", folder / "image.vhdx", folder / "made.vhdx"
    qemu_img("convert", "-f", "raw", "-O", "vhdx", "-o", "block_size=1M", raw, full)
    zeros = "".join(f"write -q -P 0 {number}M 1M\n" for number in range(0, DATA // MIB, 10))
    run([tool("qemu-io", "qemu-utils"), "-f", "vhdx", full], text_in=zeros)
    growth, left = [], []

    def fresh():
        settled(image, made)
        shutil.copyfile(full, image)
        os.sync()

    def ours():
        before = on_host(image)
        with most_on_host(image) as most:
            taken = platterctl("compact", image)
        left.append(on_host(image))
        growth.append(max(most[0], left[-1]) - before)
        return taken

    copy = ["convert", "-f", "vhdx", "-O", "vhdx", "-o", "block_size=1M", image, made]
    times = interleaved({"platterctl disk compact": ours, "qemu-img convert": lambda: qemu_img(*copy)}, fresh)
    ratio = times["qemu-img convert"] / times["platterctl disk compact"]
    verdict(f"{ratio:.1f} times as fast (at least 3)", ratio >= 3)
    verdict(f"grows by {max(growth) / MIB:.1f} MiB on the way (at most 1)", max(growth) <= MIB)
    say(f"  takes {max(left) / MIB:.0f} MiB of {on_host(full) / MIB:.0f} afterwards")
    settled(full, image, made)


def allocating(folder):
    count = 2000
    say(f" {count} random writes of 4 KiB, each into a block that was never written, then a flush")
    image = folder / "written.vhdx"
    blocks = random.Random(1).sample(range(64 * GIB // (2 * MIB)), count)
    offsets = [block * 2 * MIB + number % 512 * 4096 for number, block in enumerate(blocks)]

    def fresh():
        settled(image)
        platterctl("create", image, "--size", "64G", "--block-size", "2M")

    theirs = "".join(f"write -q {offset} 4k\n" for offset in offsets) + "flush\n"
    times = interleaved(
        {
            "Platter's writer": lambda: timed(["platter_bench_disk", image], text_in="\n".join(map(str, offsets))),
            "QEMU's driver": lambda: timed(
                [tool("qemu-io", "qemu-utils"), "-f", "vhdx", image], text_in=theirs, deadline=PATIENCE
            ),
        },
        fresh,
    )
    ratio = times["QEMU's driver"] / times["Platter's writer"]
    verdict(f"{ratio:.1f} times as fast (at least 2)", ratio >= 2)
    settled(image)


def inspecting(folder):
    say(" disk info on images of 64 TiB")
    images = {name: folder / f"{number}.vhdx" for number, name in enumerate(("QEMU's, 1 MiB blocks", "QEMU's", "ours"))}
    qemu_img("create", "-q", "-f", "vhdx", "-o", "block_size=1M", images["QEMU's, 1 MiB blocks"], "64T")
    qemu_img("create", "-q", "-f", "vhdx", images["QEMU's"], "64T")
    platterctl("create", images["ours"], "--size", "64T")
    os.sync()
    ways = {name: lambda image=image: platterctl("info", image) for name, image in images.items()}
    longest = max(interleaved(ways, lambda: None).values())
    verdict(f"{longest:.0f} ms (at most 50)", longest <= 50)
    settled(*images.values())


def bench_disk():
    say("Disk images")
    (PROJECT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=PROJECT / "build") as name:
        folder = pathlib.Path(name)
        raw = folder / "data.raw"
        fill(raw, DATA)
        expanding(folder)
        converting(folder, raw)
        sharing(folder, raw)
        compacting(folder, raw)
        allocating(folder)
        inspecting(folder)
    say(f"  memory of {len(memory)} runs of platterctl: median {statistics.median(memory):.0f} MiB")
    verdict(f"{max(memory):.1f} MiB of memory at most (below 64)", max(memory) < 64)
