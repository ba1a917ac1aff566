#!/bin/sh
# Lets @NAME@ be heard on its host. Run it as root in the guest, as often as you like: what is right stays as it is.
# With client, pulseaudio or pipewire it writes that one's files; without, those of what is installed here.
# Written by 'virt-sound guest-config @NAME@ --script' on the host.
set -eu
umask 022 # users and networkd read what is written
server='@SERVER@'
mac='@MAC@'         # of the card on the sound network; empty: there is none
address='@ADDRESS@' # with its prefix; empty: by DHCP

say() { echo "virt-sound: $*"; }
fail() { say "$*" >&2; exit 1; }

# put FILE: makes standard input its content; sets changed
put() {
  mkdir -p "${1%/*}"
  cat > "$1.new"
  changed=
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; changed=yes; say "wrote $1"; fi
}

# remove FILE: one that an earlier run wrote
remove() {
  if [ -e "$1" ]; then rm "$1"; say "removed $1"; fi
}

card() {
  for file in /sys/class/net/*/address; do
    if [ "$(cat "$file")" = "$mac" ]; then
      file=${file%/address}
      echo "${file##*/}"
      return
    fi
  done
}

# The card's address, kept over a restart by whatever keeps addresses here. It leads to the host and nowhere else.
network() {
  device=$(card)
  [ -n "$device" ] || fail "no network card has the address $mac; on the host: virt-sound doctor @NAME@"
  remove /etc/systemd/network/10-virt-sound.network # its name in older versions
  if nmcli -t general >/dev/null 2>&1; then
    nmcli -t -f NAME connection show | grep -qx virt-sound ||
      nmcli connection add type ethernet con-name virt-sound ifname '*' mac "$mac"
    if [ -n "$address" ]; then method=manual; else method=auto; fi
    # By its MAC address: a card's name changes with its slot.
    nmcli connection modify virt-sound connection.interface-name '' 802-3-ethernet.mac-address "$mac" \
      ipv4.method $method ipv4.addresses "$address" ipv4.never-default yes ipv4.ignore-auto-dns yes ipv6.method disabled
    nmcli connection up virt-sound
  elif systemctl is-active -q systemd-networkd 2>/dev/null; then
    put /etc/systemd/network/05-virt-sound.network <<END # the first that fits counts; images have theirs as 10-
[Match]
MACAddress=$mac
[Network]
$(if [ -n "$address" ]; then echo "Address=$address"; else echo DHCP=ipv4; fi)
LinkLocalAddressing=no
IPv6AcceptRA=no
[DHCPv4]
UseDNS=no
UseRoutes=no
UseGateway=no
END
    networkctl reload
  elif command -v ifup >/dev/null; then
    put /etc/network/interfaces.d/virt-sound <<END
allow-hotplug $device
iface $device inet $(if [ -n "$address" ]; then printf 'static\n  address %s' "$address"; else echo dhcp; fi)
END
    if [ -n "$changed" ]; then # ifup leaves alone what is up, ifdown an address that the file no longer has
      ifdown --force "$device" 2>/dev/null || true
      ip -4 address flush dev "$device"
    fi
    ifup "$device"
  elif [ -n "$address" ]; then
    ip link set "$device" up
    ip address replace "$address" dev "$device"
    say "$device has $address until the next restart: nothing here keeps addresses"
  else
    fail "$device: nothing here asks for an address (expected: NetworkManager, systemd-networkd or ifupdown)"
  fi
}

client=/etc/pulse/client.conf.d/virt-sound.conf
pulseaudio=/etc/pulse/default.pa.d/virt-sound.pa
pipewire=/etc/pipewire/pipewire.conf.d/virt-sound.conf

client() {
  put $client <<'END'
@CLIENT@
END
  remove $pulseaudio
  remove $pipewire
}

pulseaudio() {
  # 15 does not know reconnect_interval_ms; Ubuntu 22.04 has 16 as 15.99.
  command pulseaudio --version 2>/dev/null | grep -Eq ' (1[6-9]|[2-9][0-9]|15\.99)' ||
    fail "no PulseAudio that opens a tunnel again is here (expected: PulseAudio 16 or newer); run this with: client"
  grep -q default.pa.d /etc/pulse/default.pa 2>/dev/null ||
    fail "/etc/pulse/default.pa includes no default.pa.d (expected: as PulseAudio has it); run this with: client"
  put $pulseaudio <<'END'
@PULSEAUDIO@
END
  remove $client
  remove $pipewire
  say "to take it up: pulseaudio -k, or log in again"
}

pipewire() {
  put $pipewire <<'END'
@PIPEWIRE@
END
  remove $client
  remove $pulseaudio
  say "to take it up: systemctl --user restart pipewire, or log in again"
}

installed() {
  if command -v pipewire-pulse >/dev/null && ls /usr/lib*/pipewire-*/*pulse-tunnel.so \
    /usr/lib/*/pipewire-*/*pulse-tunnel.so 2>/dev/null | grep -q .; then
    echo pipewire
  elif command -v pulseaudio >/dev/null; then
    echo pulseaudio
  else
    echo client
  fi
}

case ${1-} in
  "") kind=$(installed) ;;
  client | pulseaudio | pipewire) kind=$1 ;;
  *) fail "$1 (expected: client, pulseaudio, pipewire or nothing)" ;;
esac
[ "$(id -u)" = 0 ] || fail "needs root"
if [ -n "$mac" ]; then network; fi
$kind
say "done: this guest's $kind is heard at $server"
