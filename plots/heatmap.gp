# SPDX-License-Identifier: BSD-3-Clause
# Latency heat map. Expects $heat: a matrix of log10(count), a row of it ROW_EACH decades from
# ROW_FROM (log10 of seconds) on, a column EACH seconds from FROM on; ROWS, COLUMNS; MOST, the
# largest count; $percentiles: seconds, p50, p99 (s); END of the run.
set lmargin at screen 0.09
set rmargin at screen 0.88
set bmargin at screen 0.12
set tmargin at screen 0.85
# Lightness falls evenly from few to many, so that grey says the same as colour.
set palette defined (0 '#f1ecd8', 0.25 '#d3c06a', 0.5 '#8f8d72', 0.75 '#4f6079', 1 '#0b2a5c')
LO = 10.0 ** ROW_FROM
HI = 10.0 ** (ROW_FROM + ROWS * ROW_EACH)
# An image is not cut at the axis by every terminal: the axis holds all of it.
LAST = FROM + COLUMNS * EACH
set xrange [FROM < 0 ? FROM : 0:END > LAST ? END : LAST]
set yrange [log10(LO):log10(HI)]
eval TIME_LOG_TICS
unset grid
set cbrange [0:MOST > 1 ? log10(MOST) : 1]
set cbtics ('1' 0, '10' 1, '100' 2, '1,000' 3, '10,000' 4, '10^5' 5, '10^6' 6, '10^7' 7, '10^8' 8) textcolor rgb '#404040'
set cblabel sprintf('transactions in %g s', EACH) textcolor rgb '#404040'
set colorbox user origin screen 0.895, screen 0.12 size screen 0.018, screen 0.73
set ylabel 'latency (logarithmic)' offset 1,0 textcolor rgb '#404040'
set xlabel 'seconds since the start of the run' textcolor rgb '#404040'
set key at screen 0.02, 0.905 left top horizontal Left reverse maxrows 1
plot $heat matrix using (FROM + ($1 + 0.5) * EACH):(ROW_FROM + ($2 + 0.5) * ROW_EACH):3 with image notitle, \
     $percentiles using 1:(log10($3)) with lines linecolor rgb '#ffffff' linewidth 4 notitle, \
     $percentiles using 1:(log10($2)) with lines linecolor rgb '#ffffff' linewidth 4 notitle, \
     $percentiles using 1:(log10($3)) with lines linestyle 2 title 'p99', \
     $percentiles using 1:(log10($2)) with lines linestyle 1 title 'p50'
