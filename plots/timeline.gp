# SPDX-License-Identifier: BSD-3-Clause
# A run over time in four panels. Expects $timeline: seconds, msg/s, transactions/s, failed/s, p50,
# p99, lateness p99 (s); FROM, TO: the measured time, named MEASURED; END; INTERVAL;
# HAS_LATENCY, HAS_LATENESS: whether those columns hold anything above 0; POINTS; RATE_SCALE and
# RATE_UNIT of the throughput axis; ERRORS_TOP of the error axis.
set multiplot
set style data linespoints
if (POINTS > 80) {
    set style data lines
}
set lmargin at screen 0.10
set rmargin at screen 0.97
set xrange [0:END > 0 ? END : 1]
set key at graph 1, 1.02 right bottom horizontal
if (TO > FROM) {
    set object 1 rectangle from FROM, graph 0 to TO, graph 1 behind fillcolor rgb '#f3f6fa' fillstyle solid noborder
}
set format x ''
set bmargin at screen 0.665
set tmargin at screen 0.875
set ylabel 'throughput (' . RATE_UNIT . ')' offset 0.5,0 textcolor rgb '#404040'
set yrange [0:*]
set format y '%g'
if (TO > FROM) {
    set label 1 'measured: ' . MEASURED at FROM, graph 0.06 left offset 0.6,0 font ',9' textcolor rgb '#607080' noenhanced
}
plot $timeline using 1:($2/RATE_SCALE) linestyle 1 title 'messages/s', \
     $timeline using 1:($3/RATE_SCALE) linestyle 2 title 'transactions/s'
unset label 1
unset label 1001
unset label 1002

set bmargin at screen 0.405
set tmargin at screen 0.615
set ylabel 'latency'
set format y '%.0s %cs'
if (HAS_LATENCY) {
    set logscale y
    set yrange [*:*]
    plot $timeline using 1:6 linestyle 2 title 'p99', \
         $timeline using 1:5 linestyle 1 title 'p50'
} else {
    set yrange [0:1]
    plot NaN linestyle 1 title 'too few samples an interval'
}

set bmargin at screen 0.235
set tmargin at screen 0.355
set ylabel 'lateness'
if (HAS_LATENESS) {
    set logscale y
    set yrange [*:*]
    plot $timeline using 1:7 linestyle 3 title 'p99 of the generator''s own lateness'
} else {
    unset logscale y
    set yrange [0:1]
    plot NaN linestyle 3 title 'lateness: too few samples an interval, or all 0'
}

unset logscale y
set bmargin at screen 0.085
set tmargin at screen 0.185
set ylabel 'errors (1/s)'
set yrange [0:ERRORS_TOP]
set ytics 0, ERRORS_TOP / 2
set format y '%g'
set format x '%g'
set xlabel sprintf('seconds since the start of the run (one point a %g s interval)', INTERVAL) textcolor rgb '#404040'
plot $timeline using 1:4 with impulses linestyle 4 linewidth 3 title 'failed transactions/s'
unset multiplot
set style data linespoints
if (POINTS > 80) {
    set style data lines
}
