# SPDX-License-Identifier: BSD-3-Clause
# A run over time in four panels. Expects $timeline: seconds, msg/s, transactions/s, failed/s, p50,
# p99, lateness p99, queueing p99 (s); FROM, TO: the measured time, named MEASURED; END; INTERVAL; POINTS;
# HAS_LATENCY, HAS_WAITS (lateness or queueing), HAS_QUEUEING: whether those columns hold anything above 0, with the ends of their
# axes, LATENCY_LO and so on; RATE_SCALE and RATE_UNIT of the throughput axis; ERRORS_TOP.
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
    set label 1 'measured: ' . MEASURED at FROM, graph 0.06 left offset 0.6,0 font ',9' textcolor rgb '#607080' noenhanced
}
set format x ''

set bmargin at screen 0.665
set tmargin at screen 0.875
set label 2 'throughput (' . RATE_UNIT . ')' at screen 0.02, 0.77 center rotate textcolor rgb '#404040'
set yrange [0:*]
set format y '%g'
plot $timeline using 1:($2/RATE_SCALE) linestyle 1 title 'messages/s', \
     $timeline using 1:($3/RATE_SCALE) linestyle 2 title 'transactions/s'
unset label 1
unset label 1001
unset label 1002

set bmargin at screen 0.405
set tmargin at screen 0.615
set label 2 'latency' at screen 0.02, 0.51 center rotate
if (HAS_LATENCY) {
    LO = LATENCY_LO
    HI = LATENCY_HI
    eval TIME_TICS
    plot $timeline using 1:6 linestyle 2 title 'p99', \
         $timeline using 1:5 linestyle 1 title 'p50'
} else {
    set yrange [0:1]
    plot -1 with lines linestyle 1 title 'too few samples an interval'
}

set bmargin at screen 0.235
set tmargin at screen 0.355
set label 2 'waiting' at screen 0.02, 0.295 center rotate
if (HAS_WAITS) {
    LO = WAITS_LO
    HI = WAITS_HI
    eval TIME_TICS
    if (HAS_QUEUEING) {
        plot $timeline using 1:8 linestyle 4 title 'queueing p99: for a free connection', \
             $timeline using 1:7 linestyle 3 title 'lateness p99: the generator''s own'
    } else {
        plot $timeline using 1:7 linestyle 3 title 'lateness p99: the generator''s own (no queueing)'
    }
} else {
    unset logscale y
    set yrange [0:1]
    plot -1 with lines linestyle 3 title 'lateness, queueing: too few samples an interval, or all 0'
}

unset logscale y
unset ytics
set ytics nomirror out scale 0.5 textcolor rgb '#404040' 0, ERRORS_TOP / 2.0
set bmargin at screen 0.085
set tmargin at screen 0.185
set label 2 'errors (1/s)' at screen 0.02, 0.135 center rotate
set yrange [0:ERRORS_TOP]
set format y '%g'
set format x '%g'
set xlabel sprintf('seconds since the start of the run (one point a %g s interval)', INTERVAL) textcolor rgb '#404040'
plot $timeline using 1:4 with impulses linestyle 4 linewidth 3 dashtype 1 title 'failed transactions/s'
unset multiplot
