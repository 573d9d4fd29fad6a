# SPDX-License-Identifier: BSD-3-Clause
# Runs side by side. Expects the names of the runs as ytics; $runs: index, msg/s, p50, p99 (s), each
# with its interval; RUNS; SCALE and UNIT of the rates; HAS_TIMES, LO, HI; HEIGHT in pixels.
set label 1001 at screen 0.03, 1 - 25.0 / HEIGHT
set label 1002 at screen 0.03, 1 - 46.0 / HEIGHT
set multiplot
set tmargin at screen 1 - 92.0 / HEIGHT
set bmargin at screen 66.0 / HEIGHT
set yrange [RUNS - 0.5:-0.5]
set grid noytics
set key at graph 1, screen 1 - 66.0 / HEIGHT right top horizontal
set style fill solid 1.0 noborder

set lmargin at screen 0.26
set rmargin at screen 0.60
set xrange [0:*]
set xlabel 'messages sent (' . UNIT . ')' textcolor rgb '#404040'
plot $runs using ($2/SCALE/2):1:($2/SCALE/2):(0.3) with boxxyerror linecolor rgb '#7fb2d6' title 'messages/s', \
     $runs using ($2/SCALE):1:($3/SCALE):($4/SCALE) with xerrorbars linecolor rgb '#333333' linewidth 1.4 pointtype 0 notitle
unset label 1001
unset label 1002

set lmargin at screen 0.65
set rmargin at screen 0.97
set format y ''
set ytics scale 0 ('' 0)
set xlabel 'latency (logarithmic)' textcolor rgb '#404040'
if (HAS_TIMES) {
    eval TIME_XTICS
    set yrange [RUNS - 0.5:-0.5]
    plot $runs using 5:1:($8-$5):(0) with vectors nohead linecolor rgb '#b8b8b8' linewidth 2 notitle, \
         $runs using 5:1:6:7 with xerrorbars linestyle 1 dashtype 1 linewidth 1.4 pointsize 1.1 title 'p50', \
         $runs using 8:1:9:10 with xerrorbars linestyle 2 dashtype 1 linewidth 1.4 pointsize 1.2 title 'p99'
} else {
    set xrange [0:1]
    plot -1 with lines linestyle 1 title 'too few samples for p50 and p99'
}
unset multiplot
