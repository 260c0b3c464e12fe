# SPDX-License-Identifier: GPL-3.0-or-later
"""./dev bench boot-io: what reading costs until a system runs, by the controller that its disk is on. The same disk, with
the sample guest's kernel and GRUB for BIOS and for UEFI, is booted from IDE by SeaBIOS, from IDE and AHCI
by OVMF, and from virtio-scsi by OVMF, as Platter's machines do. QEMU's trace events count what the guest did at
the controller; times are of runs without them. Prints a table and writes build/boot-io.svg."""

import collections
import math
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

from measure import ROUNDS, run, say, tool

BIOS_MODULES = pathlib.Path("/usr/lib/grub/i386-pc")  # grub-pc-bin
UEFI_MODULES = pathlib.Path("/usr/lib/grub/x86_64-efi")
OVMF = pathlib.Path("/usr/share/OVMF")
FLASH_SIZES = {path.stat().st_size for path in OVMF.glob("OVMF_*_4M.fd")}
PICTURE = pathlib.Path(__file__).resolve().parents[2] / "build" / "boot-io.svg"
DEADLINE = 300
SECTOR = 512
PARTITION = 2048 * SECTOR
DISK = 96 << 20

CONFIG = """serial --unit=0
terminal_output serial
echo "bench: loader"
linux /vmlinuz
echo "bench: loaded"
sleep 1000
"""

# The devices of each way. Nothing else in it reads or writes.
WAYS = {
    "IDE, SeaBIOS": ["-machine", "pc", "-device", "ide-hd,drive=disk"],
    "IDE, OVMF": ["-machine", "pc", "-device", "ide-hd,drive=disk"],
    "AHCI, OVMF": ["-machine", "q35", "-device", "ide-hd,drive=disk"],
    "virtio-scsi, OVMF": [
        *("-machine", "q35,sata=off", "-device", "virtio-scsi-pci,disable-legacy=on"),
        *("-device", "scsi-hd,drive=disk"),
    ],
}

# What the guest does at a controller's registers, each an exit from the guest; what the controller tells it; and what is
# read of the disk.
ACCESSES = [
    *("ide_ioport_read", "ide_ioport_write", "ide_status_read", "ide_ctrl_write"),
    *("ide_data_readw", "ide_data_readl", "ide_data_writew", "ide_data_writel"),
    *("bmdma_read", "bmdma_write", "bmdma_cmd_writeb", "bmdma_addr_read", "bmdma_addr_write"),
    *("ahci_mem_read", "ahci_mem_write", "virtio_queue_notify"),
]
INTERRUPTS = ["ahci_irq_raise", "virtio_notify"]
READ = "blk_co_preadv"


def section(program, name, file):
    run([tool("objcopy", "binutils"), "-O", "binary", "--only-section", name, program, file])


def make_disk(folder, iso):
    """A disk that both firmwares start from: GRUB's BIOS core before the first partition, a FAT volume in that one."""
    run([tool("xorriso", "xorriso"), "-osirrox", "on", "-indev", iso, "-extract_boot_images", folder / "images"])
    [image] = sorted((folder / "images").glob("*uefi*.img"))[:1]
    run([tool("mcopy", "mtools"), "-i", image, "::EFI/BOOT/BOOTX64.EFI", folder / "guest.efi"])
    section(folder / "guest.efi", ".linux", folder / "vmlinuz")
    (folder / "grub.cfg").write_text(CONFIG)
    common = ["part_msdos", "fat", "normal", "configfile", "echo", "linux", "serial", "sleep", "terminal"]
    mkimage = tool("grub-mkimage", "grub-common")
    where = ["-O", "i386-pc", "-d", BIOS_MODULES, "-p", "(hd0,msdos1)/grub"]
    run([mkimage, *where, "-o", folder / "core.img", "biosdisk", *common])
    where = ["-O", "x86_64-efi", "-d", UEFI_MODULES, "-p", "/grub"]
    run([mkimage, *where, "-o", folder / "BOOTX64.EFI", *common])

    volume = folder / "volume"
    run([tool("mkfs.vfat", "dosfstools"), "-C", "-F", "32", "-h", "2048", volume, str((DISK - PARTITION) // 1024)])
    run([tool("mmd", "mtools"), "-i", volume, "::EFI", "::EFI/BOOT", "::grub"])
    copies = {"BOOTX64.EFI": "::EFI/BOOT", "grub.cfg": "::grub", "vmlinuz": "::"}
    for name, target in copies.items():
        run([tool("mcopy", "mtools"), "-i", volume, folder / name, target])

    disk = folder / "disk.raw"
    with open(disk, "wb") as out:
        out.truncate(DISK)
        out.seek(PARTITION)
        out.write(volume.read_bytes())
    table = "label: dos\nstart=2048, type=ef, bootable\n"
    run([tool("sfdisk", "fdisk"), "--quiet", "--wipe=never", disk], text_in=table)
    # As grub-mkimage makes it, the core is looked for in the sector behind the first one.
    core = (folder / "core.img").read_bytes()
    assert SECTOR + len(core) <= PARTITION
    boot = bytearray((BIOS_MODULES / "boot.img").read_bytes())
    boot[0x66:0x68] = b"\x90\x90"  # the firmware says by which drive it boots
    with open(disk, "r+b") as out:
        out.write(boot[:440])
        out.seek(SECTOR)
        out.write(core)
    return disk, (folder / "vmlinuz").stat().st_size


class Boot:
    """One boot of a way, up to where the kernel is in memory. (GRUB for UEFI would leave an initramfs to the kernel to read.)"""

    def __init__(self, folder, disk, way, events=()):
        self.counts = collections.Counter()
        self.read_bytes = 0
        self.loader = self.loaded = None  # milliseconds
        log = folder / "log"
        log.unlink(missing_ok=True)
        os.mkfifo(log)
        command = [tool("qemu-system-x86_64", "qemu-system-x86"), "-nodefaults", "-no-user-config", *WAYS[way]]
        command += ["-accel", "tcg", "-cpu", "max", "-m", "512M", "-display", "none", "-serial", "stdio"]
        command += ["-blockdev", f"driver=raw,node-name=disk,read-only=off,file.driver=file,file.filename={disk}"]
        if "OVMF" in way:
            shutil.copyfile(OVMF / "OVMF_VARS_4M.fd", folder / "vars.fd")
            command += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF / 'OVMF_CODE_4M.fd'}"]
            command += ["-drive", f"if=pflash,format=raw,file={folder / 'vars.fd'}"]
        for event in events:
            command += ["-trace", event]
        command += ["-D", log]
        reader = threading.Thread(target=self.count, args=(log, events))
        reader.start()
        begin = time.monotonic()
        with subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            watchdog = threading.Timer(DEADLINE, process.kill)
            watchdog.start()
            for line in process.stdout:
                if b"bench: loader" in line:
                    self.loader = (time.monotonic() - begin) * 1000
                if b"bench: loaded" in line:
                    self.loaded = (time.monotonic() - begin) * 1000
                    break
            process.kill()
            watchdog.cancel()
        reader.join()
        if self.loaded is None:
            raise SystemExit(f"bench: {way} does not boot.")

    def count(self, log, events):
        line = re.compile(rb"(\w+) ")
        size = re.compile(rb" bytes (\d+)")
        names = {event.encode() for event in events}
        with open(log, "rb", buffering=1 << 20) as text:
            for words in text:
                found = line.search(words)
                if found is None or found[1] not in names:
                    continue
                name = found[1].decode()
                # The flash is read through the same layer, in whole at the start.
                if name == READ:
                    length = int(size.search(words)[1])
                    if length in FLASH_SIZES:
                        continue
                    self.read_bytes += length
                self.counts[name] += 1

    def accesses(self):
        return sum(self.counts[name] for name in ACCESSES)

    def interrupts(self):
        return sum(self.counts[name] for name in INTERRUPTS)


def draw(rows):
    """An SVG with a bar for each way: register accesses for each MiB read, on a logarithmic scale."""
    width, bar, left = 720, 44, 180
    scale = (width - left - 100) / max(math.log10(row["per_mib"]) for row in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{60 + bar * len(rows)}" '
        'font-family="sans-serif" font-size="14">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<text x="16" y="28" font-size="16" fill="#202020">Register accesses for each MiB read until the kernel is '
        "in memory (logarithmic)</text>",
    ]
    for number, row in enumerate(rows):
        y = 48 + number * bar
        length = scale * math.log10(row["per_mib"])
        parts += [
            f'<text x="16" y="{y + 20}" fill="#202020">{row["way"]}</text>',
            f'<rect x="{left}" y="{y + 4}" width="{length:.0f}" height="24" fill="#3b7dc4"/>',
            f'<text x="{left + length + 8:.0f}" y="{y + 21}" fill="#202020">{row["per_mib"]:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def bench_boot_io():
    say("Reads until the kernel is in memory, by controller: software emulation, GRUB, the sample guest")
    if not BIOS_MODULES.is_dir():
        raise SystemExit("bench: GRUB for BIOS is missing: install the package grub-pc-bin.")
    iso = run(["platterctl", "sample-guest"], dict(os.environ)).strip()
    rows = []
    with tempfile.TemporaryDirectory(prefix="platter-bench-") as name:
        folder = pathlib.Path(name)
        disk, loaded = make_disk(folder, iso)
        say(f"  kernel: {loaded / (1 << 20):.1f} MiB; medians of {ROUNDS} runs")
        times = {way: [] for way in WAYS}
        for _ in range(ROUNDS):
            for way in WAYS:
                times[way].append(Boot(folder, disk, way))
        say(f"  {'':<18} {'loader':>9} {'loaded':>9} {'reads':>7} {'KiB/read':>9} {'accesses':>10} {'per read':>9} "
            f"{'interrupts':>10}")
        for way, boots in times.items():
            traced = Boot(folder, disk, way, [*ACCESSES, *INTERRUPTS, READ])
            reads = traced.counts[READ]
            mebibytes = traced.read_bytes / (1 << 20)
            rows.append({"way": way, "per_mib": traced.accesses() / mebibytes})
            say(
                f"  {way:<18} {statistics.median(b.loader for b in boots):>6.0f} ms"
                f" {statistics.median(b.loaded for b in boots):>6.0f} ms {reads:>7} {mebibytes * 1024 / reads:>9.1f}"
                f" {traced.accesses():>10} {traced.accesses() / reads:>9.1f} {traced.interrupts():>10}"
            )
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(rows))
    say(f"  {PICTURE} shows the accesses.")
