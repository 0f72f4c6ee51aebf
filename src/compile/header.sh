#!/bin/sh
# kbot @VERSION@ for @SYSTEM@ @MACHINE@, one file: this script, and behind it Deno and the program, packed.
# It needs sh, tar, gzip and what every POSIX system has. At its first start it unpacks itself once into
#   $KBOT_CACHE_DIR/kbot, else $CACHE_DIRECTORY (systemd), else $XDG_CACHE_HOME/kbot, else ~/.cache/kbot,
# by the hash of its content, and looks at every start whether what lies there is whole.
set -u
content=@CONTENT@
lines=@LINES@
unpacked_kb=@UNPACKED_KB@
runtime_bytes=@RUNTIME_BYTES@
runtime_sum='@RUNTIME_SUM@'
program_sum='@PROGRAM_SUM@'

fail() {
  printf '%s\n' "kbot: $1" >&2
  exit 1
}

case $0 in
/*) self=$0 ;;
*/*) self=$(pwd)/$0 ;;
*) self=$(command -v -- "$0") || self=$(pwd)/$0 ;;
esac
[ -r "$self" ] || fail "Its own file $self cannot be read"
[ "$(uname -s)" = "@SYSTEM@" ] || fail "This file is for @SYSTEM@, and this is $(uname -s)"
case $(uname -m) in
@MACHINES@) ;;
*) fail "This file is for @MACHINE@, and this machine is $(uname -m)" ;;
esac
for tool in tar gzip tail cksum cut df find id ls tr wc mv rm mkdir; do
  command -v "$tool" >/dev/null 2>&1 || fail "It unpacks itself with $tool, which is not installed"
done
me=$(id -u)

if [ -n "${KBOT_CACHE_DIR:-}" ]; then cache=$KBOT_CACHE_DIR/kbot
elif [ -n "${CACHE_DIRECTORY:-}" ]; then cache=${CACHE_DIRECTORY%%:*}
elif [ -n "${XDG_CACHE_HOME:-}" ]; then cache=$XDG_CACHE_HOME/kbot
elif [ -n "${HOME:-}" ] && [ "$HOME" != / ]; then cache=$HOME/.cache/kbot
else
  cache=${TMPDIR:-/tmp}/kbot-$me
  # Where everybody may put things, a link may be somebody else's.
  [ ! -L "$cache" ] || fail "$cache is a symbolic link, and HOME is not set; name a directory of yours in KBOT_CACHE_DIR"
fi
remedy="name another directory in KBOT_CACHE_DIR"
(umask 077 && mkdir -p "$cache") 2>/dev/null || fail "Cache directory $cache cannot be made; $remedy"
[ -O "$cache" ] || fail "Cache directory $cache belongs to somebody else; $remedy"
chmod go-w "$cache" 2>/dev/null || fail "Cache directory $cache can be written by others; $remedy"
cache=$(CDPATH='' cd -P -- "$cache" && pwd) || fail "Cache directory $cache cannot be entered; $remedy"

# Whoever can rename what it lies in could put a program of theirs there between a look and the start.
above=$cache
while [ -n "${above%/}" ]; do
  above=${above%/*}
  # shellcheck disable=SC2012
  listed=$(ls -ldn "${above:-/}" 2>/dev/null | tr -s ' ' | cut -d ' ' -f 1,3)
  case $listed in
  ????????w[!tT]*) fail "Cache directory $cache lies in ${above:-/}, which everybody can write to; $remedy" ;;
  *" 0" | *" $me") ;;
  *) fail "Cache directory $cache lies in ${above:-/}, which belongs to somebody else; $remedy" ;;
  esac
done
place=$cache/$content

# What is not ours, or can be written to by others. What a slower start moved there and is removing is no part of it: of a
# file that vanishes under its eyes find says that it is not ours.
others() {
  cd "$1" || { echo "$1" && return; }
  find . ! -path './.unpacking.*' \( ! -user "$me" -o ! -type l \( -perm -020 -o -perm -002 \) \)
}

# All of it is ours, and only we can write to it. The program is read whole. Of the runtime, which is large, the size, and
# that nobody wrote to it after it was checked.
intact() {
  [ -d "$1" ] && [ ! -L "$1" ] || return 1
  [ -z "$(others "$1" 2>/dev/null)" ] || return 1
  [ -f "$1/checked" ] && [ -x "$1/deno" ] || return 1
  [ "$(($(wc -c <"$1/deno")))" -eq "$runtime_bytes" ] || return 1
  if [ "$1/deno" -nt "$1/checked" ]; then return 1; fi
  [ "$(cksum 2>/dev/null <"$1/sums")" = "$program_sum" ] || return 1
  # Their names have no spaces.
  # shellcheck disable=SC2046
  [ "$(cd "$1" && cksum $(cut -d ' ' -f 3 sums) 2>/dev/null)" = "$(cat "$1/sums")" ]
}

# What is left where the cache lies; nothing where df does not tell.
free_kb() {
  df -Pk "$cache" 2>/dev/null | tail -n 1 | tr -s ' ' | cut -d ' ' -f 4
}

unpack() {
  umask 077
  # Of starts that were killed: nobody unpacks for ten minutes. Of versions that nobody started for two months.
  find "$cache" -maxdepth 1 -name '.unpacking.*' -mmin +10 -exec rm -rf {} + 2>/dev/null
  # Only what was unpacked: a directory that somebody names may hold more.
  for old in "$cache"/kbot-*/checked; do
    if [ -f "$old" ]; then find "${old%/checked}" -maxdepth 0 -mtime +60 -exec rm -rf {} + 2>/dev/null; fi
  done
  free=$(free_kb)
  case $free in
  '' | *[!0-9]*) ;;
  *) [ "$free" -ge "$unpacked_kb" ] || fail \
    "No space to unpack: $cache has $free kB left, $unpacked_kb kB are needed; make room, or $remedy" ;;
  esac
  draft=$cache/.unpacking.$content.$$
  trap 'rm -rf "$draft"' EXIT
  trap 'exit 1' HUP INT TERM
  rm -rf "$draft"
  mkdir "$draft" || fail "Cache directory $cache cannot be written; $remedy"
  trouble=$({ tail -n "+$((lines + 1))" "$self" | gzip -dc | tar -xf - -C "$draft"; } 2>&1) || {
    fail "Unpacking into $cache failed ($(free_kb) kB left there): $trouble; make room, or $remedy"
  }
  damaged="What was unpacked from $self is not what was packed: the file is damaged, get it again"
  [ "$(cksum <"$draft/deno")" = "$runtime_sum" ] || fail "$damaged"
  "$draft/deno" --version >/dev/null 2>&1 ||
    fail "Programs in $cache cannot be run (mounted with noexec, or a C library that Deno does not know); $remedy"
  # On the disk before it counts as checked: a power loss leaves files of the right size that hold nothing.
  sync "$draft/deno" 2>/dev/null
  : >"$draft/checked"
  intact "$draft" || fail "$damaged"
  # Another start may have been faster: what it left is as good, and may be running already. What comes there after this
  # look is whole, and no longer looked at.
  if [ -e "$place" ] || [ -L "$place" ]; then
    # Beside it: what somebody else put there can be renamed, but not moved elsewhere, nor perhaps removed.
    intact "$place" || mv "$place" "$draft.broken" 2>/dev/null
  fi
  if [ ! -e "$place" ]; then
    mv "$draft" "$place" 2>/dev/null
    # Two at once: the second has moved its draft into the first one's place.
    rm -rf "$place/.unpacking.$content.$$"
  fi
  rm -rf "$draft" "$draft.broken" 2>/dev/null
  # For a moment it is away while several replace the same damaged one.
  tries=1
  until intact "$place"; do
    [ "$tries" -lt 10 ] || fail "What was unpacked into $place is damaged or was removed; $remedy"
    tries=$((tries + 1))
    sleep 1
  done
}

# Each in a shell of its own, whose mask and traps end with it.
if [ ! -e "$place" ]; then
  # Asked first: what another start puts there meanwhile is no damage.
  (unpack) || exit 1
elif ! intact "$place"; then
  printf '%s\n' "kbot: What lies in $place is damaged or not ours alone; unpacking it anew" >&2
  (unpack) || exit 1
fi
# Tells the clean-up that it is in use.
touch -c "$place" 2>/dev/null
KBOT_FILE=$self
DENO_DIR=$place/compiled
DENO_NO_UPDATE_CHECK=1
export KBOT_FILE DENO_DIR DENO_NO_UPDATE_CHECK
exec "$place/deno" run @FLAGS@ "$place/app/@MAIN@" "$@"
