# SPDX-License-Identifier: BSD-3-Clause
# Shift function. Expects $shift: part, change, low, high, margin, in ln(ratio); the names of the
# parts and their differences as labels; the ticks of the y axis; FROM, TO; PARTS.
set lmargin at screen 0.115
set rmargin at screen 0.97
set bmargin at screen 0.19
set tmargin at screen 0.84
set xrange [-0.6:PARTS - 0.4]
set yrange [FROM:TO]
unset xtics
set border 2 linestyle 92
set grid ytics noxtics nomytics linestyle 91
set ylabel 'change of the latency (logarithmic)' offset 0,0 textcolor rgb BLACK
set label 2200 'part of the distribution, and its difference in us' at graph 0.5, screen 0.05 center textcolor rgb BLACK
unset key
set label 1101 'now against the baseline' at screen 0.115, 0.885 left offset 1,0 point pointtype 7 pointsize 1.1 linecolor rgb BLUE
set arrow 1102 from screen 0.375, 0.872 to screen 0.375, 0.898 nohead linecolor rgb BLUE linewidth 2
set label 1102 '95 % interval between runs' at screen 0.385, 0.885 left
set object 1103 rectangle from screen 0.655, 0.876 to screen 0.68, 0.894 fillcolor rgb BAND fillstyle solid noborder
set label 1103 'within the margin' at screen 0.69, 0.885 left
set style fill solid 1.0 noborder
plot $shift using 1:(0):(0.46):5 with boxxyerror linecolor rgb BAND notitle, \
     $shift using ($1 - 0.6):(0):(1.2):(0) with vectors nohead linecolor rgb BLACK linewidth 1.2 dashtype 1 notitle, \
     $shift using 1:2 with lines linecolor rgb PALE_BLUE linewidth 1.6 dashtype 1 notitle, \
     $shift using 1:3:(0):($4 - $3) with vectors nohead linecolor rgb BLUE linewidth 2 dashtype 1 notitle, \
     $shift using 1:2 with points linecolor rgb BLUE pointtype 7 pointsize 1.1 notitle
