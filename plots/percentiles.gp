# SPDX-License-Identifier: BSD-3-Clause
# Percentile curve. Expects $latency_sure, $latency_few, $latency_marks and the same of service:
# probability, seconds (marks: and the interval's ends); SAMPLES, a text; LAST, where the axis ends;
# LO and HI of the time axis.
odds(p) = log10(p / (1 - p))

set lmargin at screen 0.09
set rmargin at screen 0.95
set bmargin at screen 0.12
set tmargin at screen 0.80

set ylabel 'time' offset 1,0 textcolor rgb '#404040'
set xlabel 'percentile of ' . SAMPLES . ' transactions (log-odds scale)' textcolor rgb '#404040'
set xtics ('50 %%' odds(0.5), '75 %%' odds(0.75), '90 %%' odds(0.9), '99 %%' odds(0.99), \
           '99.9 %%' odds(0.999), '99.99 %%' odds(0.9999), '99.999 %%' odds(0.99999), \
           '99.9999 %%' odds(0.999999))
set xrange [0:odds(LAST)]
eval TIME_TICS
set key at screen 0.02, 0.895 left top horizontal Left reverse maxrows 2

plot $latency_sure using (odds($1)):2 with lines linestyle 1 title 'latency: intended start to last byte', \
     $service_sure using (odds($1)):2 with lines linestyle 2 title 'service time: sent to last byte', \
     $latency_few using (odds($1)):2 with lines linestyle 5 title 'fewer than 10 samples beyond', \
     $service_few using (odds($1)):2 with lines linestyle 5 notitle, \
     $latency_marks using (odds($1)):2:3:4 with yerrorbars linecolor rgb '#0072b2' linewidth 1.4 pointtype 7 pointsize 0.7 title '95 % interval'
