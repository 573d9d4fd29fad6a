# SPDX-License-Identifier: BSD-3-Clause
# Cumulative distribution. Expects $latency_sure, $latency_few and the same of service, queueing and
# lateness: seconds, F, 1-F; HAS_latency and so on; $marks: seconds, low, high, F; SAMPLES; LO, HI.
set lmargin at screen 0.10
set rmargin at screen 0.95
set bmargin at screen 0.12
set tmargin at screen 0.785
set yrange [0:1]
set ylabel 'share of transactions' textcolor rgb '#404040'
set xlabel 'time (logarithmic), ' . SAMPLES . ' transactions' textcolor rgb '#404040'
set ytics ('0 %%' 0, '25 %%' 0.25, '50 %%' 0.5, '75 %%' 0.75, '90 %%' 0.9, '99 %%' 0.99)
eval TIME_XTICS
set key at screen 0.02, 0.895 left top horizontal Left reverse maxrows 2
plot $latency_sure using 1:2 with lines linestyle 1 title 'latency', \
     $latency_few using 1:2 with lines linestyle 1 notitle, \
     $service_sure using 1:2 with lines linestyle 2 title 'service time', \
     $service_few using 1:2 with lines linestyle 2 notitle, \
     $queueing_sure using 1:2 with lines linestyle 4 title HAS_queueing ? 'queueing' : '', \
     $lateness_sure using 1:2 with lines linestyle 3 title HAS_lateness ? 'lateness' : '', \
     $marks using 1:4:2:3 with xerrorbars linecolor rgb '#0072b2' linewidth 1.4 pointtype 7 pointsize 0.8 title 'p50, p99, p99.9 of latency'
