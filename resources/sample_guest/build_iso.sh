#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build_iso.sh KERNEL ISO: makes the sample guest's ISO from the kernel that find_kernel.sh put into the folder KERNEL, the
# programs of this system and the files of rootfs/. One EFI program (systemd's stub, kernel, initramfs and
# command line) is all there is to it; it sits in the FAT image that the ISO boots from.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$1
iso=$2
release=$(cat "$kernel/release")
stub=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
# Both consoles; /dev/console is the last. Disks are looked for before anything else (modules.txt says it to the module). On a busy host too few timer interrupts may come for the kernel's check of them, which
# panics. Initcalls are left out that take long and that nothing here depends on: a random number generator's self-test,
# and the certificates for modules' signatures.
cmdline='console=tty0 console=ttyS0,115200 quiet scsi_mod.scan=sync no_timer_check'
cmdline+=' initcall_blacklist=jent_mod_init,load_system_certificate_list'
PATH=$PATH:/usr/sbin:/sbin
umask 022

die() {
    echo "sample guest: $*" >&2
    echo "sample guest: To build Platter without it, configure with -DPLATTER_SAMPLE_GUEST=OFF." >&2
    exit 1
}

# step WORDS COMMAND…: silent unless it fails, and then the command's own words come first.
step() {
    local words=$1
    shift
    "$@" >"$work/log" 2>&1 && return
    cat "$work/log" >&2
    die "$words (its own words are above)."
}

missing=()
while read -r program package; do
    command -v "$program" >/dev/null || [ -r "$program" ] || missing+=("$package")
done <<END
/usr/bin/busybox busybox-static
qemu-ga qemu-guest-agent
ukify systemd-ukify
$stub systemd-boot-efi
xorriso xorriso
mcopy mtools
mkfs.vfat dosfstools
resize2fs e2fsprogs
efibootmgr efibootmgr
sfdisk fdisk
depmod kmod
objcopy binutils
cpio cpio
zstd zstd
END
[ ${#missing[@]} -eq 0 ] || die "These packages are missing: ${missing[*]}. Install them and build again."
if ldd /usr/bin/busybox >/dev/null 2>&1; then
    die "/usr/bin/busybox needs libraries that the guest has not: install busybox-static in its place and build again."
fi

work=$(mktemp -d "$(dirname "$kernel")/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

# --- the root file system ---------------------------------------------------------------------------------------

mkdir -p "$root"/{boot,dev,etc,mnt,proc,root,run,sys,tmp,usr/{bin,sbin,lib,lib64}}
for place in bin sbin lib lib64; do ln -s "usr/$place" "$root/$place"; done

cp /usr/bin/busybox "$root/usr/bin/busybox"
# Every applet by its place in a system without busybox; the real programs below replace some.
busybox --list-full | while read -r applet; do
    applet=${applet#usr/}
    case $applet in
    sbin/*) ln -s ../bin/busybox "$root/usr/$applet" ;;
    *) [ -e "$root/usr/bin/${applet##*/}" ] || ln -s busybox "$root/usr/bin/${applet##*/}" ;;
    esac
done

# program NAME…: a program with the libraries that it needs.
program() {
    local name path target library
    for name in "$@"; do
        path=$(command -v "$name")
        case $path in
        */sbin/*) target=usr/sbin/$name ;;
        *) target=usr/bin/$name ;;
        esac
        rm -f "$root/$target"
        cp -L "$path" "$root/$target"
        ldd "$root/$target" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^\t\(\/lib64\/[^ ]*\).*/\1/p' | while read -r library; do
            case $library in
            /lib64/*) cp -Lu "$library" "$root/usr/lib64/" ;;
            *) cp -Lu "$library" "$root/usr/lib/" ;;
            esac
        done
    done
}
program qemu-ga efibootmgr sfdisk partx blkid lsblk mke2fs e2fsck resize2fs tune2fs dumpe2fs mkfs.vfat
ln -s mke2fs "$root/usr/sbin/mkfs.ext4"

# The modules go in uncompressed, for the archive as a whole compresses better, and without their signatures (which objcopy
# leaves behind): checking them takes a third of the guest's boot under software emulation.
modules=$root/usr/lib/modules/$release
mkdir -p "$modules"
cp "$kernel/modules"/modules.{order,builtin,builtin.modinfo} "$modules/"
mkdir -p "$work/kernel/lib/modules"
ln -s "$(realpath "$kernel/modules")" "$work/kernel/lib/modules/$release"
mkdir "$root/etc/modules"
touch "$root"/etc/modules/{boot,drive,root,device} # a kernel may have them all built in
sed 's/#.*//' "$here/modules.txt" | while read -r when name options; do
    [ -n "$when" ] || continue
    files=$(modprobe -d "$work/kernel" -S "$release" --show-depends "$name" 2>/dev/null) || continue
    while read -r verb file _; do
        [ "$verb" = insmod ] || continue # built in
        target=${file##*/"$release"/}
        target=${target%.ko*}.ko
        [ -e "$modules/$target" ] && continue
        mkdir -p "$(dirname "$modules/$target")"
        case $file in
        *.xz) busybox xzcat "$file" ;;
        *.zst) zstd -qdc "$file" ;;
        *.gz) busybox zcat "$file" ;;
        *) cat "$file" ;;
        esac >"$modules/$target"
        objcopy "$modules/$target"
        [[ $(basename "$target" .ko) = "$name" ]] && target+=${options:+ $options}
        echo "/lib/modules/$release/$target" >>"$root/etc/modules/$when"
    done <<<"$files"
done
for name in virtio_scsi sd_mod sr_mod ext4 vfat isofs loop; do
    modprobe -d "$work/kernel" -S "$release" --show-depends "$name" >/dev/null 2>&1 ||
        die "The kernel $release has no module $name, which the guest cannot do without."
done
depmod -b "$root/usr" "$release"
find "$modules" -maxdepth 1 -type f ! -name modules.dep ! -name modules.alias ! -name modules.builtin -delete

cp -R "$here/rootfs/." "$root/"
sed "s/@RELEASE@/$release/" "$here/rootfs/etc/os-release" >"$root/etc/os-release"
ln -s /proc/self/mounts "$root/etc/mtab"

# --- from there to the ISO ----------------------------------------------------------------------------------------

# One age for everything, so that equal inputs give equal bytes.
SOURCE_DATE_EPOCH=$(stat -Lc %Y "$kernel/modules/modules.order")
export SOURCE_DATE_EPOCH
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
(cd "$root" && find . -print0 | LC_ALL=C sort -z | cpio --quiet --null --create --format=newc --owner=0:0 --reproducible) |
    zstd -q -19 --check -T0 >"$work/initramfs"

step "ukify could not put kernel and initramfs together" \
    ukify build --stub "$stub" --linux "$kernel/vmlinuz" --initrd "$work/initramfs" --uname "$release" \
    --os-release "@$root/etc/os-release" --cmdline "$cmdline" --output "$work/guest.efi"

size=$(($(stat -c %s "$work/guest.efi") / 1024 + 1024))
# El Torito counts an image's sectors of 512 bytes in 16 bits.
[ "$size" -lt 32767 ] || die "Kernel and initramfs take $size KiB, more than the 32 MiB that an ISO can boot from."
mkdir "$work/iso"
step "mkfs.vfat could not make the image to boot from" \
    mkfs.vfat -n SAMPLEGUEST --invariant -C "$work/iso/efi.img" "$size"
mmd -i "$work/iso/efi.img" ::EFI ::EFI/BOOT
mcopy -m -i "$work/iso/efi.img" "$work/guest.efi" ::EFI/BOOT/BOOTX64.EFI
cp "$here/README.md" "$work/iso/README.md"

mkdir -p "$(dirname "$iso")"
step "xorriso could not make the ISO" xorriso -as mkisofs -o "$work/sample-guest.iso" -V PLATTER_SAMPLE -R -J \
    -e efi.img -no-emul-boot "$work/iso"
mv "$work/sample-guest.iso" "$iso"
