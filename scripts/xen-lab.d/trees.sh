# Sourced by image and boot-check: Debian 12 trees, and the guest that plays a tone, kept in $LAB. Each step is done once.
# shellcheck shell=bash
LAB=${XDG_CACHE_HOME:-$HOME/.cache}/virt-sound-lab
PARTS=$ROOT/scripts/xen-lab.d
VCHAN_PROXY=/usr/lib/xen-4.17/bin/vchan-socket-proxy
mkdir -p "$LAB"
cd "$LAB" || exit 1
finish() { local code=$?; umount -l dom0/proc host/proc guest/proc 2> /dev/null || true; [ $code = 0 ] || tail -n 15 image.log >&2; return 0; }

# made FILE SOURCE…: FILE was made of these, as their contents tell: checkouts share $LAB, so their files' times say nothing.
made() { [ -e "$1" ] && [ "$(sum "${@:2}")" = "$(cat "$1.sum" 2>/dev/null)" ]; }
sum() { sha256sum "$@" | awk '{print $1}'; }
within() { local tree=$1; shift; chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"; }
mirror() { apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | sort -u | awk -v security="$1" '($1 ~ /security/) == security {print $1; exit}'; }

tree() { # NAME PACKAGE…: a Debian 12 tree with these packages
  local name=$1; shift
  [ -e "$name.packages" ] && [ "$(cat "$name.packages")" = "$*" ] && return 0
  if [ ! -e "$name.base" ]; then
    say "debootstrap of $name"
    rm -rf "$name"
    mkdir -p archives
    timeout 900 debootstrap --variant=minbase --cache-dir="$LAB/archives" bookworm "$LAB/$name" "$(mirror 0)"
    printf 'deb %s bookworm main\ndeb %s bookworm-updates main\n' "$(mirror 0)" "$(mirror 0)" > "$name/etc/apt/sources.list"
    [ -z "$(mirror 1)" ] || echo "deb $(mirror 1) bookworm-security main" >> "$name/etc/apt/sources.list"
    printf 'APT::Install-Recommends "false";\nDpkg::Options {"--force-confold"; "--force-unsafe-io";};\n' > "$name/etc/apt/apt.conf.d/99lab"
    touch "$name.base"
  fi
  say "packages of $name"
  # No package starts its service in here.
  printf '#!/bin/sh\nexit 101\n' > "$name/usr/sbin/policy-rc.d"; chmod 755 "$name/usr/sbin/policy-rc.d"
  mount -t proc proc "$name/proc"
  within "$name" apt-get -q update
  timeout 1800 chroot "$name" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -qy install "$@"
  within "$name" apt-get clean
  umount -l "$name/proc"
  echo "$*" > "$name.packages"
}

# into_root TREE BINARY DIRECTORY: the tree's binary with what it is linked to, into the root that becomes the guest's
into_root() {
  local library
  cp -L "$1$2" "root/$3/"
  within "$1" ldd "$2" | grep -o '/[^ ]*' | while read -r library; do install -D "$1$(within "$1" readlink -f "$library")" "root$library"; done
}

guest_initrd() { # HOST: guest-HOST.initrd of busybox, pacat, HOST's NICs as modules and Xen's vchan-socket-proxy where it has it; tones
  local host=$1 initrd=guest-$1.initrd
  local sources=("$PARTS/guest-init" "$PARTS/trees.sh" guest.packages "$host.packages")
  made "$initrd" "${sources[@]}" && return 0
  say "the guest's initramfs"
  local kernel; kernel=$(ls "$host/lib/modules" | head -n 1)
  rm -rf root; mkdir -p root/{bin,sbin,usr/bin,lib64,dev,proc,sys,tmp,run,root,modules,var/lib/dbus,etc}
  into_root guest /usr/bin/pacat usr/bin; into_root guest /usr/bin/pactl usr/bin
  cp "guest$(within guest sh -c 'command -v busybox')" root/bin/busybox
  [ ! -e "$host$VCHAN_PROXY" ] || into_root "$host" "$VCHAN_PROXY" bin
  local binary
  for binary in parec paplay; do ln -s pacat "root/usr/bin/$binary"; done
  : > root/modules.order
  # PVH and HVM guests find the NIC by the platform's PCI device; PV guests by xenbus alone; KVM has virtio. vchan wants grants.
  local module file
  for module in xen-platform-pci xen-netfront xen-evtchn xen-gntdev xen-gntalloc virtio_pci virtio_net; do
    within "$host" modprobe -S "$kernel" --show-depends "$module" 2>/dev/null | awk '$1 == "insmod" {print $2}' | while read -r file; do
      [ -e "root/modules/${file##*/}" ] || { cp "$host$file" root/modules/; echo "/modules/${file##*/}" >> root/modules.order; }
    done || true
  done
  echo 'root:x:0:0:root:/root:/bin/sh' > root/etc/passwd; echo 'root:x:0:' > root/etc/group
  echo '127.0.0.1 localhost' > root/etc/hosts; echo 0123456789abcdef0123456789abcdef > root/etc/machine-id
  printf '#!/bin/sh\n[ "$1" = bound ] && ip addr add "$ip/$mask" dev "$interface"; exit 0\n' > root/udhcpc.script; chmod 755 root/udhcpc.script
  local hz; for hz in 1000 1500 2100 2900; do sox -q -n -t raw -r 44100 -c 2 -e signed -b 16 "root/tone-$hz.raw" synth 1 sine $hz gain -12; done
  install -m 755 "$PARTS/guest-init" root/init
  (cd root && find . | cpio -o -H newc --quiet -R 0:0 | gzip -1) > "$initrd.new"
  mv "$initrd.new" "$initrd"
  sum "${sources[@]}" > "$initrd.sum"
}
