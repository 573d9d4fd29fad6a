#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# clang-format over the tracked C files: `style.sh check` names differences, `style.sh write` ends them.
set -euo pipefail
cd -- "$(dirname -- "$(readlink -f -- "$0")")/../.."
if ! command -v clang-format >/dev/null; then
    echo "clang-format is not installed: apt-get install clang-format" >&2
    exit 3
fi
mapfile -d '' -t files < <(git ls-files -z --cached --others --exclude-standard -- '*.c' '*.h')
case ${1-} in
check) exec clang-format --dry-run --Werror "${files[@]}" ;;
write) exec clang-format -i "${files[@]}" ;;
*)
    echo "usage: style.sh check|write" >&2
    exit 2
    ;;
esac
