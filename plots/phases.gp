# SPDX-License-Identifier: BSD-3-Clause
# Phases and verdicts on the timeline. Expects $course: middle, end, transactions/s ... of intervals;
# $bands: from, to, measured, turn (1: its text stands along it, 2: across it, 0: nowhere), number in
# BAND; $rules: from, to, class (1 PASS, 2 WARN, 3 FAIL, 4 not decided, 0 none), turn, number in RULE;
# RUN_RULES with RUN_CLASS; $marks: at, row, kind (0 command, 1 fault, 2 refused), side (1: text on the
# left), number in MARK; MARKS, ROWS; END; POINTS; RATE_SCALE, RATE_UNIT.
FILL(class) = class == 1 ? 0xcfe8df : class == 2 ? 0xfbe3b0 : class == 3 ? 0xe79a7d : class == 4 ? 0xdddddd : 0xffffff
set multiplot
set lmargin at screen 0.10
set rmargin at screen 0.97
set xrange [0:END]
set format x ''
set style data linespoints
if (POINTS > 80) {
    set style data lines
}
set style fill solid 1.0 noborder

set bmargin at screen 0.465
set tmargin at screen 0.865
set label 2 'throughput (' . RATE_UNIT . ')' at screen 0.02, 0.665 center rotate textcolor rgb '#404040'
set yrange [0:*]
stats $course using ($3/RATE_SCALE) nooutput
TOP = STATS_max > 0 ? STATS_max * 1.45 : 1
set yrange [0:TOP]
set key at graph 1, 1.02 right bottom horizontal
plot $bands using ($3 == 1 ? ($1+$2)/2 : NaN):(TOP/2):1:2:(0):(TOP) with boxxyerror fillcolor rgb '#eef2f7' notitle, \
     $bands using 1:(0):(0):(TOP) with vectors nohead linestyle 90 dashtype (4,4) notitle, \
     $marks using 1:(0):(0):(TOP) with vectors nohead linecolor rgb '#333333' linewidth 1 dashtype (2,3) notitle, \
     $bands using ($4 == 1 ? ($1+$2)/2 : NaN):(TOP*0.95):(BAND[int($5)]) with labels center font ',9' textcolor rgb '#405060' noenhanced notitle, \
     $bands using ($4 == 2 ? ($1+$2)/2 : NaN):(TOP*0.98):(BAND[int($5)]) with labels right rotate by 90 font ',9' textcolor rgb '#405060' noenhanced notitle, \
     $course using 1:($3/RATE_SCALE) linestyle 1 title 'transactions/s; bands: measured phases'
unset label 1001
unset label 1002

set bmargin at screen 0.315
set tmargin at screen 0.425
set label 2 'rules' at screen 0.02, 0.37 center rotate
set style textbox opaque noborder fillcolor rgb '#ffffff' margins 0.5,0.4
set label 3 (RUN_CLASS ? 'of the run: ' . RUN_RULES : '') at graph 1, 1.14 right font ',9' textcolor rgb '#404040' noenhanced
set yrange [0:1]
unset ytics
set grid noytics
plot $rules using (($1+$2)/2):(0.5):1:2:(0.05):(0.95):(FILL(int($3))) with boxxyerror linecolor rgb variable notitle, \
     $rules using ($3 == 3 ? ($1+$2)/2 : NaN):(0.5):1:2:(0.05):(0.95) with boxxyerror fillcolor rgb '#b04a2a' fillstyle transparent pattern 4 border linecolor rgb '#b04a2a' notitle, \
     $rules using ($4 == 1 ? ($1+$2)/2 : NaN):(0.5):(RULE[int($5)]) with labels center boxed font ',9' textcolor rgb '#202020' noenhanced notitle, \
     $rules using ($4 == 2 ? ($1+$2)/2 : NaN):(0.5):(RULE[int($5)]) with labels center rotate by 90 font ',8' textcolor rgb '#202020' noenhanced notitle
unset label 3

set bmargin at screen 0.10
set tmargin at screen 0.275
set label 2 'commands' at screen 0.02, 0.18 center rotate
set yrange [ROWS - 0.3:-0.7]
set format x '%g'
set key at graph 1, 1.02 right bottom horizontal
set xlabel 'seconds since the start of the run' textcolor rgb '#404040'
if (MARKS) {
    plot $marks using 1:(ROWS - 0.3):(0):(-ROWS - 0.4) with vectors nohead linecolor rgb '#b8b8b8' linewidth 1 dashtype (2,3) notitle, \
         $marks using ($3 == 0 ? $1 : NaN):2 with points pointtype 7 pointsize 0.9 linecolor rgb BLUE title 'command', \
         $marks using ($3 == 1 ? $1 : NaN):2 with points pointtype 9 pointsize 1.1 linecolor rgb ORANGE title 'fault', \
         $marks using ($3 == 2 ? $1 : NaN):2 with points pointtype 6 pointsize 0.9 linecolor rgb '#707070' title 'refused', \
         $marks using ($4 == 0 && $2 < ROWS ? $1 : NaN):2:(MARK[int($5)]) with labels left offset 0.9,0 font ',9' textcolor rgb '#202020' noenhanced notitle, \
         $marks using ($4 == 1 && $2 < ROWS ? $1 : NaN):2:(MARK[int($5)]) with labels right offset -0.9,0 font ',9' textcolor rgb '#202020' noenhanced notitle
} else {
    plot -10 with lines linestyle 90 title 'none'
}
unset multiplot
