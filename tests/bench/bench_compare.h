/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef BENCH_BENCH_COMPARE_H
#define BENCH_BENCH_COMPARE_H

/* Seconds that `analyze --compare` takes, the whole program, for ten runs against ten in a results
 * file that `gen` wrote. Fills `rounds` values; returns how many, 0 on failure. */
int bench_compare_10v10(double *values, int rounds);

#endif
