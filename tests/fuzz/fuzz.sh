#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Every fuzzer of this folder for a while, with clang's libFuzzer and sanitizers, from the stored
# corpora (which ./check replays as ordinary tests). New inputs stay in build-fuzz/corpus; what
# crashed lies in build-fuzz/crash-*: reduce it, add it to tests/fuzz/corpus/NAME, then mend.
# usage: fuzz.sh [SECONDS each, default 30] [NAME.., default all]
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "$0")")/../.."
seconds=${1:-30}
wanted=("${@:2}")
sanitizers=address,undefined

if [[ ! -f build-fuzz/build.ninja ]]; then
    CC=clang meson setup build-fuzz --buildtype=debugoptimized -Db_sanitize="$sanitizers" \
        -Db_lundef=false -Db_lto=false -Dsanitizer_build=true \
        "-Dc_args=-fsanitize=fuzzer-no-link -fno-sanitize-recover=all"
fi
mapfile -t libraries < <(ninja -C build-fuzz -t targets all | sed -n 's|^\(.*/libwb_[^:]*\.a\):.*|\1|p')
ninja -C build-fuzz "${libraries[@]}"
read -ra linked < <(pkg-config --libs libxdp libbpf libmnl sqlite3 zlib libzstd jansson inih)

[[ ${#wanted[@]} -gt 0 ]] ||
    mapfile -t wanted < <(basename -s .c -a tests/fuzz/fuzz_*.c | sed 's/^fuzz_//')

failed=0
for name in "${wanted[@]}"; do
    source=tests/fuzz/fuzz_$name.c
    mkdir -p "build-fuzz/corpus/$name"
    echo "== $name, $seconds s"
    further=()
    [[ $name == stack ]] && further=(tests/lib/virtual_link.c)
    clang -std=gnu17 -g -O1 -D_GNU_SOURCE -fsanitize="fuzzer,$sanitizers" \
        -fno-sanitize-recover=all -I. -Igen -Itests "$source" "${further[@]}" \
        -o "build-fuzz/fuzz_$name" -Wl,--start-group "${libraries[@]/#/build-fuzz/}" \
        -Wl,--end-group "${linked[@]}" -lm -lpthread
    "build-fuzz/fuzz_$name" -max_total_time="$seconds" -artifact_prefix=build-fuzz/crash- \
        "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" || failed=1
done
exit "$failed"
