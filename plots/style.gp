# SPDX-License-Identifier: BSD-3-Clause
# The one style of all charts. Colours are those of Okabe and Ito, which colour-blind readers tell
# apart; dash types and point shapes say the same on a grey printer.
BLUE = '#0072b2'; ORANGE = '#d55e00'; GREEN = '#009e73'; PALE_BLUE = '#9fc5e0'
BLACK = '#404040'; GREY = '#606060'; BAND = '#e4e8ed'
set style line 1 linecolor rgb '#0072b2' linewidth 2.2 dashtype 1 pointtype 7 pointsize 0.7
set style line 2 linecolor rgb '#d55e00' linewidth 2.2 dashtype (14,5) pointtype 9 pointsize 0.8
set style line 3 linecolor rgb '#009e73' linewidth 2.2 dashtype (5,4) pointtype 5 pointsize 0.6
set style line 4 linecolor rgb '#aa4499' linewidth 2.2 dashtype (14,4,3,4) pointtype 11 pointsize 0.8
set style line 5 linecolor rgb '#333333' linewidth 1.4 dashtype (2,3) pointtype 6 pointsize 0.7
set style line 90 linecolor rgb '#b8b8b8' linewidth 0.8 dashtype 1
set style line 91 linecolor rgb '#ececec' linewidth 0.6 dashtype 1
set style line 92 linecolor rgb '#707070' linewidth 1 dashtype 1

set border 3 linestyle 92
set tics nomirror out scale 0.5 textcolor rgb '#404040'
set grid xtics ytics mytics linestyle 90, linestyle 91
set key outside top right horizontal samplen 3 spacing 1.1 textcolor rgb '#202020'
TITLE_FONT = strlen(TITLE) < 76 ? ',15' : strlen(TITLE) < 98 ? ',11.5' : ',8.5' # long names stay inside
set label 1001 TITLE at screen 0.03, 0.965 left font TITLE_FONT textcolor rgb '#101010' noenhanced
set label 1002 SUBTITLE at screen 0.03, 0.930 left font ',9.5' textcolor rgb '#606060' noenhanced

# Ticks of a logarithmic time axis from LO to HI seconds: every decade, and 2 and 5 where there is
# room. Use: LO = ...; HI = ...; eval TIME_TICS (y axis) or eval TIME_XTICS. TIME_LOG_TICS: the same
# for a linear y axis of log10(seconds).
CLEAR = " (1 1); unset %stics; set %stics nomirror out scale 0.5 textcolor rgb '#404040' (1e9 1e9); "
TIME_TICS = "set logscale y; set yrange [LO:HI]; set ytics" . sprintf(CLEAR, 'y', 'y') . \
            "do for [e = -9:3] { do for [m in (HI / LO > 150 ? '1' : '1 2 5')] { v = m * 10.0 ** e; set ytics add (gprintf('%.0s %cs', v) v) } }"
TIME_XTICS = "set logscale x; set xrange [LO:HI]; set xtics" . sprintf(CLEAR, 'x', 'x') . \
             "do for [e = -9:3] { do for [m in (HI / LO > 150 ? '1' : '1 2 5')] { v = m * 10.0 ** e; set xtics add (gprintf('%.0s %cs', v) v) } }"
TIME_LOG_TICS = "set ytics" . sprintf(CLEAR, 'y', 'y') . \
                "do for [e = -9:3] { do for [m in (HI / LO > 150 ? '1' : '1 2 5')] { v = m * 10.0 ** e; set ytics add (gprintf('%.0s %cs', v) log10(v)) } }"
