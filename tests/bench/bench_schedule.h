/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TESTS_BENCH_BENCH_SCHEDULE_H
#define TESTS_BENCH_BENCH_SCHEDULE_H

/* TSC cycles a start of the slowest shape, or of constant alone; returns how many rounds there
 * were. 0: no TSC. */
int bench_schedule(double *values, int rounds);
int bench_schedule_constant(double *values, int rounds);

#endif
