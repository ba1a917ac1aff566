# Sourced by the scripts here: where things are, what is missing, how to say it.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
DIST=$ROOT/plugin/target/dist
START_S=$(date +%s.%N)

say() { printf '[%5.1f s] %s\n' "$(echo "$(date +%s.%N) $START_S" | awk '{print $1 - $2}')" "$*"; }
die() { say "FAILED: $*" >&2; exit 1; }

need_root() {
  [ "$(id -u)" = 0 ] && return
  echo "${0##*/}: network namespaces need root; run: sudo $0 $*" >&2
  exit 77
}

# install_packages [LIST…]: what of scripts/packages, or of these lists beside it, is missing, by apt-get.
install_packages() {
  local want missing
  want=$(cd "$ROOT/scripts" && sed 's/#.*//' "${@:-packages}" | awk 'NF {print $1}')
  # shellcheck disable=SC2086
  missing=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $want 2>/dev/null |
    awk -v want="$(echo $want)" '$2 == "installed" {have[$1]} END {n = split(want, w, " "); for (i = 1; i <= n; i++) if (!(w[i] in have)) print w[i]}')
  [ -n "$missing" ] || return 0
  say "installing: $(echo $missing)"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } > "${TMPDIR:-/tmp}/virt-sound-apt.$$.log" 2>&1 ||
    { tail -n 20 "${TMPDIR:-/tmp}/virt-sound-apt.$$.log" >&2; die "apt-get could not install: $(echo $missing)"; }
  rm -f "${TMPDIR:-/tmp}/virt-sound-apt.$$.log"
}

# unpack_packages: scripts/packages-unpacked into target/unpacked, by apt-get and dpkg.
unpack_packages() {
  local dir=$ROOT/target/unpacked names
  names=$(sed 's/#.*//' "$ROOT/scripts/packages-unpacked" | awk 'NF {print $1}')
  [ "$(cat "$dir/.names" 2>/dev/null)" = "$names" ] && return 0
  say "unpacking: $(echo $names)"
  rm -rf "$dir"; mkdir -p "$dir/.deb"
  # shellcheck disable=SC2086
  (cd "$dir/.deb" && apt-get download -qq $names 2> download.log || { cat download.log >&2; exit 1; }) || die "apt-get could not download: $(echo $names)"
  local deb
  for deb in "$dir"/.deb/*.deb; do dpkg -x "$deb" "$dir" || die "dpkg -x $deb"; done
  rm -r "$dir/.deb"
  echo "$names" > "$dir/.names"
}

# Builds plugin/target/dist unless it is newer than every source.
build_dist() {
  local newest
  newest=$(find "$ROOT"/pom.xml "$ROOT"/*/pom.xml "$ROOT"/*/src/main "$ROOT"/plugin/src/dist -type f -newer "$DIST/bin/virtsoundd" 2>/dev/null | head -n 1)
  [ -x "$DIST/bin/virtsoundd" ] && [ -z "$newest" ] && return 0
  say "building"
  "$ROOT/mvnw" -q package -DskipTests >&2 || die "the build; its messages are above"
  touch "$DIST/bin/virtsoundd"
}

# await SECONDS COMMAND…: until it succeeds.
await() {
  local until=$(($(date +%s%N) + $1 * 1000000000)); shift
  until "$@" > /dev/null 2>&1; do
    [ "$(date +%s%N)" -lt "$until" ] || return 1
    sleep 0.05
  done
}
