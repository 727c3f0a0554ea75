# What deploy/demo and deploy/test share: steps that are told, what must be installed, the build, a server that is
# started and stopped. Sourced by bash; `root` is the repository.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
swift_version_min="6.2"

say() { printf '%s\n' "$*" >&2; }
step() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
[ -t 2 ] || step() { printf '==> %s\n' "$*" >&2; }
die() {
  say "$(basename "$0"): $*"
  exit 1
}

# --- What must be installed -------------------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }

has_postgresql() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /usr/local/bin /usr/bin; do
    [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && return 0
  done
  has postgres && has initdb
}

has_cpp_headers() {
  local header
  for header in /usr/include/c++/*/vector; do [ -e "$header" ] && return 0; done
  return 1
}

# Debian's packages that are not there and are needed, one a line; nothing where all is there.
missing_packages() {
  has git || echo git
  has python3 || echo python3
  has ld || echo binutils
  has_cpp_headers || echo libstdc++-12-dev
  has pkg-config || echo pkg-config
  { has pkg-config && pkg-config --exists libpq; } || echo libpq-dev
  { has pkg-config && pkg-config --exists libqrencode; } || echo libqrencode-dev
  has_postgresql || echo postgresql
}

# Debian makes and starts a database cluster when its server package is installed; this program runs its own.
without_debian_cluster() {
  local folder=/etc/postgresql-common/createcluster.d
  [ -e "$folder/rekisteri.conf" ] && return
  "$@" mkdir -p "$folder"
  printf '%s\n' '# rekisteri runs a private PostgreSQL; no system cluster is made. Remove this file to have one.' \
    'create_main_cluster = false' | "$@" tee "$folder/rekisteri.conf" >/dev/null
}

install_missing() {
  local packages=()
  mapfile -t packages < <(missing_packages)
  [ ${#packages[@]} -eq 0 ] && return
  local by_hand="apt-get install --no-install-recommends ${packages[*]}"
  local as_root=()
  has apt-get || die "missing: ${packages[*]} (names of Debian's packages; install what they are called here)"
  if [ "$(id -u)" -ne 0 ]; then
    has sudo || die "missing packages, and neither root nor sudo is here. As root run: $by_hand"
    as_root=(sudo)
    # Asks for the password where there is somebody to ask.
    [ -t 0 ] || sudo -n true 2>/dev/null || die "missing packages, and sudo wants a password. As root run: $by_hand"
  fi
  step "Installing ${packages[*]}"
  case " ${packages[*]} " in *" postgresql "*) without_debian_cluster "${as_root[@]}" ;; esac
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
  "${apt[@]}" update -q >&2 || say "apt-get update failed; trying with the lists that are here"
  "${apt[@]}" install -q -y --no-install-recommends "${packages[@]}" >&2 || die "cannot install. As root run: $by_hand"
  mapfile -t packages < <(missing_packages)
  [ ${#packages[@]} -eq 0 ] || die "installed, but still not found: ${packages[*]}"
}

check_swift() {
  has swift || die "no swift in PATH. Install Swift $swift_version_min or newer: https://www.swift.org/install/linux/"
  local text version
  text=$(swift --version 2>/dev/null) || die "swift --version fails; the toolchain is incomplete"
  [[ $text =~ Swift\ version\ ([0-9]+\.[0-9]+(\.[0-9]+)?) ]] || die "cannot tell the version from: $text"
  version=${BASH_REMATCH[1]}
  [ "$(printf '%s\n%s\n' "$swift_version_min" "$version" | sort -V | head -n 1)" = "$swift_version_min" ] \
    || die "this is Swift $version; $swift_version_min or newer is needed"
}

# --- The build --------------------------------------------------------------------------------------------------------

# Sets `binaries`: a release build where somebody made one, else a debug build, unless REKISTERI_DEMO_BUILD says which.
# Builds what is older than its sources.
build_programs() {
  local configuration=${REKISTERI_DEMO_BUILD:-}
  if [ -z "$configuration" ]; then
    configuration=debug
    [ -x "$root/.build/release/rekisterid" ] && configuration=release
  fi
  binaries="$root/.build/$configuration"
  if [ -x "$binaries/rekisterid" ] && [ -x "$binaries/rekisteri" ]; then
    local newer
    newer=$(find "$root/Sources" "$root/sql" "$root/Package.swift" "$root/Package.resolved" \
      -newer "$binaries/rekisterid" -print -quit 2>/dev/null)
    [ -z "$newer" ] && return
    step "Building what has changed ($configuration)"
  else
    step "Building ($configuration; the first time takes some minutes)"
  fi
  (cd "$root" && swift build -c "$configuration" >&2) || die "the build failed"
  # A build that had nothing to do leaves the program's time as it was; the next start need not ask again.
  touch -c "$binaries/rekisterid" "$binaries/rekisteri"
}

# --- A server that is started and stopped -----------------------------------------------------------------------------

server_pid=
server_address=

# start_server DATA OUTPUT [PORT]: starts `rekisterid dev` on a folder, on a port (0: a free one), and waits until it is
# ready, telling what it says; sets server_pid and server_address.
start_server() {
  local data=$1 output=$2 told=0 lines line waited=0
  : >"$output"
  # In a session of its own: Ctrl-C in the client is for the client.
  setsid "$binaries/rekisterid" dev --data "$data" --port "${3:-0}" >"$output" 2>&1 </dev/null &
  server_pid=$!
  while :; do
    lines=$(wc -l <"$output")
    if [ "$lines" -gt "$told" ]; then
      while IFS= read -r line; do
        if [[ $line =~ ^READY\ ([^ ]+)\ ([0-9]+) ]]; then
          server_address="${BASH_REMATCH[1]}:${BASH_REMATCH[2]}"
          return 0
        fi
        say "    $line"
      done < <(sed -n "$((told + 1)),${lines}p" "$output")
      told=$lines
    fi
    if ! kill -0 "$server_pid" 2>/dev/null; then
      sed -n "$((told + 1)),\$p" "$output" >&2
      server_pid=
      die "the server did not start; what it said is above"
    fi
    sleep 0.1
    waited=$((waited + 1))
    [ $((waited % 100)) -eq 0 ] && say "    still starting ($((waited / 10)) s)"
    [ "$waited" -lt 1800 ] || die "the server was not ready within three minutes"
  done
}

stop_server() {
  [ -n "$server_pid" ] || return 0
  kill -TERM "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}
