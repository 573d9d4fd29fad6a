# SPDX-License-Identifier: BSD-3-Clause
# Memory and connections. Expects $gen and $peer (if HAS_PEER): seconds, open connections, MiB; $pools:
# from, to (MiB), number in POOL; POOLS, POOLS_MIB; CONNECTIONS: what the pools were made for.
set multiplot
set bmargin at screen 0.12
set tmargin at screen 0.815
set format y '%g'
set lmargin at screen 0.085
set rmargin at screen 0.46
set key at graph 1, 1.02 right bottom horizontal
set xlabel 'open connections' textcolor rgb '#404040'
set label 2 'resident memory of the process (MiB)' at screen 0.02, 0.47 center rotate textcolor rgb '#404040'
set yrange [0:*]
stats $gen using 2 nooutput
HIGH = STATS_max > 0 ? STATS_max : 1
set xrange [-0.04*HIGH:HIGH*1.06]
set xtics scale 0.5 autofreq 0, HIGH > 3 ? 10**floor(log10(HIGH)) * (HIGH / 10**floor(log10(HIGH)) > 5 ? 2 : HIGH / 10**floor(log10(HIGH)) > 2 ? 1 : 0.5) : 1
if (HAS_PEER) {
    plot $gen using 2:3 with points linestyle 1 title 'gen', \
         $peer using 2:3 with points linestyle 2 pointsize 1.0 title 'peer'
} else {
    plot $gen using 2:3 with points linestyle 1 title 'gen (no local peer)'
}
unset label 1001
unset label 1002

set lmargin at screen 0.53
set rmargin at screen 0.97
set label 2 sprintf('reserved by pool: %.4g MiB for %.0f connections; B: a connection', POOLS_MIB, CONNECTIONS) at graph 0, 1.06 left norotate font ',9.5' textcolor rgb '#404040'
unset ytics
set grid noytics
unset key
set style fill solid 1.0 noborder
set xlabel 'MiB, each pool on top of the one before' textcolor rgb '#404040'
set xtics autofreq
set xrange [0:POOLS_MIB * 1.02]
set yrange [POOLS + 0.6:0.4]
plot $pools using (($1+$2)/2):3:1:2:($3-0.42):($3-0.08) with boxxyerror fillcolor rgb PALE_BLUE notitle, \
     $pools using ($1 < 0.45*POOLS_MIB ? $1 : NaN):($3+0.2):(POOL[int($3)]) with labels left offset 0.3,0 font ',9' textcolor rgb '#202020' noenhanced notitle, \
     $pools using ($1 < 0.45*POOLS_MIB ? NaN : $2):($3+0.2):(POOL[int($3)]) with labels right offset -0.3,0 font ',9' textcolor rgb '#202020' noenhanced notitle
unset multiplot
