#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Turns templates into C strings: plots/NAME.gp becomes plot_NAME. Usage: embed.sh FILE.gp...
set -eu
echo '/* made by plots/embed.sh */'
for file in "$@"; do
    name=$(basename "$file" .gp)
    echo "static const char plot_${name}[] __attribute__((unused)) ="
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    echo '    "";'
done
