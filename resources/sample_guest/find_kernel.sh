#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# find_kernel.sh FOLDER: puts into FOLDER the distribution's newest kernel: `vmlinuz`, `modules` (its lib/modules/RELEASE)
# and `release`. An installed kernel that can be read is taken as it is; else (Ubuntu's are root's alone) its package
# is downloaded, which needs no privileges.
set -euo pipefail

out=$1
boot=${PLATTER_BOOT:-/boot}
PATH=$PATH:/usr/sbin:/sbin
rm -rf "$out"
mkdir -p "$out"

die() {
    rm -rf "$out"
    echo "sample guest: $*" >&2
    echo "sample guest: To build Platter without it, configure with -DPLATTER_SAMPLE_GUEST=OFF." >&2
    exit 1
}

# In the order of versions, without the flavours for clouds: those lack keyboards and screens.
newest() { grep -v cloud | sort -V | tail -n 1 | grep . ; }

installed() {
    local file release
    for file in "$boot"/vmlinuz-*; do
        release=${file##*/vmlinuz-}
        [ -r "$file" ] && [ -r "/lib/modules/$release/modules.dep" ] && echo "$release"
    done | newest
}

if release=$(installed); then
    cp "$boot/vmlinuz-$release" "$out/vmlinuz"
    ln -s "/lib/modules/$release" "$out/modules"
    echo "$release" >"$out/release"
    exit 0
fi

command -v depmod >/dev/null || die "depmod is missing: install the package kmod and build again."
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    die "There is no kernel in $boot that can be read, and no apt-get to download one: install a kernel package."

# The package that brings the kernel itself is what the distribution's meta package depends on.
package=
for meta in linux-image-amd64 linux-image-generic linux-image-virtual; do
    package=$(apt-cache depends "$meta" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | newest) && break
done
[ -n "$package" ] ||
    die "There is no kernel in $boot that can be read, and apt knows no package linux-image-amd64 or linux-image-generic to download: run 'sudo apt-get update', or make the kernel readable with 'sudo chmod a+r /boot/vmlinuz-*'."
release=${package#linux-image-}
release=${release#unsigned-}

echo "Downloading $package, up to 200 MB: no kernel in $boot can be read."
packages=("$package")
for name in "linux-modules-$release" "linux-modules-extra-$release"; do # where the distribution has them apart
    if apt-cache show "$name" >/dev/null 2>&1; then packages+=("$name"); fi
done
(cd "$out" && apt-get -o APT::Sandbox::User="$(id -un)" download "${packages[@]}") ||
    die "apt-get could not download ${packages[*]} (its own words are above): check the network and run 'sudo apt-get update'."
for deb in "$out"/*.deb; do
    dpkg-deb -x "$deb" "$out/unpacked" || die "$deb could not be unpacked; the words of dpkg-deb are above."
    rm "$deb"
done
mv "$out/unpacked/boot/vmlinuz-$release" "$out/vmlinuz" || die "The package $package holds no kernel."
for tree in "$out/unpacked/lib" "$out/unpacked/usr/lib"; do
    [ -d "$tree/modules/$release" ] || continue
    depmod -b "${tree%/lib}" "$release"
    mv "$tree/modules/$release" "$out/modules"
done
rm -rf "$out/unpacked"
[ -s "$out/modules/modules.dep" ] || die "The packages ${packages[*]} hold no modules that depmod can read."
echo "$release" >"$out/release"
