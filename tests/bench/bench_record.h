/* SPDX-License-Identifier: BSD-3-Clause */
/* What recording every transaction costs. Each fills one value a round and returns how many rounds
 * there were, 0: not measured. */
#ifndef TESTS_BENCH_BENCH_RECORD_H
#define TESTS_BENCH_BENCH_RECORD_H

int bench_record(double *values, int rounds);          /* transactions/s, ring to file */
int bench_bytes_constant(double *values, int rounds);  /* bytes a transaction in the file */
int bench_bytes_poisson(double *values, int rounds);
int bench_decode(double *values, int rounds);          /* rows/s, virtual table to aggregate */

#endif
