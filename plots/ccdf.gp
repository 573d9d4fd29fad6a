# SPDX-License-Identifier: BSD-3-Clause
# Complementary distribution on logarithmic axes. Expects what cdf.gp does, and LEAST, where the axis
# of shares ends.
set lmargin at screen 0.13
set rmargin at screen 0.95
set bmargin at screen 0.12
set tmargin at screen 0.785
set logscale y
set yrange [LEAST:1]
set ylabel 'share of transactions that took longer' textcolor rgb '#404040'
set xlabel 'time (logarithmic), ' . SAMPLES . ' transactions' textcolor rgb '#404040'
set ytics (1 1)
unset ytics
set ytics nomirror out scale 0.5 textcolor rgb '#404040' ('all' 1, '1 in 10' 1e-1, '1 in 100' 1e-2, \
           '1 in 1,000' 1e-3, '1 in 10^4' 1e-4, '1 in 10^5' 1e-5, '1 in 10^6' 1e-6, \
           '1 in 10^7' 1e-7, '1 in 10^8' 1e-8, '1 in 10^9' 1e-9)
eval TIME_XTICS
set key at screen 0.02, 0.895 left top horizontal Left reverse maxrows 2
plot $latency_sure using 1:3 with lines linestyle 1 title 'latency', \
     $latency_few using 1:3 with lines linestyle 5 title 'fewer than 10 samples beyond', \
     $service_sure using 1:3 with lines linestyle 2 title 'service time', \
     $service_few using 1:3 with lines linestyle 5 notitle, \
     $queueing_sure using 1:3 with lines linestyle 4 title HAS_queueing ? 'queueing' : '', \
     $lateness_sure using 1:3 with lines linestyle 3 title HAS_lateness ? 'lateness' : '', \
     $marks using 1:5:2:3 with xerrorbars linecolor rgb '#0072b2' linewidth 1.4 pointtype 7 pointsize 0.8 title 'p50, p99, p99.9 of latency'
