#!/usr/bin/env bash
# Tests the driver of IoAsid.Typed.Iommu on QEMU's VT-d unit, an independent implementation, and prints "N passed, N failed". Uses qemu-system-x86_64 of the PATH if it is
# 11.1 or newer, else packages that are unpacked into artifacts/linux. Nothing is installed, and no root is needed.
#
#   tests/qemu.sh [ARGUMENT...]     arguments go to dotnet test
#
# Exit code 77: it cannot run here, for the reason that the last line gives.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.."
exec </dev/null

lab=$PWD/artifacts/linux
debian=trixie # The suite that has QEMU 11, with its backports.
mkdir -p "$lab"
. "$here/linux/packages.sh"

skip() {
  printf 'skipped: %s\n' "$1"
  exit 77
}

# The oldest QEMU whose unit and test devices are complete.
is_new_enough() {
  local version
  version=$("$1" --version 2>/dev/null | sed -nE 's/^QEMU emulator version ([0-9]+\.[0-9]+).*/\1/p')
  [ -n "$version" ] && [ "$(printf '%s\n' 11.1 "$version" | sort -V | head -n 1)" = 11.1 ]
}

if [ -n "${IOASID_QEMU:-}" ] && is_new_enough "$IOASID_QEMU"; then
  :
elif is_new_enough qemu-system-x86_64; then
  IOASID_QEMU=qemu-system-x86_64
else
  [ "$(uname -s) $(uname -m)" = 'Linux x86_64' ] || skip 'this is not x86-64 Linux, and there is no QEMU 11.1 on the PATH'
  for tool in apt-get dpkg-deb; do command -v "$tool" >/dev/null || skip "$tool is missing, and there is no QEMU 11.1 on the PATH"; done
  get_qemu || skip "QEMU cannot be downloaded ($(tail -n 1 "$lab/qemu.log" 2>/dev/null || tail -n 1 "$lab/apt-$debian/update.log" 2>/dev/null || echo 'no package source'))"
  IOASID_QEMU=$lab/qemu-system-x86_64
  is_new_enough "$IOASID_QEMU" || skip "the packages' QEMU does not run here"
fi
export IOASID_QEMU
export IOASID_OMISSIONS=$lab/omissions.txt
rm -f "$IOASID_OMISSIONS"

status=0
dotnet test --project tests/IoAsid.Typed.Qemu.Tests --filter-trait needs=QEMU "$@" 2>&1 | tee "$lab/qemu-tests.log" || status=$?
count() { sed -nE "s/^ +$1: ([0-9]+)\$/\1/p" "$lab/qemu-tests.log" | tail -n 1; }
passed=$(count succeeded)
failed=$(count failed)
[ "$status" -eq 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
if [ -s "$IOASID_OMISSIONS" ]; then
  printf '\nWhat a driver with a fault leaves out, and what QEMU shows of it:\n'
  sort "$IOASID_OMISSIONS"
fi
printf '%s passed, %s failed\n' "${passed:-0}" "${failed:-0}"
[ "$status" -eq 0 ]
