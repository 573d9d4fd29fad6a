/* SPDX-License-Identifier: BSD-3-Clause */
/* Noise for simulations: mean 0, standard deviation 1, from a seeded generator. */
#ifndef TESTS_BENCH_NOISE_H
#define TESTS_BENCH_NOISE_H

#include <stddef.h>

#include "base/rng.h"

/* X(ID, text): t3 is Student's t with 3 degrees; log-normal has sigma 0.5; bimodal is 80 % and 20 %
 * at two levels three deviations apart; AR is autoregressive in the order of the runs. */
#define NOISE_LIST(X)                                                                              \
    X(NORMAL, "normal")                                                                            \
    X(T3, "t3")                                                                                    \
    X(LOG_NORMAL, "log-normal")                                                                    \
    X(BIMODAL, "bimodal")                                                                          \
    X(AR3, "AR .3")                                                                                \
    X(AR6, "AR .6")

enum noise {
#define X(ID, text) NOISE_##ID,
    NOISE_LIST(X)
#undef X
        NOISE_COUNT
};
const char *noise_name(enum noise noise);

double noise_normal(struct rng *rng);
/* n values in order. */
void noise_fill(struct rng *rng, enum noise noise, double *out, size_t n);
/* Whole number with that mean: Knuth's product, for means up to some hundreds. */
double noise_poisson(struct rng *rng, double mean);

#endif
