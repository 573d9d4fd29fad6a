/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a yes turns into a no, from trials that may err.
 *
 * boundary_estimate guesses, for choosing the next trial: the posterior of a psychometric function
 * (Watson and Pelli 1983, QUEST; Kontsevich and Tyler 1999). At rate x a trial holds with chance
 * 0.005 + 0.99 / (1 + exp((ln x - boundary) / width)); the widths are weighed by the trials, the
 * boundary is as likely in every equal ratio of the range, and a tenth lies below and above it.
 *
 * boundary_interval proves, without any of that: it only takes the chance to hold to fall with the
 * rate, and the boundary to be where it is one half. Some trials are bets, their side and stake
 * fixed before: that the rate holds, or that it does not. Were the boundary below the rate of a bet
 * that it holds, that bet would lose money on average; so the chance that the bets at or above the
 * true boundary ever make 40 of 1 is at most 1/40 (Ville 1939), however rates were chosen and
 * whenever the search ends. A boundary for which they did is ruled out; what is left is an interval
 * of 95 % or more (confidence sequences by betting: Waudby-Smith and Ramdas 2023).
 */
#ifndef SUITE_BOUNDARY_H
#define SUITE_BOUNDARY_H

#include <stdbool.h>
#include <stdint.h>

struct observation {
    double rate;
    bool held;
    double stake; /* share of what is owned that was bet: above 0 that it holds, below that it does
                   * not; 0: no bet */
};

#define BOUNDARY_CONFIDENCE 0.95

/* The median. 0 < low < high; n <= 512 may be 0. Told between low / 2 and 2 high. */
double boundary_estimate(const struct observation *o, uint32_t n, double low, double high);

struct boundary_interval {
    double low, high; /* NAN: no bound on this side yet */
};
void boundary_interval(const struct observation *o, uint32_t n, struct boundary_interval *out);

#endif
