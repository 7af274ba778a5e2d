#!/bin/bash
# Makes what the test machine boots from, with Debian packages only, in about a minute:
#   kernel       Debian's own, unpacked and not installed
#   initrd.gz    busybox, and the modules that reach the root
#   root.img     a small Debian whose pid 1 is systemd, with ffmpeg, fswebcam, gpiod and the GPIO and camera modules
#
#   build.sh FOLDER NODE       FOLDER is made; NODE is copied into the root
#
# Does nothing where FOLDER holds it already, made from these sources and this Node.
#
# Needs root (mmdebstrap, and apt to install what is missing), but no KVM, no loop devices, no modules on this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
node=$(readlink -f "$2")

say() { printf '  %s\n' "$*"; }

stamp=$({ "$node" --version; cd "$here" && find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum)
[ "$(cat "$work/stamp" 2>/dev/null)" != "$stamp" ] || exit 0

tools='mmdebstrap qemu-system-x86 busybox-static cpio kmod gcc-12 make xz-utils e2fsprogs'
missing=$(for p in $tools; do dpkg -s "$p" >/dev/null 2>&1 || echo "$p"; done)
if [ -n "$missing" ]; then
  [ "$(id -u)" = 0 ] || { echo "Missing, and only root can install it: apt-get install $missing" >&2; exit 69; }
  say "installing $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 update -q >"$work/apt.log" 2>&1
  # shellcheck disable=SC2086
  apt-get -o DPkg::Lock::Timeout=300 install -qy --no-install-recommends $missing >>"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log" >&2; exit 69; }
fi

build_root() {
  # What limen asks of a machine (ffmpeg, fswebcam, systemd), and what the scenarios look at it with.
  packages=systemd,systemd-sysv,udev,kmod,procps,iproute2,util-linux,libstdc++6,ffmpeg,fswebcam,v4l-utils,gpiod
  rm -rf root
  mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
    --dpkgopt=force-unsafe-io --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/lib/*/libLLVM*' \
    --dpkgopt='path-exclude=/usr/lib/*/dri/*' bookworm root >mmdebstrap.log 2>&1 ||
    { tail -20 mmdebstrap.log >&2; return 1; }
  rm -rf root/var/cache/apt root/var/lib/apt/lists
}

unpack_kernel() {
  image=$(apt-cache depends linux-image-amd64 | awk '/Depends:/ { print $2; exit }')
  version=${image#linux-image-}
  series=$(echo "$version" | cut -d. -f1,2)
  headers=linux-headers-$version
  common=linux-headers-${version%-amd64}-common
  rm -rf debs kernel build
  mkdir -p debs kernel build
  chmod 777 debs # apt downloads as a user of its own
  (cd debs && apt-get download -q "$image" "$headers" "$common" "linux-kbuild-$series" "linux-source-$series" v4l2loopback-dkms) \
    >download.log 2>&1 || { tail -5 download.log >&2; return 1; }
  for package in "$headers" "$common" "linux-kbuild-$series" v4l2loopback-dkms; do
    dpkg-deb -x debs/"$package"_*.deb kernel
  done
  dpkg-deb --fsys-tarfile debs/"$image"_*.deb | tar x -C kernel ./boot ./lib/modules
  sed -i "s#^include /usr/src/#include $work/kernel/usr/src/#" "kernel/usr/src/$headers/Makefile"
  echo "$version" >version
}

# Debian builds neither gpio-sim nor IRQ_SIM, on which it stands (6.1 and 6.12): both come from Debian's own source.
build_modules() {
  version=$(cat version)
  source=linux-source-$(echo "$version" | cut -d. -f1,2)
  tree=$work/kernel/usr/src/linux-headers-$version
  loopback=$(echo "$work"/kernel/usr/src/v4l2loopback-*/)
  dpkg-deb --fsys-tarfile debs/"$source"_*.deb | tar xO "./usr/src/$source.tar.xz" | tar xJ -C build --strip-components=3 \
    "$source"/drivers/gpio/{gpio-sim.c,gpiolib.h} "$source"/kernel/irq/irq_sim.c
  # irq_to_desc() is not exported to modules; generic_handle_irq() is, and calls the same handler.
  sed -i 's/handle_simple_irq(irq_to_desc(irqnum))/generic_handle_irq(irqnum)/' build/irq_sim.c
  mv build/gpio-sim.c build/gpio-sim-main.c
  printf 'obj-m := gpio-sim.o\ngpio-sim-y := gpio-sim-main.o irq_sim.o\n' >build/Kbuild
  make -s -C "$tree" M="$work/build" modules >make.log 2>&1 || { tail -20 make.log >&2; return 1; }
  make -s -C "$tree" M="$loopback" modules >>make.log 2>&1 || { tail -20 make.log >&2; return 1; }
  extra=kernel/lib/modules/$version/extra
  mkdir -p "$extra"
  strip -g -o "$extra/gpio-sim.ko" build/gpio-sim.ko
  strip -g -o "$extra/v4l2loopback.ko" "$loopback/v4l2loopback.ko"
  depmod -b "$work/kernel" "$version"
}

# Prints the files of modules and of all they depend on, in the order of loading.
module_files() {
  for module in "$@"; do modprobe -d "$work/kernel" -S "$(cat version)" --show-depends "$module"; done |
    awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

build_initrd() {
  rm -rf ird
  mkdir -p ird/{bin,mod,proc,sys,dev,root}
  cp /bin/busybox ird/bin/
  module_files virtio_pci virtio_blk crc32c_generic ext4 | while read -r file; do
    cp "$file" ird/mod/
    basename "$file" >>ird/mod/list
  done
  install -m 755 "$here/init" ird/init
  (cd ird && find . | cpio -o -H newc --quiet | gzip -1) >initrd.gz
  cp kernel/boot/vmlinuz-* vmlinuz
}

fill_root() {
  version=$(cat version)
  module_files configfs gpio-sim vivid v4l2loopback 9p 9pnet_virtio overlay | while read -r file; do
    install -D -m 644 "$file" "root${file#"$work"/kernel}"
  done
  cp "kernel/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "root/lib/modules/$version/"
  depmod -b "$work/root" "$version"
  install -m 755 "$node" root/usr/bin/node
  cp -r --no-preserve=ownership "$here/files/." root/
  systemctl --root=root --quiet enable hil.service
  # What nobody needs here, and what takes seconds when it is emulated: consoles, timers, a first boot.
  systemctl --root=root --quiet mask getty.target modprobe@.service timers.target proc-sys-fs-binfmt_misc.automount \
    e2scrub_reap.service systemd-update-utmp.service systemd-user-sessions.service systemd-journal-flush.service
  echo 0123456789abcdef0123456789abcdef >root/etc/machine-id
}

started=$SECONDS
cd "$work"
say 'a small Debian, the kernel, and the modules that Debian does not build'
build_root &
root_job=$!
unpack_kernel
build_modules
build_initrd
wait "$root_job"
fill_root
rm -f root.img stamp
truncate -s 3G root.img
mke2fs -q -t ext4 -d root root.img
rm -rf root kernel build debs ird
echo "$stamp" >stamp
say "the image is ready after $((SECONDS - started)) s: kernel $(cat version)"
