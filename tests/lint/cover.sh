#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Line coverage of the tests, in a build of its own (Meson keeps the name `coverage` for itself:
# `ninja -C build-cover coverage` works once this ran). Needs gcovr.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "$0")")/../.."
if ! command -v gcovr >/dev/null; then
    echo "gcovr is not installed: apt-get install gcovr" >&2
    exit 3
fi
[[ -f build-cover/build.ninja ]] ||
    meson setup build-cover --buildtype=debug -Db_coverage=true
meson test -C build-cover --suite unit --suite sim --suite integ --suite fuzz || echo "some tests failed"
gcovr --root . --exclude tests/ build-cover --print-summary --html-details build-cover/coverage.html
