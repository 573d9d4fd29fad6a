/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_BENCH_TREND_H
#define BENCH_BENCH_TREND_H

/* Seconds that `analyze --trend` takes, the whole program, for ten metrics (and the four negative
 * controls) of 10,000 runs with a step every 500. Fills `rounds` values; returns how many, 0 on
 * failure. */
int bench_trend_10k(double *values, int rounds);

#endif
