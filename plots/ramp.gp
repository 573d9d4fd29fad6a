# SPDX-License-Identifier: BSD-3-Clause
# Connections over time. Expects $course: middle, end, transactions/s, connects/s, failed/s, open;
# $bands and BAND as phases.gp; END; POINTS; HAS_FAILED; TOP: most that were open; WANTED: asked for;
# CONNECT_SCALE, CONNECT_UNIT.
set multiplot
set lmargin at screen 0.10
set rmargin at screen 0.97
set xrange [0:END]
set format x ''
set format y '%g'
set style data linespoints
if (POINTS > 80) {
    set style data lines
}
set style fill solid 1.0 noborder
set key at graph 1, 1.02 right bottom horizontal

set bmargin at screen 0.475
set tmargin at screen 0.855
set label 2 'open connections' at screen 0.02, 0.665 center rotate textcolor rgb '#404040'
HIGH = (TOP > WANTED ? TOP : WANTED) * 1.35
set yrange [0:HIGH]
plot $bands using ($3 == 1 ? ($1+$2)/2 : NaN):(HIGH/2):1:2:(0):(HIGH) with boxxyerror fillcolor rgb '#eef2f7' notitle, \
     $bands using ($4 == 1 ? ($1+$2)/2 : NaN):(HIGH*0.94):(BAND[int($5)]) with labels center font ',9' textcolor rgb '#405060' noenhanced notitle, \
     $bands using ($4 == 2 ? ($1+$2)/2 : NaN):(HIGH*0.98):(BAND[int($5)]) with labels right rotate by 90 font ',9' textcolor rgb '#405060' noenhanced notitle, \
     (WANTED > 0 ? WANTED : NaN) with lines linestyle 5 title 'asked for', \
     $course using 2:6 linestyle 1 title 'open at the end of the interval'
unset label 1001
unset label 1002

set bmargin at screen 0.12
set tmargin at screen 0.405
set label 2 'connects (' . CONNECT_UNIT . ')' at screen 0.02, 0.25 center rotate
set yrange [0:*]
set format x '%g'
set xlabel 'seconds since the start of the run' textcolor rgb '#404040'
if (HAS_FAILED) {
    plot $course using 1:($4/CONNECT_SCALE) linestyle 1 title 'opened/s', \
         $course using 1:($5/CONNECT_SCALE) linestyle 2 title 'failed/s'
} else {
    plot $course using 1:($4/CONNECT_SCALE) linestyle 1 title 'opened/s (none failed)'
}
unset multiplot
