# SPDX-License-Identifier: BSD-3-Clause
# Forest plot. Expects $forest: row, look (0 same, 1 better, 2 worse, 3 open), change, low, high,
# margin, all in ln(ratio), and whether the interval was cut off at the low and the high end; the
# words of each row as labels; the ticks of the x axis; FROM, TO; ROWS; HEIGHT in pixels.
set label 1001 at screen 0.03, 1 - 25.0 / HEIGHT
set label 1002 at screen 0.03, 1 - 46.0 / HEIGHT
set tmargin at screen 1 - 98.0 / HEIGHT
set bmargin at screen 68.0 / HEIGHT
set lmargin at screen 0.28
set rmargin at screen 0.65
set xrange [FROM:TO]
set yrange [ROWS - 0.4:-0.6]
set border 1 linestyle 92
unset ytics
set grid xtics noytics nomxtics nomytics linestyle 91
set xlabel 'change against the baseline (logarithmic); ↓ ↑: the better way' textcolor rgb BLACK
unset key
KEY = 1 - 76.0 / HEIGHT
set label 1101 'regression' at screen 0.30, KEY left offset 1,0 point pointtype 9 pointsize 1.1 linecolor rgb ORANGE
set label 1102 'improvement' at screen 0.42, KEY left offset 1,0 point pointtype 11 pointsize 1.1 linecolor rgb GREEN
set label 1103 'same' at screen 0.55, KEY left offset 1,0 point pointtype 7 pointsize 0.9 linecolor rgb BLUE
set label 1104 'inconclusive' at screen 0.63, KEY left offset 1,0 point pointtype 6 pointsize 0.9 linewidth 1.6 linecolor rgb GREY
set object 1105 rectangle from screen 0.765, KEY - 5.0 / HEIGHT to screen 0.79, KEY + 5.0 / HEIGHT fillcolor rgb BAND fillstyle solid noborder
set label 1105 'within the margin' at screen 0.80, KEY left
set style fill solid 1.0 noborder
BAR = 1.8
plot $forest using (0):1:($6):(0.42) with boxxyerror linecolor rgb BAND notitle, \
     $forest using (0):($1 - 0.5):(0):(1) with vectors nohead linecolor rgb BLACK linewidth 1.2 dashtype 1 notitle, \
     $forest using ($2 == 3 ? $4 : NaN):1:($5 - $4):(0) with vectors nohead linecolor rgb GREY linewidth BAR dashtype 1 notitle, \
     $forest using ($2 == 0 ? $4 : NaN):1:($5 - $4):(0) with vectors nohead linecolor rgb BLUE linewidth BAR dashtype 1 notitle, \
     $forest using ($2 == 1 ? $4 : NaN):1:($5 - $4):(0) with vectors nohead linecolor rgb GREEN linewidth BAR dashtype 1 notitle, \
     $forest using ($2 == 2 ? $4 : NaN):1:($5 - $4):(0) with vectors nohead linecolor rgb ORANGE linewidth BAR dashtype 1 notitle, \
     $forest using ($7 > 0 ? FROM + (TO - FROM) * 0.02 : NaN):1:((FROM - TO) * 0.02):(0) with vectors head filled size screen 0.008,25 linecolor rgb BLACK linewidth BAR notitle, \
     $forest using ($8 > 0 ? TO - (TO - FROM) * 0.02 : NaN):1:((TO - FROM) * 0.02):(0) with vectors head filled size screen 0.008,25 linecolor rgb BLACK linewidth BAR notitle, \
     $forest using ($2 == 2 ? $3 : NaN):1 with points linecolor rgb ORANGE pointtype 9 pointsize 1.1 notitle, \
     $forest using ($2 == 1 ? $3 : NaN):1 with points linecolor rgb GREEN pointtype 11 pointsize 1.1 notitle, \
     $forest using ($2 == 0 ? $3 : NaN):1 with points linecolor rgb BLUE pointtype 7 pointsize 0.9 notitle, \
     $forest using ($2 == 3 ? $3 : NaN):1 with points linecolor rgb GREY pointtype 6 pointsize 0.9 linewidth 1.6 notitle
