# Sourced by xen-lab: the machine, its dom0, and what the emulated card heard.
RUN=$LAB/run
WAV=$RUN/card.wav
SSH_PORT=${SSH_PORT:-2223}
# Why this CPU, under emulation (KVM does not carry Xen everywhere): an AMD vendor with svm and npt lets Xen run HVM and PVH guests,
# too; Nehalem's features keep AVX away, whose state Xen loses when spec-ctrl is off; and without mitigations it is half as slow.
CPU=${CPU:-Nehalem,vendor=AuthenticAMD,+svm,+npt}
XEN_ARGS="dom0_mem=1024M,max:1024M xpti=off pv-l1tf=off spec-ctrl=no,eager-fpu=1"

running() { [ -f "$RUN/qemu.pid" ] && kill -0 "$(cat "$RUN/qemu.pid")" 2>/dev/null; }

dom0_shell() {
  ssh -q -i "$LAB/key" -p "$SSH_PORT" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 \
    -o ServerAliveInterval=10 -o ControlMaster=auto -o ControlPath="$RUN/ssh" -o ControlPersist=600 root@127.0.0.1 "$@"
}
# dom0 SECONDS COMMAND…: in dom0, bounded; output is what it says.
dom0() { local s=$1; shift; timeout "$s" bash -c 'dom0_shell "$@"' dom0 "$@" < /dev/null; }
export -f dom0_shell
export LAB RUN SSH_PORT

# boot [--again]: a new machine, or the same disk again as after a reboot. Returns once QEMU runs.
boot() {
  running && die "the machine runs already; run: scripts/xen-lab stop"
  mkdir -p "$RUN"
  rm -f "$RUN"/serial.log "$WAV" "$RUN/ssh"
  [ "${1:-}" = --again ] || qemu-img create -q -f qcow2 -F raw -b "$LAB/dom0.img" "$RUN/dom0.qcow2" || die "qemu-img create"
  qemu-system-x86_64 -name virt-sound-lab -accel tcg,thread=multi,tb-size=256 -cpu "$CPU" -m 2304 -smp 2 -nodefaults -no-reboot \
    -display none -serial file:"$RUN/serial.log" -monitor unix:"$RUN/monitor",server,nowait -pidfile "$RUN/qemu.pid" -daemonize \
    -kernel "$LAB/xen" -append "console=com1 com1=115200 loglvl=all guest_loglvl=all noreboot $XEN_ARGS" \
    -initrd "$LAB/vmlinuz root=/dev/vda rw console=hvc0 net.ifnames=0 mitigations=off,$LAB/initrd.img" \
    -drive file="$RUN/dom0.qcow2",if=none,id=disk,cache=unsafe -device virtio-blk-pci,drive=disk \
    -netdev user,id=net,hostfwd=tcp:127.0.0.1:"$SSH_PORT"-:22 -device virtio-net-pci,netdev=net \
    -audiodev wav,id=wav,path="$WAV",out.frequency=44100,out.channels=2,out.format=s16 \
    -device intel-hda -device hda-output,audiodev=wav 2> "$RUN/qemu.log" || die "QEMU: $(tail -n 3 "$RUN/qemu.log")"
}

start_machine() { # [--again]
  say "booting Xen and dom0 (console: $RUN/serial.log)"
  boot "$@"
  local began; began=$(date +%s)
  until dom0 10 true 2>/dev/null; do
    running || { tail -n 15 "$RUN/serial.log" >&2; die "QEMU ended while booting; the console is $RUN/serial.log"; }
    [ $(($(date +%s) - began)) -lt "${BOOT_TIMEOUT_S:-600}" ] || { tail -n 15 "$RUN/serial.log" >&2; die "no ssh after ${BOOT_TIMEOUT_S:-600} s; the console is $RUN/serial.log"; }
    sleep 1
  done
  say "dom0 is up after $(($(date +%s) - began)) s"
}

stop_machine() {
  running || { say "not running"; return 0; }
  local pid; pid=$(cat "$RUN/qemu.pid")
  dom0 15 'sync; systemctl poweroff -ff' > /dev/null 2>&1
  await 15 not_there "$pid" || { printf 'quit\n' | timeout 3 socat - unix-connect:"$RUN/monitor" > /dev/null 2>&1; await 5 not_there "$pid" || kill -9 "$pid"; }
  rm -f "$RUN/qemu.pid" "$RUN/ssh"
  say "the machine is off"
}
not_there() { ! kill -0 "$1" 2>/dev/null; }

# pactl in dom0, as root.
PACTL='PULSE_COOKIE=/run/pulse/.config/pulse/cookie pactl -s unix:/run/pulse/native'

# install_package: the one of this tree. Emulated, the service takes half a minute or more to start. The host's sound server is named:
# by itself the service takes the card while PulseAudio is away, and this PulseAudio tries the card once, at its start.
install_package() {
  local deb; deb=$(ls -t "$ROOT"/plugin/target/virt-sound_*.deb | head -n 1) || die "no package in plugin/target"
  say "waiting for dom0's PulseAudio and libvirtd"
  await 300 dom0 30 'systemctl is-active card && '"$PACTL"' list short sinks | grep -q card' || die "no PulseAudio in dom0: scripts/xen-lab ssh journalctl -u card"
  await 300 dom0 60 'virsh -c xen:///system list' || die "no libvirtd in dom0: scripts/xen-lab ssh journalctl -u libvirtd"
  say "installing ${deb##*/} in dom0"
  timeout 120 bash -c 'dom0_shell "cat > /root/virt-sound.deb"' < "$deb" || die "copying the package into dom0"
  dom0 600 'mkdir -p /etc/systemd/system/virtsoundd.service.d
    printf "[Service]\nTimeoutStartSec=300s\nWatchdogSec=300s\n" > /etc/systemd/system/virtsoundd.service.d/lab.conf
    [ -e /etc/virt-sound/virt-sound.conf ] || { mkdir -p /etc/virt-sound; printf "host-server = \"unix:/run/pulse/native\"\nnetwork { keep = yes }\n" > /etc/virt-sound/virt-sound.conf; }
    dpkg --force-confold -i /root/virt-sound.deb 2>&1' > "$RUN/install.log" || { tail -n 20 "$RUN/install.log" >&2; die "dpkg -i in dom0; its log is $RUN/install.log"; }
}

# Where the card's output is now; QEMU fills in the sizes of the file only when it ends, so it is read raw.
wav_bytes() { stat -c %s "$WAV" 2>/dev/null || echo 0; }
