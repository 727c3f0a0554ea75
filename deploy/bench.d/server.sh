# The server under measurement: building, starting, stopping, and its database. For deploy/bench.

server='' started=0 port=0 sockets=''

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }

stop() {
  say "bench: $*"
  exit 2
}

facts_before() {
  cores=$(nproc)
  load_before=$(cut -d' ' -f1-3 /proc/loadavg)
  memory_all=$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo)
  for tool in pgbench psql cc timeout; do
    command -v "$tool" >/dev/null || stop "$tool is missing"
  done
}

make_place() {
  [ -n "$place" ] || place=$(mktemp -d /var/tmp/rekisteri-bench.XXXXXX) || stop "no folder can be made"
  mkdir -p "$place/tmp" && place=$(cd "$place" && pwd) || stop "no folder can be made"
  chmod 711 "$place"
  trap 'clean_up' EXIT
  trap 'exit 2' INT TERM HUP
  case $(stat -f -c %T "$place") in
    tmpfs | ramfs) say "warning: $place lies in memory; commits cost nothing there" ;;
  esac
  # A hundred synchronous writes of a page, in milliseconds each.
  commit_ms=$( { LC_ALL=C dd if=/dev/zero of="$place/tmp/sync" bs=8k count=100 oflag=dsync; } 2>&1 |
    awk '/copied/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ /^s,?$/) printf "%.2f", $i * 10 }')
  rm -f "$place/tmp/sync"
}

clean_up() {
  stop_server
  [ -n "$sampler" ] && kill "$sampler" 2>/dev/null
  [ -n "$keep" ] && return
  local elsewhere
  elsewhere=$(readlink "$place/register/postgres")
  case $elsewhere in /var/tmp/rekisteri-*) rm -rf -- "$elsewhere" ;; esac
  rm -rf -- "$place"
}

build_programs() {
  generator=$place/load
  cc -O2 -std=gnu17 -o "$generator" "$here"/bench.d/*.c -lssl -lcrypto || stop "the load generator does not build"
  [ -n "$program" ] && return
  say "building rekisterid for release"
  (cd "$root" && swift build -c release --product rekisterid) >"$place/build.log" 2>&1 ||
    stop "the build failed: $(tail -n 5 "$place/build.log")"
  program=$(cd "$root" && swift build -c release --show-bin-path)/rekisterid
}

# The same server without its log, from a copy of the sources that goes with the measurement.
build_unlogged() {
  local copy=$place/unlogged
  say "building rekisterid without its log"
  mkdir "$copy" && cp -r "$root"/Package.* "$root"/Sources "$root"/Tests "$root"/sql "$root"/words "$copy" &&
    patch -s -d "$copy" -p1 <"$here/bench.d/unlogged.patch" >"$place/build.log" 2>&1 &&
    (cd "$copy" && swift build -c release --product rekisterid) >>"$place/build.log" 2>&1 ||
    stop "the build without the log failed: $(tail -n 5 "$place/build.log")"
  unlogged=$(cd "$copy" && swift build -c release --show-bin-path)/rekisterid
}

# Starts the server, waits for READY, and notes how long that took.
start_server() {
  local begin line
  : >"$place/ready"
  begin=$(date +%s.%N)
  "$program" dev --data "$place/register" --port 0 --persons "$persons" --daily-persons 0 \
    >"$place/ready" 2>>"$place/server.log" </dev/null &
  server=$!
  # The first start makes the persons: allow for a slow thousand a second.
  for ((tick = 0; tick < 20 * (120 + persons / 1000); tick++)); do
    line=$(grep -m 1 "^READY " "$place/ready") && break
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.05
  done
  [ -n "$line" ] || return 1
  started=$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { printf "%.2f", b - a }')
  port=${line##* }
  sockets=$(sed -n 5p "$place/register/postgres/data/postmaster.pid")
}

stop_server() {
  [ -n "$server" ] || return
  kill -TERM "$server" 2>/dev/null
  for ((tick = 0; tick < 300; tick++)); do
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  kill -0 "$server" 2>/dev/null && kill -KILL "$server"
  wait "$server" 2>/dev/null
  server=''
}

database() { PGOPTIONS='-c client_min_messages=warning' psql -X -q -At -v ON_ERROR_STOP=1 -h "$sockets" -p 5432 -U postgres -d rekisteri "$@"; }

# Resident megabytes.
memory() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$server/status"; }

# Clock ticks that the server and PostgreSQL have used: "server database".
processor() {
  local postmaster
  postmaster=$(head -n 1 "$place/register/postgres/data/postmaster.pid")
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v server="$server" -v main="$postmaster" '
    { id = $1; sub(/^.*\) /, ""); used = $12 + $13
      if (id == server) a = used
      else if (id == main || $2 == main) b += used }
    END { print a + 0, b + 0 }'
}
