#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Turns templates into C strings: plots/NAME.gp becomes plot_NAME, NAME.css becomes css_NAME.
# Usage: embed.sh FILE...
set -eu
echo '/* made by plots/embed.sh */'
for file in "$@"; do
    name=$(basename "$file")
    case $name in
    *.gp) name=plot_${name%.gp} ;;
    *.css) name=css_${name%.css} ;;
    esac
    echo "static const char ${name}[] __attribute__((unused)) ="
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$file"
    echo '    "";'
done
