# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench expand: a VHDX that the sample guest runs from becomes larger, with its partition and its file system;
in the machine that runs, and by the only other way, for QEMU can resize no VHDX: shut down, convert it into a larger
image, boot, grow the file system. Then how long the guest stands still for disks of 1 GiB to 60 TiB."""

import json
import pathlib
import socket
import statistics
import time

from measure import ROUNDS, figure, home, run, say, verdict

BOOT = 300
GIBIBYTE = 1 << 30
TEBIBYTE = 1 << 40
FILL = 1 << 30  # bytes of data on the disk, which the other way copies


class Guest:
    """The machine “guest”, and its shell on the serial port."""

    def __init__(self, environment):
        self.environment = environment
        self.folder = pathlib.Path(environment["XDG_DATA_HOME"], "platter", "machines", "guest")
        self.disk = pathlib.Path(environment["XDG_DATA_HOME"], "guest.vhdx")
        self.seen = 0

    def ctl(self, *words):
        return run(["platterctl", *map(str, words)], self.environment, deadline=BOOT)

    def start(self):
        self.seen = len(self.serial())
        self.ctl("machine", "start", "guest", "--software-emulation")
        self.wait_for("Platter sample guest ready")
        self.wait_for("# ")

    def serial(self):
        log = self.folder / "log" / "serial.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def wait_for(self, text):
        deadline = time.monotonic() + BOOT
        while (found := self.serial().find(text, self.seen)) < 0:
            if time.monotonic() > deadline:
                raise SystemExit(f"bench: the guest does not say “{text}”:\n{self.serial()[-2000:]}")
            time.sleep(0.02)
        self.seen = found + len(text)

    def shell(self, command):
        """Runs a command, which must succeed."""
        [path] = pathlib.Path(self.environment["XDG_RUNTIME_DIR"]).glob("platter/*/serial.sock")
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(f"{command} && echo well $((6*7))\n".encode())
            self.wait_for("well 42")

    def shut_down(self):
        self.ctl("machine", "shutdown", "guest", "--wait", BOOT)


def expand(guest, disk, size, *words):
    """Milliseconds that the guest stood still."""
    done = json.loads(guest.ctl("disk", "expand", disk, size, *words, "--json"))
    return done["pauseMicroseconds"] / 1000


def holds(pauses):
    pause = statistics.median(pauses)
    verdict(f"median pause {pause:.0f} ms (at most 25)", pause <= 25)
    verdict(f"worst pause {max(pauses):.0f} ms (at most 100)", max(pauses) <= 100)


def by_size(guest):
    """Disks of all sizes, empty but for their tables, which QEMU reads when it opens an image. What was made small has
    a longer one than what was made large, for its blocks are smaller."""
    disks = {
        "1 GiB": (GIBIBYTE, GIBIBYTE),
        "16 TiB": (16 * TEBIBYTE, 16 * TEBIBYTE),
        "60 TiB": (60 * TEBIBYTE, 60 * TEBIBYTE),
        "60 TiB, made with 1 GiB": (GIBIBYTE, 60 * TEBIBYTE),
    }
    for number, (made, size) in enumerate(disks.values()):
        image = guest.disk.with_name(f"{number}.vhdx")
        guest.ctl("disk", "create", image, "--size", made)
        if size > made:
            guest.ctl("disk", "expand", image, size)
        guest.ctl("drive", "add", "guest", image)
    guest.start()
    for number, (name, (_, size)) in enumerate(disks.items()):
        image = guest.disk.with_name(f"{number}.vhdx")
        pauses = [expand(guest, image, size + (step + 1) * GIBIBYTE) for step in range(2 * ROUNDS)]
        figure(f"it stands still: {name}", pauses, "ms")
        holds(pauses)
    guest.ctl("machine", "poweroff", "guest")


def bench_expand():
    say(f"Expanding the VHDX that a guest runs from, with {FILL >> 20} MiB of data on it")
    pauses, ours, theirs = [], [], []
    with home() as environment:
        guest = Guest(environment)
        iso = guest.ctl("sample-guest").strip()
        create = ["machine", "create", "guest", "--memory", "512M", "--cpus", 2, "--disk", "2G"]
        guest.ctl(*create, "--disk-file", guest.disk, "--iso", iso)
        guest.start()
        guest.shell("install")
        guest.shell("mkdir /tmp/t && mount -t ext4 /dev/sda2 /tmp/t")
        guest.shell("dd if=/dev/urandom of=/tmp/t/root/fill0 bs=1M count=64")
        guest.shell(f"for i in $(seq {(FILL >> 26) - 1}); do cat /tmp/t/root/fill0 > /tmp/t/root/fill$i; done")
        guest.shell("umount /tmp/t")
        guest.ctl("machine", "poweroff", "guest")
        guest.ctl("drive", "eject", "guest", "0:1")
        guest.start()
        size = 2 * GIBIBYTE
        for _ in range(ROUNDS):
            size += GIBIBYTE
            begin = time.monotonic()
            pauses.append(expand(guest, guest.disk, size, "--grow"))
            ours.append((time.monotonic() - begin) * 1000)

            size += GIBIBYTE
            larger = guest.disk.with_name("larger.vhdx")
            begin = time.monotonic()
            guest.shut_down()
            run(["qemu-img", "create", "-q", "-f", "vhdx", str(larger), str(size)], environment)
            convert = ["qemu-img", "convert", "-n", "-f", "vhdx", "-O", "vhdx", str(guest.disk), str(larger)]
            run(convert, environment, deadline=BOOT)
            larger.rename(guest.disk)
            guest.start()
            guest.shell("growpart /dev/sda 2 && resize2fs /dev/sda2")
            theirs.append((time.monotonic() - begin) * 1000)
        guest.ctl("machine", "poweroff", "guest")
        pause = figure("Platter: the guest stands still", pauses, "ms")
        figure("Platter: until df in the guest shows it", ours, "ms")
        other = figure("shut down, qemu-img convert, boot, grow", theirs, "ms")
        say(f"  the guest is away {other / pause:.0f} times as long the other way")
        holds(pauses)
        by_size(guest)
