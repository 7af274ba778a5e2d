#!/bin/sh
# Put limen's services on this machine, or take them away again. A second run changes nothing.
#
#   install.sh [--terminal] [--hub] [--kiosk] [--root DIR]      none named: --terminal
#   install.sh --uninstall [--purge] [--root DIR]
#
#   --terminal   the door or time clock: camera, lock, GPIO rights
#   --hub        the central side; both may live on one machine
#   --kiosk      the browser that shows the terminal's screen; needs cage, xwayland and chromium
#   --uninstall  remove what this script put here; configuration, keys, data and their owners stay
#   --purge      with --uninstall: remove those as well. There is no way back: keys and journal are gone.
#   --root DIR   work in DIR instead of /, for images and packages. Users are made if DIR has an etc/passwd.
#
# All or nothing: files are copied beside their places first and then renamed; whatever fails before the end is undone.
# What was made is written down in /etc/limen/.installed, so that nothing else is ever removed.
# Exit status: 0 done, or nothing to do; 1 nothing was changed, and why; 64 wrong usage.
set -eu

# What goes where: part, file in this folder, place, mode. New files in this folder need no other line than here.
table() {
  for file in "$here"/*; do
    name=${file##*/}
    case $name in
      limen-kiosk.service) echo "kiosk $name /usr/lib/systemd/system/$name 644" ;;
      limen-kiosk.sysusers) echo "kiosk $name /usr/lib/sysusers.d/${name%.*}.conf 644" ;;
      limen-hub*.service) echo "hub $name /usr/lib/systemd/system/$name 644" ;;
      *.service | *.socket | *.timer | *.path | *.target) echo "terminal $name /usr/lib/systemd/system/$name 644" ;;
      *.rules) echo "terminal $name /usr/lib/udev/rules.d/$name 644" ;;
      *.sysusers) echo "both $name /usr/lib/sysusers.d/${name%.*}.conf 644" ;;
      *.tmpfiles) echo "both $name /usr/lib/tmpfiles.d/${name%.*}.conf 644" ;;
      limen-rest) echo "terminal $name /usr/lib/limen/$name 755" ;;
    esac
  done
}
# Kept by --uninstall, removed by --purge.
kept='/etc/limen /var/lib/limen /var/lib/limen-hub'

say() { printf '%s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,/^set -eu/s/^# \{0,1\}//p' "$0"; }
changed() { say "$*"; changes=1; }
note() { grep -qxF "$*" "$record" || printf '%s\n' "$*" >>"$record"; }
noted() { sed -n "s|^$1 ||p" "$record"; }
# systemd is process 1 here, and it is this machine that is installed on: then it is told of changes.
live() { [ -z "$root" ] && [ -d /run/systemd/system ]; }
has_users() { [ -f "$root/etc/passwd" ]; }
names() { sed 's/:.*//' "$root/etc/$1" 2>/dev/null | sort; }

# Every folder that was missing on the way to $1 is made and written down.
folder() {
  [ ! -d "$root$1" ] || return 0
  case $1 in ?*/*) folder "${1%/*}" ;; esac
  mkdir "$root$1"
  chmod "${2:-755}" "$root$1"
  note "folder $1"
  echo "$1" >>"$work/folders"
}

undo() {
  status=$?
  if [ "${finished:-0}" = 0 ] && [ -d "$work" ]; then
    while read -r place; do
      rm -f "$root$place.limen-new"
      grep -qxF "$place" "$work/put" || continue
      if [ -e "$root$place.limen-old" ]; then mv -f "$root$place.limen-old" "$root$place"; else rm -f "$root$place"; fi
    done <"$work/staged"
    sort -r "$work/folders" | while read -r place; do rmdir "$root$place" 2>/dev/null || true; done
    [ "$status" = 0 ] || say "install.sh: nothing was changed" >&2
  fi
  rm -rf "$work"
  exit "$status"
}

# Copies beside their places whatever is not there yet as it should be.
stage() {
  while read -r _ name place mode; do
    at=$root$place
    [ ! -d "$at" ] || fail "$at is a folder: a file should be there"
    note "file $place"
    rm -f "$at.limen-old" "$at.limen-new"
    if cmp -s "$here/$name" "$at" && [ "$(stat -c %a "$at")" = "$mode" ]; then continue; fi
    folder "${place%/*}"
    echo "$place" >>"$work/staged"
    cp "$here/$name" "$at.limen-new"
    chmod "$mode" "$at.limen-new"
  done <"$work/wanted"
}

commit() {
  while read -r place; do
    at=$root$place
    [ ! -e "$at" ] || cp -p "$at" "$at.limen-old"
    echo "$place" >>"$work/put"
    mv -f "$at.limen-new" "$at"
  done <"$work/staged"
}

# Users and groups, by systemd-sysusers alone; those that were not there before are written down.
users() {
  has_users || return 0
  command -v systemd-sysusers >/dev/null || fail "systemd-sysusers is missing: install systemd"
  names passwd >"$work/users"
  names group >"$work/groups"
  before=$(cat "$root/etc/passwd" "$root/etc/group" | cksum)
  awk '$3 ~ /sysusers/ { print $3 }' "$work/wanted" | while read -r place; do
    systemd-sysusers ${root:+"--root=$root"} "$root$place" >"$work/sysusers" 2>&1 || { cat "$work/sysusers" >&2; exit 1; }
  done
  names passwd | comm -13 "$work/users" - | while read -r name; do note "user $name"; done
  names group | comm -13 "$work/groups" - | while read -r name; do note "group $name"; done
  [ "$before" = "$(cat "$root/etc/passwd" "$root/etc/group" | cksum)" ] || changed "users and groups: $(made_names)"
}
made_names() { { noted user; noted group; } | sort -u | tr '\n' ' '; }

# The folders of the tmpfiles.d files. Those below /run are systemd's: it makes them at every start.
folders() {
  awk '$1 == "both" && $3 ~ /tmpfiles/ { print $2 }' "$work/wanted" | while read -r name; do
    sed -n 's/^d  *//p' "$here/$name"
  done | while read -r place mode _; do
    case $place in /run/*) continue ;; esac
    [ -d "$root$place" ] || { folder "$place" "$mode"; say "folder $place"; echo made >"$work/made-a-folder"; }
  done
  [ ! -e "$work/made-a-folder" ] || changes=1
}

# Files of an earlier version that this one has no more.
outdated() {
  noted file | while read -r place; do
    grep -q " $place " "$work/wanted" || echo "$place"
  done >"$work/outdated"
  while read -r place; do
    rm -f "$root$place"
    forget "file $place"
    changed "removed $place: this version has no such file"
  done <"$work/outdated"
}
forget() { grep -vxF "$*" "$record" >"$work/rest" || true; cat "$work/rest" >"$record"; }

tell_systemd() {
  live || return 0
  tell systemctl daemon-reload
  [ ! -e /usr/lib/tmpfiles.d/limen.conf ] || tell systemd-tmpfiles --create /usr/lib/tmpfiles.d/limen.conf
  command -v udevadm >/dev/null || return 0
  tell udevadm control --reload
  tell udevadm trigger --subsystem-match=gpio --action=add
}
tell() { "$@" || say "NOTE: \"$*\" failed; a restart of the machine does the same"; }

install() {
  for part in $parts; do note "part $part"; done
  table | while read -r part rest; do
    [ "$part" = both ] || grep -qxF "part $part" "$record" || continue
    echo "$part $rest"
  done >"$work/wanted"
  grep -q '\.service ' "$work/wanted" || fail "$here holds no units: is this the folder systemd/ of limen?"
  stage
  commit
  users
  folders
  outdated
  folder /etc/limen
  cmp -s "$record" "$root$book" || { cp "$record" "$root$book.new"; mv -f "$root$book.new" "$root$book"; }
  finished=1
  while read -r place; do
    rm -f "$root$place.limen-old"
    changed "installed $place"
  done <"$work/staged"
  if [ "$changes" = 0 ]; then say "nothing to do: limen is installed as it should be"; return; fi
  tell_systemd
  [ -z "$root" ] || return 0
  for unit in /etc/systemd/system/limen*.service; do
    [ ! -f "$unit" ] || say "NOTE: $unit is used instead of the unit installed now; remove it if you did not write it"
  done
  command -v limen >/dev/null || say "NOTE: there is no command \"limen\" yet: npm pack, then npm install -g ./limen-*.tgz"
  for unit in $(units); do
    if live && systemctl is-active --quiet "$unit"; then say "next: systemctl restart $unit"
    elif [ "$unit" = limen-kiosk ]; then say "next: screen: {} in /etc/limen/limen.yaml, then: systemctl enable --now $unit"
    else say "next: write /etc/limen/${unit#limen-}.yaml, then: systemctl enable --now $unit"; fi
  done
}
# The lock's unit is named only where it is used: door.lockProcess is "service".
units() {
  if grep -qxF "part terminal" "$record"; then
    ! { live && systemctl is-active --quiet limen-lock; } || echo limen-lock
    echo limen
  fi
  ! grep -qxF "part hub" "$record" || echo limen-hub
  ! grep -qxF "part kiosk" "$record" || echo limen-kiosk
}

# An owner of data that stays must stay: the number would be given to somebody else, with the data.
remove_users() {
  noted user | while read -r name; do
    home=$(sed -n "s/^$name:.*:\(.*\):.*/\1/p" "$root/etc/passwd")
    if [ -n "${home#/}" ] && [ -d "$root$home" ]; then say "user $name stays: it owns $home"; continue; fi
    if grep -q "^$name:" "$root/etc/passwd"; then userdel ${root:+--prefix "$root"} "$name" >/dev/null 2>&1 || { say "user $name could not be removed"; continue; }; fi
    forget "user $name"
    say "removed user $name"
  done
  noted group | while read -r name; do
    if grep -q "^$name:.*:.*:." "$root/etc/group"; then say "group $name stays: it has members"; continue; fi
    if grep -qxF "user $name" "$record"; then continue; fi
    if grep -q "^$name:" "$root/etc/group"; then groupdel ${root:+--prefix "$root"} "$name" >/dev/null 2>&1 || continue; fi
    forget "group $name"
    say "removed group $name"
  done
}

uninstall() {
  finished=1
  [ -e "$root$book" ] || { say "nothing to do: limen is not installed${root:+ in $root}"; return; }
  if live; then
    noted file | sed -n 's|.*/\(.*\.service\)$|\1|p' | while read -r unit; do systemctl disable --now "$unit" >/dev/null 2>&1 || true; done
  fi
  noted file >"$work/files"
  while read -r place; do
    rm -f "$root$place"
    forget "file $place"
    changed "removed $place"
  done <"$work/files"
  grep -v '^part ' "$record" >"$work/rest" || true
  cat "$work/rest" >"$record"
  if [ -n "$purge" ]; then
    for place in $kept; do
      [ -e "$root$place" ] || continue
      rm -rf "$root$place"
      changed "removed $place"
    done
  fi
  if has_users; then remove_users; fi
  noted folder | sort -r >"$work/made"
  while read -r place; do
    case $place in /etc/limen*) [ -n "$purge" ] || continue ;; esac
    if rmdir "$root$place" 2>/dev/null || [ ! -d "$root$place" ]; then forget "folder $place"; fi
  done <"$work/made"
  if [ -d "$root/etc/limen" ]; then cp "$record" "$root$book"; fi
  [ "$changes" = 1 ] || say "nothing to do: limen is not installed${root:+ in $root}"
  if [ "$changes" = 1 ]; then tell_systemd; fi
  [ -n "$purge" ] || say "kept: /etc/limen and the data (--uninstall --purge removes them)"
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
book=/etc/limen/.installed
root='' parts='' purge='' action=install changes=0
while [ $# -gt 0 ]; do
  case $1 in
    --terminal | --hub | --kiosk) parts="$parts ${1#--}" ;;
    --uninstall) action=uninstall ;;
    --purge) purge=1 ;;
    --root) [ $# -gt 1 ] || { usage >&2; exit 64; }; root=$2; shift ;;
    --root=*) root=${1#--root=} ;;
    -h | --help) usage; exit 0 ;;
    *) printf 'install.sh: %s is no option\n\n' "$1" >&2; usage >&2; exit 64 ;;
  esac
  shift
done
[ -z "$purge" ] || [ "$action" = uninstall ] || { usage >&2; exit 64; }
if [ -n "$root" ]; then
  [ -d "$root" ] || fail "$root is not a folder"
  root=$(CDPATH='' cd -- "$root" && pwd -P)
  [ "$root" != / ] || root=''
fi
[ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "only root may do this: sudo sh $0"

work=$(mktemp -d)
trap undo EXIT
trap 'exit 1' HUP INT TERM
record=$work/record
touch "$work/staged" "$work/put" "$work/folders" "$record"
if [ -e "$root$book" ]; then cat "$root$book" >"$record"; fi
[ -n "$parts" ] || grep -q '^part ' "$record" || parts=terminal
"$action"
