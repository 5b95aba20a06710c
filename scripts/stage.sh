# shellcheck shell=bash
# Sets a stage for demonstrations and checks: a stand-in upstream and the built jar in front of it, on free ports of
# 127.0.0.1, with everything they write in a folder that goes away. To be sourced; call `raise_stage`, then use $base and $key.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jar=$root/target/qwen2api.jar
key=sk-demo-only
base=
database=
gateway_pid=
stand_in_pid=
release_host_pid=
stage=

find_java() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then echo "$JAVA_HOME/bin/java"; else command -v java; fi
}

# saying WHAT COMMAND...: runs it, and says every 2 s with the last line of its output how far it is; where it fails, the output is shown
saying() {
  local what=$1 status=0 begun=$SECONDS said ticker
  shift
  said=$(mktemp)
  while sleep 2 >/dev/null 2>&1 && kill -0 $$; do
    echo "  … still $what after $((SECONDS - begun)) s: $(tail -n 1 "$said" | cut -c 1-110)"
  done &
  ticker=$!
  "$@" >"$said" 2>&1 || status=$?
  kill "$ticker" && wait "$ticker" 2>/dev/null || true
  [ "$status" = 0 ] || tail -n 40 "$said" >&2
  rm -f "$said"
  return "$status"
}

build_if_needed() {
  local newer
  newer=$([ -f "$jar" ] && [ -d "$root/target/test-classes" ] &&
    find "$root/src" "$root/pom.xml" -newer "$jar" -type f -print -quit || echo missing)
  if [ -n "$newer" ]; then
    echo "building the jar (the first time this fetches the dependencies) …"
    (cd "$root" && saying building env MVNW_VERBOSE=true ./mvnw -B -DskipTests package)
  fi
}

# wait_for FILE PATTERN PID: until a line of FILE matches, 60 s at most, or PID ends
wait_for() {
  local i
  for i in $(seq 600); do
    if grep -qE "$2" "$1" 2>/dev/null; then return 0; fi
    if ! kill -0 "$3" 2>/dev/null; then break; fi
    if [ $((i % 20)) = 0 ]; then echo "  … still starting" >&2; fi
    sleep 0.1
  done
  echo "this did not start:" >&2
  cat "$1" >&2
  return 1
}

# raise_stand_in JAVA [its options]: it runs, and $stage/.env has the settings of a gateway in front of it
raise_stand_in() {
  local java=$1
  shift
  stage=$(mktemp -d)
  trap strike_stage EXIT
  "$java" -cp "$root/target/test-classes:$jar" dev.qwen2api.fakeqwen.FakeQwenMain "$@" >"$stage/upstream" 2>&1 &
  stand_in_pid=$!
  wait_for "$stage/upstream" '^QWEN_COOKIES=' "$stand_in_pid"
  {
    tr -d '\r' <"$stage/upstream" | sed -E 's/^([A-Z_]+)=(.*)$/\1="\2"/'
    echo "API_KEY=$key"
    echo "LISTEN_ADDRESS=127.0.0.1"
    echo "SERVICE_PORT=0"
    echo "DATABASE_PATH=${database:-$stage/qwen2api.db}"
  } >"$stage/.env"
}

# raise_gateway COMMAND...: the command starts it, with this shell's environment
raise_gateway() {
  # emptied here, or the lines of an earlier one would still be found
  : >"$stage/log"
  "$@" >"$stage/log" 2>&1 &
  gateway_pid=$!
  wait_for "$stage/log" 'listening on ' "$gateway_pid"
  base=http://127.0.0.1:$(sed -nE 's/.*listening on [0-9.]+:([0-9]+).*/\1/p' "$stage/log" | head -n 1)
}

# raise_stage JAVA [stand-in options]
raise_stage() {
  raise_stand_in "$@"
  raise_gateway env "ENV_FILE=$stage/.env" "$1" -jar "$jar"
}

# stop_gateway: asks it to end and waits for that; fails when it does not end well
stop_gateway() {
  local status=0
  kill -TERM "$gateway_pid"
  wait "$gateway_pid" || status=$?
  gateway_pid=
  [ "$status" = 0 ] || [ "$status" = 143 ] || { echo "it ended with status $status" >&2; cat "$stage/log" >&2; return 1; }
}

# patience: 60000, the most ms that a newcomer may have to wait, and as many times more as the machine has more to do than it can
patience() {
  awk -v cores="$(nproc)" '{ busy = $1 / cores; printf "%d\n", 60000 * (busy > 1 ? busy : 1) }' /proc/loadavg 2>/dev/null || echo 60000
}

# streams: whether a chat that is streamed through the gateway comes to its end
streams() {
  curl -sS -N --max-time 60 -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$base/v1/chat/completions" \
    -d '{"model":"qwen-max","stream":true,"messages":[{"role":"user","content":"echo: smoke"}]}' | grep '^data: \[DONE\]' >/dev/null
}

# raise_release_host BUNDLE: a file server that has what GitHub's releases have; sets $url, its folder $host, and the $version of the bundle
raise_release_host() {
  local port
  port=$((20000 + RANDOM % 10000))
  host=$stage/host/latest/download
  version=$(basename "$1" | sed -E 's/qwen2api-([0-9.]+)-.*/\1/')
  mkdir -p "$host" "$stage/host/download"
  cp "$1" "$root/scripts/get" "$host/"
  cp "$jar" "$host/qwen2api-$version.jar"
  (cd "$host" && sha256sum -- * >"$stage/sums" && mv "$stage/sums" SHA256SUMS)
  cp -r "$host" "$stage/host/download/v$version"
  busybox httpd -f -p "127.0.0.1:$port" -h "$stage/host" &
  release_host_pid=$!
  url=http://127.0.0.1:$port
  for _ in $(seq 50); do curl -fs -o /dev/null "$url/latest/download/get" && break; sleep 0.1; done
}

# build_bare_root: a root in $bare with a C library, a busybox and no Java
build_bare_root() {
  local library
  mkdir -p "$bare/bin" "$bare/lib" "$bare/lib64" "$bare/tmp" "$bare/w" "$bare/dev" "$bare/proc" "$bare/etc"
  cp "$(command -v busybox)" "$bare/bin/busybox"
  chroot "$bare" /bin/busybox --install -s /bin
  cp /lib64/ld-linux-x86-64.so.2 "$bare/lib64/" 2>/dev/null || cp /lib/ld-linux-aarch64.so.1 "$bare/lib/"
  for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1; do
    cp "$(ldconfig -p | sed -n "s|.*$library.* => ||p" | head -n 1)" "$bare/lib/"
  done
}
bare=
# shellcheck disable=SC2016 # that is for the shell inside
mounts='mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec /usr/sbin/chroot "$0" "$@"'
# enter PATH HOME: sets "${inside[@]}", the words that run something in $bare
enter() { inside=(unshare --mount --propagation private sh -c "$mounts" "$bare" /bin/env -i "PATH=$1" "HOME=$2"); }

# needs_bare_root NAME: ends well, with a word, where such a root cannot be made
needs_bare_root() {
  [ "$(id -u)" = 0 ] || { echo "$1: SKIPPED, it needs root"; exit 0; }
  if ! command -v busybox >/dev/null || ldd "$(command -v busybox)" >/dev/null 2>&1; then
    echo "$1: SKIPPED, it needs Debian's busybox-static"
    exit 0
  fi
}

strike_stage() {
  local status=$?
  for pid in $gateway_pid $stand_in_pid $release_host_pid; do kill "$pid" 2>/dev/null || true; done
  for pid in $gateway_pid $stand_in_pid $release_host_pid; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$stage"
  return "$status"
}
