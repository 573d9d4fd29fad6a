# SPDX-License-Identifier: BSD-3-Clause
# The history of a workload, a panel a metric, over the runs in their order. Expects, each line
# beginning with the number of its panel: $points: run, value, 1 for good and 0 for invalid runs;
# $segments: first run, last run, centre; $places: first and last possible first run, and $changes:
# first run, both with 1 for worse and 0 for better; $drift: run, value, two lines a panel that
# drifts, an empty one after them. NAMES, STATES, FROM and TO of the y axes as arrays; PANELS, RUNS;
# DATES, which sets the xtics of the last panel; HEIGHT in pixels.
set label 1001 at screen 0.03, 1 - 25.0 / HEIGHT
set label 1002 at screen 0.03, 1 - 46.0 / HEIGHT
set multiplot
set lmargin at screen 0.085
set rmargin at screen 0.97
set xrange [0.5:RUNS + 0.5]
set grid noxtics nomytics
set style fill solid 1.0 noborder
SIZE = RUNS > 2000 ? 0.2 : RUNS > 400 ? 0.35 : RUNS > 120 ? 0.5 : 0.75
TOP = 1 - 92.0 / HEIGHT
EACH = (TOP - 62.0 / HEIGHT) / PANELS

do for [i = 1:PANELS] {
    set tmargin at screen TOP - (i - 1) * EACH - 24.0 / HEIGHT
    set bmargin at screen TOP - i * EACH + 12.0 / HEIGHT
    set yrange [FROM[i]:TO[i]]
    set format y (TO[i] >= 1e4 ? '%.1s%c' : '%.4g')
    set xtics scale 0 ('' 1)
    if (i == PANELS) {
        eval DATES
        set xlabel 'runs in their order; shaded: where the change lies (95 %)' textcolor rgb '#404040'
    }
    set label 1 NAMES[i] at graph 0, screen TOP - (i - 1) * EACH - 11.0 / HEIGHT left font ',11' textcolor rgb '#202020' noenhanced
    set label 2 STATES[i] at graph 1, screen TOP - (i - 1) * EACH - 11.0 / HEIGHT right font ',9.5' textcolor rgb '#606060' noenhanced
    set key at graph 1, screen 1 - 74.0 / HEIGHT right center horizontal samplen 2 width -1
    if (i > 1) {
        unset key
        unset label 1001
        unset label 1002
    }
    plot $places using ($1 == i && $4 == 1 ? ($2 + $3 - 1) / 2.0 : NaN):((FROM[i] + TO[i]) / 2):($2 - 1):($3):(FROM[i]):(TO[i]) with boxxyerror linecolor rgb '#fbe3d2' notitle, \
         $places using ($1 == i && $4 == 0 ? ($2 + $3 - 1) / 2.0 : NaN):((FROM[i] + TO[i]) / 2):($2 - 1):($3):(FROM[i]):(TO[i]) with boxxyerror linecolor rgb '#d5eee6' notitle, \
         $changes using ($1 == i && $3 == 1 ? $2 - 0.5 : NaN):(FROM[i]):(0):(TO[i] - FROM[i]) with vectors nohead linecolor rgb '#d55e00' linewidth 1.6 dashtype 1 notitle, \
         $changes using ($1 == i && $3 == 0 ? $2 - 0.5 : NaN):(FROM[i]):(0):(TO[i] - FROM[i]) with vectors nohead linecolor rgb '#009e73' linewidth 1.6 dashtype (5,4) notitle, \
         $points using ($1 == i && $4 == 1 ? $2 : NaN):3 with points linecolor rgb '#7fb2d6' pointtype 7 pointsize SIZE notitle, \
         $points using ($1 == i && $4 == 0 ? $2 : NaN):3 with points linecolor rgb '#707070' pointtype 6 pointsize SIZE + 0.2 notitle, \
         $segments using ($1 == i ? $2 - 0.5 : NaN):4:($3 - $2 + 1):(0) with vectors nohead linecolor rgb '#0072b2' linewidth 2.4 dashtype 1 notitle, \
         $drift using ($1 == i ? $2 : NaN):3 with lines linecolor rgb '#aa4499' linewidth 2 dashtype (14,4,3,4) notitle, \
         NaN with points linecolor rgb '#7fb2d6' pointtype 7 pointsize 0.75 title 'run', \
         NaN with points linecolor rgb '#707070' pointtype 6 pointsize 0.9 title 'invalid', \
         NaN with lines linecolor rgb '#0072b2' linewidth 2.4 dashtype 1 title 'centre', \
         NaN with lines linecolor rgb '#d55e00' linewidth 1.6 dashtype 1 title 'worse', \
         NaN with lines linecolor rgb '#009e73' linewidth 1.6 dashtype (5,4) title 'better', \
         NaN with lines linecolor rgb '#aa4499' linewidth 2 dashtype (14,4,3,4) title 'drift'
}
unset multiplot
