# Debian packages without installing them, and QEMU from them. Sourced by scripts that set "lab", a folder for what is downloaded, and "debian", the suite that has
# QEMU 11 with its backports.

# An apt of its own, so that the machine stays as it is. $1: a name; $2: the suites, or nothing for the machine's own.
make_apt() {
  local root=$lab/apt-$1 source
  export APT_CONFIG=$root/apt.conf
  [ ! -e "$root/updated" ] || return 0
  source=$(grep -l '^Types: *deb' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1) || return 1
  mkdir -p "$root"/etc/{sources.list.d,apt.conf.d,preferences.d} "$root"/state/lists/partial "$root"/cache/archives/partial
  : > "$root/state/status"
  cat > "$root/apt.conf" <<CONF
Dir "$root"; Dir::Etc "$root/etc"; Dir::State "$root/state"; Dir::State::status "$root/state/status"; Dir::Cache "$root/cache";
APT::Architecture "amd64"; APT::Sandbox::User "root"; APT::Install-Recommends "false"; Acquire::Languages "none";
CONF
  awk 'BEGIN { RS = "" } NR == 1' "$source" | { [ -z "$2" ] && cat || sed "s/^Suites:.*/Suites: $2/"; } > "$root/etc/sources.list.d/debian.sources"
  apt-get update -q > "$root/update.log" 2>&1 || return 1
  touch "$root/updated"
}

# Unpacks packages without installing them. $1: the folder; the rest: files.
unpack() {
  local root=$1 package
  shift
  mkdir -p "$root"
  for package; do dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink; done
}

# Gets QEMU with busybox, and writes the command that runs it: $lab/qemu-system-x86_64. It uses the loader and the libraries of its packages.
get_qemu() {
  if [ ! -e "$lab/qemu/done" ]; then
    make_apt "$debian" "$debian $debian-backports" || return 1
    apt-get install -q -y --download-only -t "$debian-backports" qemu-system-x86 busybox-static > "$lab/qemu.log" 2>&1 || return 1
    unpack "$lab/qemu" "$lab/apt-$debian"/cache/archives/*.deb
    touch "$lab/qemu/done"
  fi
  cat > "$lab/qemu-system-x86_64" <<'COMMAND'
#!/usr/bin/env bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/qemu
libraries=$root/usr/lib/x86_64-linux-gnu
export QEMU_MODULE_DIR=$libraries/qemu
exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$root/usr/bin/qemu-system-x86_64" \
  -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" -L "$root/usr/lib/ipxe/qemu" "$@"
COMMAND
  chmod +x "$lab/qemu-system-x86_64"
}
