# Sourced by xen-lab: the end-to-end checks. Each is a function check_NAME that ends in one or more rows of the closing table.
# shellcheck shell=bash
TABLE=()
FAILED=0
CHECKS=(installed main on_demand names isolation measured paused sound_server libvirtd daemon_killed save_restore reboot destroyed
  other_kinds xl_guest agent stub_domain vchan boot purged)

row() { # CHECK EXPECTED SEEN pass|FAIL
  TABLE+=("$1"$'\t'"$2"$'\t'"$3"$'\t'"$4")
  say "$4: $1: $3"
  [ "$4" = pass ] || FAILED=$((FAILED + 1))
}
# verdict CHECK EXPECTED SEEN COMMAND…: a row that passes when the command does.
verdict() { local check=$1 expected=$2 seen=$3; shift 3; if "$@" > /dev/null 2>&1; then row "$check" "$expected" "$seen" pass; else row "$check" "$expected" "$seen" FAIL; fi; }

# A machine that others use, too, emulates several times slower: waits are so many times as long as an idle one needs.
PATIENCE=${PATIENCE:-4}
patient() { local s=$1; shift; await $((s * PATIENCE)) "$@"; }
d() { dom0 $((60 * PATIENCE)) "$@" 2>&1; }
virsh0() { dom0 $((90 * PATIENCE)) "virsh -q -c xen:///system $*" 2>&1; }
since() { echo "$(date +%s.%N) $1" | awk '{printf "%.1f", $1 - $2}'; }

# guest NAME NUMBER TONE [pv|pvh|hvm] [nic|no-nic|vchan|card|model]: its XML in dom0's /srv/guest; one of an earlier check ends.
# card: an emulated one, heard over vchan, from another domain where its device model is in one; model: serves vchan, not ours.
guest() {
  local name=$1 n=$2 tone=$3 kind=${4:-pv} way=${5:-nic} machine=xenpv type=linux device= over=
  local vchan="s|type='network' address='[^']*'|type='vchan'|" serves='s|lab.address=[^<]*|lab.vchan=1|'
  case $kind in pvh) machine=xenpvh type=xenpvh ;; hvm) machine=xenfv type=hvm ;; esac
  case $way in
    nic) device="<interface type='bridge'><mac address='00:16:3e:47:13:0$n'/><source bridge='SOUND'/></interface>" ;;
    vchan) over="$vchan; $serves" ;;
    card) over=$vchan device="<sound model='ich6'/>" ;;
    model) over="/<metadata>/,/<.metadata>/d; $serves" ;;
  esac
  virsh0 destroy "$name" > /dev/null
  sed -e "$over" -e "s|@NAME@|$name|; s|@UUID@|6b0e2a52-6a58-4d7e-9b6b-3d4c6a1f000$n|; s|@ADDRESS@|10.47.13.$n|g; s|@MEMORY@|160|" \
    -e "s|@MACHINE@|$machine|; s|@TYPE@|$type|; s|@CONSOLE@|hvc0|; s|@TONE@|$tone|; s|@DEVICE@|$device|" "$PARTS/guest.xml" |
    timeout 20 bash -c "dom0_shell 'cat > /srv/guest/$name.xml'"
}
# create NAME: by virsh; anew where libxl's own patience with its hotplug script ends, which it does on a machine that is too busy
create() {
  local try
  for try in 1 2 3; do
    virsh0 create "/srv/guest/$1.xml" > "$RUN/virsh.log" && return 0
    grep -q 'libxenlight failed to create' "$RUN/virsh.log" || return 1
    say "virsh create $1: $(d 'grep -h . /var/log/libvirt/libxl/libxl-driver.log | tail -n 1'); once more"
  done
  return 1
}
# in_guest NUMBER COMMAND: by the shell that it has on TCP 2323
in_guest() { d "echo '$2' | timeout 20 socat -t15 - tcp:10.47.13.$1:2323"; }
last_words() { d "tail -n 5 /var/log/xen/console/guest-$1.log; journalctl -q --no-pager -n 8 -u virtsoundd" | sed 's/^/    /' >&2; }

# hears SECONDS HZ…: each tone for a second or more, from now on
hears() {
  local within=$(($1 * PATIENCE)) from; shift; from=$(wav_bytes)
  local until=$(($(date +%s) + within))
  while :; do
    sleep 1
    HEARD=$("$PARTS/tones" "$WAV" "$from" "$@")
    echo "$HEARD" | awk -v n=$# '{c = 0; while (match($0, /Hz [0-9]+/)) {if (substr($0, RSTART + 3, RLENGTH - 3) + 0 >= 10) c++; $0 = substr($0, RSTART + RLENGTH)} exit c < n}' && return 0
    [ "$(date +%s)" -lt "$until" ] || return 1
  done
}
# becomes CHECK EXPECTED GUEST SECONDS SEEN COMMAND…: a row; SEEN, evaluated once COMMAND succeeds, prints its last column
becomes() {
  local check=$1 expected=$2 guest=$3 seconds=$4 seen=$5 verdict=pass; shift 5
  patient "$seconds" "$@" || { verdict=FAIL; last_words "$guest"; }
  row "$check" "$expected" "$(eval "$seen")" $verdict
}
# left GUEST: of it and of every guest's sound
left() { listed "$1"; mixer; }
nothing_left() { [ -z "$(left "$1")" ]; }
# listen SECONDS HZ…: what is there in the next seconds of the card's output
listen() {
  local seconds=$1 from; shift; from=$(wav_bytes)
  patient 60 enough $((from + seconds * 176400)) || true
  HEARD=$("$PARTS/tones" "$WAV" "$from" "$@")
}
# heard CHECK EXPECTED GUEST SECONDS HZ… [-- COMMAND…]: a row; what COMMAND prints comes before what was heard
heard() {
  local check=$1 expected=$2 guest=$3 seconds=$4 tones=() verdict=pass; shift 4
  while [ $# -gt 0 ] && [ "$1" != -- ]; do tones+=("$1"); shift; done
  hears "$seconds" "${tones[@]}" || { verdict=FAIL; last_words "$guest"; }
  row "$check" "$expected" "$([ $# = 0 ] || printf '%s; ' "$("${@:2}")")$HEARD" $verdict
}
enough() { [ "$(wav_bytes)" -ge "$1" ]; }
count() { echo "$HEARD" | sed -n "s/.*$1 Hz \([0-9]*\).*/\1/p"; }
blocks() { echo "$HEARD" | sed -n 's/^blocks \([0-9]*\).*/\1/p'; }
mostly() { [ "$(count "$1")" -ge $(($(blocks) * 9 / 10)) ] && [ "$(blocks)" -ge 10 ]; }
# A cold JVM, emulated, may miss a second of what it begins with.
whole() { listen 4 "$1"; mostly "$1"; }
silent() { [ "$(count "$1")" = 0 ]; }

daemon_pid() { d 'systemctl show -P MainPID virtsoundd'; }
# The control socket answers at once, where each start of the command costs some 20 s of emulation.
resource() { d "curl -sS --max-time 30 --unix-socket /run/virt-sound/control http://x/$1"; }
# listed NAME: its line of the list: name, state, transport, address, libvirt URI, problems; nothing where it is not in it
listed() {
  resource domains | python3 -c '
import json, sys
for d in json.load(sys.stdin)["domains"]:
    if d["name"] == sys.argv[1]:
        print(d["name"], d["state"], d["transport"], d["address"], d["libvirtUri"], *d["problems"])' "$1" 2>&1
}
is_listed() { [ -n "$(listed "$1")" ]; }
# is_gone NAME NUMBER: no relay and no rule
is_gone() { local all; all=$(resource domains && d 'iptables-save') && ! grep -qi "\"$1\"\|00:16:3e:47:13:0$2" <<< "$all"; }
# remains NAME NUMBER: its line in the list, if any, and how many rules it has
remains() { echo "$(listed "$1")$(d iptables-save | grep -ic "00:16:3e:47:13:0$2") rules"; }
mixer() { d "$PACTL list sink-inputs" | sed -n 's/.*application.name = "\(.*\)"/\1/p' | sort | tr '\n' ' '; }

check_installed() {
  install_package
  local state ready
  patient 100 dom0 30 'systemctl is-active virtsoundd'
  state=$(d 'systemctl is-active virtsoundd')
  ready=$(d 'systemctl show -P ActiveEnterTimestampMonotonic -P ExecMainStartTimestampMonotonic virtsoundd' | awk '{a[NR] = $1} END {d = (a[1] - a[2]) / 1e6; printf "%.1f", d < 0 ? -d : d}')
  verdict "package installed in dom0" "virtsoundd active" "$state, ready $ready s after its start, as $(d 'ps -o user= -p $(systemctl show -P MainPID virtsoundd)')" [ "$state" = active ]
  local bridge; bridge=$(d 'ip -4 -br addr show SOUND')
  verdict "the bridge" "SOUND with 10.47.13.1/29" "$bridge" grep -q 'SOUND .*10.47.13.1/29' <<< "$bridge"
}

check_main() {
  guest singer 2 1000
  local began; began=$(date +%s.%N)
  create singer || { row "PV guest by virsh create" "starts" "$(tail -n 2 "$RUN/virsh.log" | tr '\n' ' ')" FAIL; return; }
  local created; created=$(since "$began")
  times() { echo "virsh took $created s; heard $(since "$began") s after its begin"; }
  heard "PV guest by virsh create plays" "1000 Hz in the card's output" singer 90 1000 -- times
  patient 5 whole 1000; verdict "it plays whole" "in 9 of 10 blocks of 4 s, once it has settled" "$HEARD" mostly 1000
  local line; line=$(dom0 200 virt-sound list 2>&1 | awk '$1 == "singer"'); verdict "virt-sound list" "singer 10.47.13.2" "${line:-nothing}" grep -q '10.47.13.2' <<< "$line"
  local rule; rule=$(d iptables-save | grep -i '00:16:3e:47:13:02' | grep -m1 10.47.13.2); verdict "its firewall rule" "address and MAC" "${rule:-none}" grep -q '10.47.13.2' <<< "$rule"
}

check_on_demand() { # no NIC in the XML: the daemon attaches one, which on Xen has no name in the live XML
  guest second 3 1500 pv no-nic
  local began; began=$(date +%s.%N)
  create second || { row "NIC on demand" "starts" "$(tail -n 2 "$RUN/virsh.log" | tr '\n' ' ')" FAIL; return; }
  times() { echo "$(since "$began") s after virsh's begin"; }
  heard "guest without NIC gets one and plays" "1500 Hz beside the first's 1000 Hz" second 120 1500 1000 -- times
  local ports; ports=$(d 'ls /sys/class/net/SOUND/brif' | tr '\n' ' ')
  local want; want="vif$(d 'xl domid singer').0 vif$(d 'xl domid second').0"
  verdict "ports of the bridge" "$want" "$ports" bash -c "for v in $want; do grep -q \"\$v\" <<< '$ports' || exit 1; done"
}

check_names() {
  local names; names=$(mixer)
  verdict "names in the host's mixer" "second singer" "$names" grep -q 'second.* singer' <<< "$names"
}

check_isolation() {
  local seen; seen=$(in_guest 3 'ping -c2 -W2 10.47.13.2 > /dev/null 2>&1; echo peer $?; PULSE_SERVER=tcp:10.47.13.1:4713 pactl info > /dev/null 2>&1; echo own $?; ip addr add 10.47.13.5/29 dev eth0; busybox nc -w 3 -s 10.47.13.5 10.47.13.1 4713 < /dev/null > /dev/null 2>&1; echo foreign $?; ip addr del 10.47.13.5/29 dev eth0; busybox nc -w 3 10.47.13.1 22 < /dev/null > /dev/null 2>&1; echo ssh $?' | tr '\n' ' ')
  verdict "a guest reaches its relay and nothing else" "peer 1 own 0 foreign 1 ssh 1" "$seen" grep -q 'peer 1 own 0 foreign 1 ssh 1' <<< "$seen"
}

check_measured() {
  local pid memory before after cpu; pid=$(daemon_pid)
  memory=$(d "awk '/^(Rss|Private_Clean|Private_Dirty):/ {m[\$1] += \$2} END {printf \"RSS %.0f MB, private %.0f MB\", m[\"Rss:\"] / 1024, (m[\"Private_Clean:\"] + m[\"Private_Dirty:\"]) / 1024}' /proc/$pid/smaps_rollup")
  local playing; playing=$(resource domains | grep -o '"state":"playing"' | wc -l)
  verdict "memory of the daemon, two guests playing" "(measured; the aim is RSS 80 MB, private 45)" "$memory, $playing playing" [ "$playing" = 2 ]
  before=$(d "awk '{print \$14 + \$15}' /proc/$pid/stat"); sleep 20; after=$(d "awk '{print \$14 + \$15}' /proc/$pid/stat")
  cpu=$(echo "$before $after" | awk '{printf "%.1f", ($2 - $1) / 20}')
  verdict "CPU of the daemon, two guests playing" "(measured)" "$cpu % of one emulated CPU over 20 s" [ "$playing" = 2 ]
}

check_paused() {
  virsh0 suspend singer > /dev/null; sleep 2; listen 2 1000
  verdict "guest paused" "its tone is gone" "$HEARD" silent 1000
  virsh0 resume singer > /dev/null
  heard "guest resumed" "its tone is back" singer 30 1000
}

check_sound_server() {
  d 'systemctl kill -s KILL card' > /dev/null
  heard "PulseAudio killed" "the tone comes back by itself" singer 60 1000
}

check_libvirtd() {
  local from; from=$(wav_bytes)
  d 'systemctl restart libvirtd' > /dev/null; patient 60 virsh0 list
  HEARD=$("$PARTS/tones" "$WAV" "$from" 1000)
  verdict "libvirtd restarted" "the tone goes on" "$HEARD" mostly 1000
  verdict "libvirtd restarted" "guests still listed" "$(d virt-sound list | awk 'NR > 1 {print $1}' | tr '\n' ' ')" is_listed singer
}

# killed EXPECTED GUEST HZ: the daemon, in mid-sound
killed() {
  local pid; pid=$(daemon_pid)
  d "kill -9 $pid" > /dev/null
  heard "virtsoundd killed -9" "$1" "$2" 60 "$3" -- eval 'echo "pid $pid, then $(daemon_pid)"'
}
check_daemon_killed() { killed "started again, the guest reconnects, the tone is back" singer 1000; }

domids() { echo "domid $1, then $(d "xl domid $2")"; }

check_save_restore() {
  local before; before=$(d 'xl domid singer')
  virsh0 save singer /root/singer.save > "$RUN/virsh.log" || { row "save" "saved" "$(tail -n 2 "$RUN/virsh.log" | tr '\n' ' ')" FAIL; return; }
  becomes "guest saved" "rule and relay gone" singer 15 'remains singer 2' is_gone singer 2
  virsh0 restore /root/singer.save > "$RUN/virsh.log"
  heard "guest restored" "the tone is back" singer 90 1000 -- domids "$before" singer
}

check_reboot() {
  local before; before=$(d 'xl domid singer')
  in_guest 2 'sync; busybox reboot -f' > /dev/null
  changed() { local now; now=$(d 'xl domid singer') && [ -n "$now" ] && [ "$now" != "$before" ]; }
  patient 60 changed
  heard "guest rebooted" "the tone is back under a new domid" singer 90 1000 -- domids "$before" singer
}

check_destroyed() {
  virsh0 destroy singer > /dev/null
  becomes "guest destroyed in mid-sound" "rule and relay gone" singer 10 'remains singer 2' is_gone singer 2
  listen 3 1500; verdict "the other guest" "goes on" "$HEARD" mostly 1500
  virsh0 destroy second > /dev/null; patient 15 is_gone second 3
  local names; names=$(mixer); verdict "both gone" "no stream in the mixer" "${names:-none}" [ -z "$names" ]
}

check_other_kinds() {
  local kind
  for kind in pvh hvm; do
    guest "$kind" 4 2100 $kind
    if ! create $kind; then
      row "${kind^^} guest" "2100 Hz" "$(tail -n 2 "$RUN/virsh.log" | tr '\n' ' ')" FAIL; continue
    fi
    heard "${kind^^} guest" "2100 Hz" $kind 150 2100
    virsh0 destroy $kind > /dev/null; patient 15 is_gone $kind 4
  done
}

check_xl_guest() { # libvirt does not see it; a NIC on the bridge, plugged in by xl, gives it sound
  d 'xl destroy stranger' > /dev/null
  d "printf 'name = \"stranger\"\nuuid = \"6b0e2a52-6a58-4d7e-9b6b-3d4c6a1f0005\"\nmemory = 160\nvcpus = 1\nkernel = \"/srv/guest/vmlinuz\"\nramdisk = \"/srv/guest/initrd\"\nextra = \"console=hvc0 lab.tone=2900 lab.address=10.47.13.5/29\"\n' > /srv/guest/stranger.cfg && xl create -q /srv/guest/stranger.cfg" > "$RUN/xl.log" || { row "guest by xl create" "starts" "$(tail -n 2 "$RUN/xl.log" | tr '\n' ' ')" FAIL; return; }
  seen() { resource domains | grep -q '"withoutSound":.*"stranger"'; }
  patient 45 seen
  local line; line=$(dom0 $((60 * PATIENCE)) virt-sound list 2>&1 | grep '^stranger')
  verdict "guest by xl create" "listed as unseen by libvirt, with the next step" "${line:-not listed}" grep -q 'libvirt does not see it.*xl network-attach stranger bridge=SOUND' <<< "$line"
  d 'xl network-attach stranger bridge=SOUND mac=00:16:3e:47:13:05 ip=10.47.13.5' > "$RUN/xl.log"
  heard "its NIC by xl network-attach" "2900 Hz" stranger 90 2900 -- listed stranger
  d 'xl destroy stranger' > /dev/null
  becomes "xl destroy" "rule and relay gone" stranger 15 'remains stranger 5' is_gone stranger 5
}

check_boot() { # the machine restarted: nobody logs in, nothing is typed
  guest singer 2 1000
  virsh0 define /srv/guest/singer.xml > "$RUN/virsh.log" && virsh0 autostart singer >> "$RUN/virsh.log"
  d 'systemctl enable libvirtd' > /dev/null
  say "restarting the machine"
  d 'systemctl reboot' > /dev/null
  patient 60 not_running || stop_machine
  rm -f "$RUN/qemu.pid"
  boot --again
  local began; began=$(date +%s.%N)
  times() { echo "heard $(since "$began") s after power-on"; }
  heard "machine booted, nobody logged in" "an autostarted guest plays" singer 300 1000 -- times
  patient 120 dom0 10 true
  local order; order=$(d 'systemctl show -P ActiveEnterTimestampMonotonic virtsoundd libvirtd' | awk 'NF {a[++n] = $1} END {printf "virtsoundd ready %.1f s, libvirtd %.1f s after boot", a[1] / 1e6, a[2] / 1e6; exit !(a[1] < a[2])}') &&
    row "order at boot" "the bridge before libvirtd" "$order" pass || row "order at boot" "the bridge before libvirtd" "$order" FAIL
  local users; users=$(d 'loginctl --no-legend list-sessions | grep -vc root'); [ "$users" = 0 ] || say "sessions: $users"
  virsh0 destroy singer > /dev/null; virsh0 undefine singer > /dev/null
}
not_running() { ! running; }

check_purged() {
  d 'dpkg --purge virt-sound' > "$RUN/purge.log"
  local left; left=$(d 'ls -d /etc/virt-sound /run/virt-sound /var/lib/virt-sound /usr/lib/virt-sound /sys/class/net/SOUND /sys/class/net/sound 2>/dev/null; getent passwd virt-sound; iptables-save | grep -i "virt-sound\|SOUND"; systemctl list-unit-files --no-legend "virtsound*"' | tr '\n' ' ')
  verdict "package purged" "nothing left" "${left:-nothing}" [ -z "$left" ]
}

check_agent() { # a guest without any network: Xen's own vchan server in it, virtsoundd at the other end
  guest agent 6 2900 pv vchan
  create agent || { row "guest over vchan" "starts" "$(tail -n 2 "$RUN/virsh.log" | tr '\n' ' ')" FAIL; return; }
  heard "guest over vchan, without a NIC" "2900 Hz" agent 90 2900 -- listed agent
  patient 5 whole 2900; verdict "it plays whole" "in 9 of 10 blocks of 4 s, once it has settled" "$HEARD" mostly 2900
  # The card's monitor is dom0's only source, so a microphone that is on air records the tone.
  recorded() { d 'tail -n 200 /var/log/xen/console/guest-agent.log' | sed -n 's/.*recorded \([0-9]*\) bytes, \([0-9]*\) of.*/\1 \2/p' | tail -n 1; }
  records() { [ "$(recorded | cut -d ' ' -f 1)" -gt 100000 ]; }
  sounds() { [ "$(recorded | cut -d ' ' -f 2)" -gt 100000 ]; }
  patient 20 records; local before; before=$(recorded)
  verdict "its microphone without a grant" "silence comes, and nothing else" "${before:-nothing} (bytes, not zero)" grep -q ' 0$' <<< "$before"
  d 'virt-sound mic grant agent' > /dev/null
  becomes "virt-sound mic grant" "it hears the host's source" agent 30 'echo "$(recorded) (bytes, not zero)"' sounds
  d 'virt-sound mic revoke agent' > /dev/null
  # 4 s of bytes since the count of those that are not zero rose last.
  local told mark=
  quiet_again() { told=$(recorded); [ "${told#* }" = "${mark#* }" ] || mark=$told; [ $((${told% *} - ${mark% *})) -gt 700000 ]; }
  becomes "virt-sound mic revoke" "silence again, at the same pace" agent 30 'echo "$mark, then $told (bytes, not zero)"' quiet_again
  killed "started again, the guest's server comes back, the tone too" agent 2900
  virsh0 destroy agent > /dev/null
  becomes "destroyed" "no relay, no stream" agent 15 'left agent' nothing_left agent
}

# An emulated card whose device model is in a domain of its own: that domain serves. Debian has no stub domain, so another guest does
# what it would do, and dom0 says what libxl would say of it; the service reads that where it begins with a guest.
check_stub_domain() {
  guest model 7 2100 pv model; guest emulated 8 0 pv card
  create model && create emulated || { row "emulated card, stub domain" "both start" "$(tail -n 2 "$RUN/virsh.log" | tr '\n' ' ')" FAIL; return; }
  d 'xenstore-write /local/domain/$(xl domid emulated)/image/device-model-domid $(xl domid model) && systemctl restart virtsoundd' > /dev/null
  heard "emulated card, its model in another domain" "that domain's 2100 Hz" emulated 120 2100
  patient 30 is_listed emulated; local seen; seen="$(listed emulated); mixer: $(mixer)"
  verdict "whose it is" "the guest's, not the model's" "$seen" [ "$seen" = "emulated playing vchan None xen:///system; mixer: emulated " ]
  d 'xenstore-rm /local/domain/$(xl domid emulated)/image/device-model-domid' > /dev/null; virsh0 destroy emulated > /dev/null
  becomes "destroyed, its model serves on" "no relay, no stream" emulated 15 'left emulated' nothing_left emulated
  virsh0 destroy model > /dev/null
}

# Qubes' agents over libxenvchan, both ends in dom0: the test's own agent serves, our endpoint connects. What is numbered at one end
# is counted at the other. Emulation stalls now and then, and a stall stops the clock: frames are judged strictly, their rate is not.
check_vchan() {
  local kind out last agent lib=/srv/vchan/dist/lib
  tar -C "$ROOT" -cf - plugin/target/dist/lib hw-audio/target/test-classes/org/virtsound/audio/vchan |
    timeout 120 bash -c "dom0_shell 'rm -rf /srv/vchan; mkdir -p /srv/vchan; tar -C /srv/vchan -xf - && cd /srv/vchan && mv plugin/target/dist dist && mv hw-audio/target/test-classes tests && modprobe -a xen-evtchn xen-gntdev xen-gntalloc'" ||
    { row "vchan: our classes in dom0" "copied" "not copied" FAIL; return; }
  local java="java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.library.path=$lib/native/x86_64 -Djna.boot.library.path=$lib/native/x86_64 -Djna.nounpack=true -Djna.nosys=true -cp /srv/vchan/tests:$lib/*"
  for kind in pulseaudio pipewire; do
    out=$(dom0 150 "cd /srv/vchan; timeout 120 $java org.virtsound.audio.vchan.XenLabMain 0 60 > service.log 2>&1 & service=\$!
      (echo await; echo wait; echo play; echo mic on; echo wait; echo count; sleep 40; echo state; echo idle; echo wait) | timeout 120 $java org.virtsound.audio.vchan.AgentMain $kind xen 0 /local/domain/0/ 2>&1 | grep '^connects=[1-9]' | sed -n '\$!p' | tail -n 2 | head -n 1
      wait \$service; grep '^s=' service.log | grep -v 'numbered=0 ' | tail -n 1" 2>&1)
    agent=$(grep '^connects=' <<< "$out") last=$(grep '^s=' <<< "$out")
    verdict "vchan: a $kind agent plays, frame by frame" "no frame lost, torn or repeated" "${last:-nothing was heard}" \
      grep -q 'numbered=[1-9][0-9]\{5,\} .*breaks=0 ' <<< "$last"
    verdict "vchan: its microphone without a grant" "silence, paced" "${agent:-no agent}" grep -q 'silent=[1-9][0-9]\{5,\} numbered=0 ' <<< "$agent"
  done
}

# How many JVMs have died of SIGILL since dom0 booted: under emulation about one start in 35 does, in code that the JVM made itself.
sigills() { d 'journalctl -q --no-pager -b -u virtsoundd | grep -c "SIGILL (0x4)"; cat /root/hs_err*.log /srv/vchan/hs_err*.log 2>/dev/null | grep -c "SIGILL (0x4)"' | awk '{n += $1} END {print n + 0}'; }
# run_check NAME: once more, and said so in the table, where it failed while a JVM died of that
run_check() {
  local name=$1 rows=${#TABLE[@]} failed=$FAILED before now
  before=$(sigills)
  "check_$name"
  [ "$FAILED" -gt "$failed" ] || return 0
  now=$(sigills)
  [ "$now" -gt "$before" ] || return 0
  TABLE=("${TABLE[@]:0:rows}") FAILED=$failed
  row "SIGILL in a JVM during $name" "(emulation's; the check runs once more)" "$((now - before)) times" pass
  "check_$name"
}

run_checks() {
  local checks=("$@") check
  [ $# -gt 0 ] || checks=("${CHECKS[@]}")
  if running; then say "the machine runs already; using it"; else start_machine; fi
  for check in "${checks[@]}"; do
    declare -F "check_$check" > /dev/null || die "no check $check (there are: ${CHECKS[*]})"
    say "--- $check"
    run_check "$check"
  done
  printf '%s\n' "${TABLE[@]}" | awk -F '\t' 'BEGIN {printf "\n| | check | expected | seen |\n|---|---|---|---|\n"} {gsub(/\|/, "/"); printf "| %s | %s | %s | %s |\n", $4, $1, $2, $3}'
  [ "$FAILED" = 0 ] || die "$FAILED of ${#TABLE[@]} rows; dom0's logs: scripts/xen-lab ssh journalctl -b (KEEP=1 leaves it running)"
  say "all ${#TABLE[@]} rows as expected"
}
