#!/usr/bin/env bash
# Prints the numbers of the ioctls, and sizes and offsets of the structures, of the kernel's iommufd.h and vfio.h in a folder of headers:
#   describe-headers.sh FOLDER
# tests/IoAsid.Typed.Linux.Tests/Uapi holds what it prints for Linux 7.3.
set -euo pipefail
include=${1:?a folder with linux/iommufd.h and linux/vfio.h}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
  printf '#include <stdio.h>\n#include <stddef.h>\n#include "%s/linux/iommufd.h"\n#include "%s/linux/vfio.h"\nint main(void) {\n' "$include" "$include"
  for header in iommufd vfio; do
    awk '
      /^#define (IOMMU|VFIO)_[A-Z0-9_]+[ \t]+(_IO\(|\\$)/ { print "printf(\"ioctl\\t" $2 "\\t0x%x\\n\", (unsigned)(" $2 "));" }
      /^struct [a-z0-9_]+ \{/ { name = $2; print "printf(\"struct\\t" name "\\t%zu\\n\", sizeof(struct " name "));"; next }
      /^\}/ { name = "" }
      /\/\*/ && !/\*\// { comment = 1 }
      /\*\// { if (comment) { comment = 0; next } }
      name && !comment && /^\t\t?(__|struct )[a-z0-9_ ]+\t*[ ]*[a-z0-9_]+(\[[^]]+\])?;/ {
        field = $0; sub(/;.*/, "", field); sub(/\[[^]]*\]$/, "", field); sub(/.*[ \t]/, "", field)
        print "printf(\"field\\t" name "." field "\\t%zu\\n\", offsetof(struct " name ", " field "));"
      }' "$include/linux/$header.h"
  done
  printf 'return 0; }\n'
} > "$work/describe.c"
gcc -I "$include" -o "$work/describe" "$work/describe.c"
"$work/describe"
