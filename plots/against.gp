# SPDX-License-Identifier: BSD-3-Clause
# Two distributions, as share of at most and as share of more. Expects $before_sure, $before_few,
# $now_sure, $now_few: seconds, F, 1-F; BEFORE and NOW, their titles; LO and HI of the time axes;
# LEAST, where the axis of the tails ends.
set multiplot
set bmargin at screen 0.12
set tmargin at screen 0.80
set key at screen 0.02, 0.885 left center vertical Left reverse maxrows 2
set lmargin at screen 0.085
set rmargin at screen 0.475
eval TIME_XTICS
set yrange [0:1]
set ytics ('0 %%' 0, '25 %%' 0.25, '50 %%' 0.5, '75 %%' 0.75, '100 %%' 1)
set ylabel 'share of transactions within the time' offset 1,0 textcolor rgb BLACK
set xlabel 'latency (logarithmic)' textcolor rgb BLACK
plot $before_sure using 1:2 with lines linestyle 2 title BEFORE, \
     $before_few using 1:2 with lines linestyle 2 notitle, \
     $now_sure using 1:2 with lines linestyle 1 title NOW, \
     $now_few using 1:2 with lines linestyle 1 notitle
unset label 1001
unset label 1002

set lmargin at screen 0.61
set rmargin at screen 0.97
set logscale y
set yrange [LEAST:1]
set ytics ('all' 1, '1 in 10' 1e-1, '1 in 100' 1e-2, '1 in 1,000' 1e-3, '1 in 10^4' 1e-4, \
           '1 in 10^5' 1e-5, '1 in 10^6' 1e-6, '1 in 10^7' 1e-7, '1 in 10^8' 1e-8, '1 in 10^9' 1e-9)
set ylabel 'share beyond the time' offset 0.5,0 textcolor rgb BLACK
set key at screen 0.97, 0.885 right center vertical maxrows 1
plot $before_sure using 1:3 with lines linestyle 2 notitle, \
     $before_few using 1:3 with lines linestyle 5 notitle, \
     $now_sure using 1:3 with lines linestyle 1 notitle, \
     $now_few using 1:3 with lines linestyle 5 title 'fewer than 10 samples beyond'
unset multiplot
