# SPDX-License-Identifier: BSD-3-Clause
# Latency of a suite's trials over the rate that each achieved, in the order of what was asked for:
# where the curve turns back, more was asked for and less achieved. Expects $trials: achieved, p50,
# p99 (s), held (0, 1), name; LO, HI of the times; RIGHT, SCALE, UNIT of the rates; MARK, MARK_TEXT
# with HAS_MARK; BAND_LO, BAND_HI with HAS_BAND.
set lmargin at screen 0.085
set rmargin at screen 0.97
set bmargin at screen 0.12
set tmargin at screen 0.82
eval TIME_TICS
set xrange [0:RIGHT / SCALE]
set xlabel 'transactions achieved (' . UNIT . ')' textcolor rgb BLACK
set ylabel 'latency (logarithmic)' offset 1,0 textcolor rgb BLACK
set key at screen 0.97, 0.875 right center vertical maxrows 1
if (HAS_BAND) {
    set object 1 rectangle from BAND_LO / SCALE, graph 0 to (BAND_HI > RIGHT ? RIGHT : BAND_HI) / SCALE, graph 1 behind fillcolor rgb BAND fillstyle solid noborder
}
if (HAS_MARK) {
    set arrow 1 from MARK / SCALE, graph 0 to MARK / SCALE, graph 1 nohead linecolor rgb BLACK linewidth 1.2 dashtype (6,4)
    LEFT = MARK > RIGHT / 2.0
    if (LEFT) {
        set label 1 MARK_TEXT . ' ' at MARK / SCALE, graph 0.96 right font ',10' textcolor rgb '#202020' noenhanced
    } else {
        set label 1 ' ' . MARK_TEXT at MARK / SCALE, graph 0.96 left font ',10' textcolor rgb '#202020' noenhanced
    }
}
plot $trials using ($1/SCALE):2 with lines linestyle 1 notitle, \
     $trials using ($1/SCALE):3 with lines linestyle 2 notitle, \
     $trials using ($4 == 1 ? $1/SCALE : NaN):2 with points linestyle 1 pointsize 1.1 notitle, \
     $trials using ($4 == 1 ? $1/SCALE : NaN):3 with points linestyle 2 pointsize 1.2 notitle, \
     $trials using ($4 == 0 ? $1/SCALE : NaN):2 with points linecolor rgb BLUE linewidth 1.6 pointtype 6 pointsize 1.2 notitle, \
     $trials using ($4 == 0 ? $1/SCALE : NaN):3 with points linecolor rgb ORANGE linewidth 1.6 pointtype 8 pointsize 1.3 notitle, \
     $trials using ($1/SCALE):2:5 with labels offset 0,-1.1 font ',9' textcolor rgb GREY notitle, \
     NaN with linespoints linestyle 1 pointsize 1.1 title 'p50', \
     NaN with linespoints linestyle 2 pointsize 1.2 title 'p99', \
     NaN with points linecolor rgb BLUE linewidth 1.6 pointtype 6 pointsize 1.2 title 'hollow: did not hold'
