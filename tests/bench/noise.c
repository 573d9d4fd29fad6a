/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/bench/noise.h"

#include <math.h>

const char *noise_name(enum noise noise)
{
    static const char *const names[NOISE_COUNT] = {
#define X(ID, text) [NOISE_##ID] = text,
        NOISE_LIST(X)
#undef X
    };
    return names[noise];
}

double noise_normal(struct rng *rng)
{
    double radius = sqrt(-2 * log(1 - rng_f64(rng)));
    return radius * cos(2 * M_PI * rng_f64(rng));
}

static double t3(struct rng *rng)
{
    double chi = 0, z = noise_normal(rng);
    for (int i = 0; i < 3; i++)
        chi += pow(noise_normal(rng), 2);
    return z / sqrt(chi / 3) / sqrt(3); /* its variance is 3 */
}

static double log_normal(struct rng *rng)
{
    double s2 = 0.25;
    return (exp(0.5 * noise_normal(rng)) - exp(s2 / 2)) / sqrt((exp(s2) - 1) * exp(s2));
}

/* Levels 0 and 3 with shares .8 and .2, deviation 1 around each: mean .6, variance 1 + 9 * .16. */
static double bimodal(struct rng *rng)
{
    double level = rng_f64(rng) < 0.2 ? 3 : 0;
    return (level + noise_normal(rng) - 0.6) / sqrt(1 + 9 * 0.16);
}

static double next(struct rng *rng, enum noise noise, double before)
{
    switch (noise) {
    case NOISE_NORMAL:
        return noise_normal(rng);
    case NOISE_T3:
        return t3(rng);
    case NOISE_LOG_NORMAL:
        return log_normal(rng);
    case NOISE_BIMODAL:
        return bimodal(rng);
    case NOISE_AR3:
        return 0.3 * before + sqrt(1 - 0.09) * noise_normal(rng);
    case NOISE_AR6:
        return 0.6 * before + sqrt(1 - 0.36) * noise_normal(rng);
    case NOISE_COUNT:
        break;
    }
    return NAN;
}

void noise_fill(struct rng *rng, enum noise noise, double *out, size_t n)
{
    double before = noise_normal(rng);
    for (size_t i = 0; i < n; i++)
        before = out[i] = next(rng, noise, before);
}

double noise_poisson(struct rng *rng, double mean)
{
    double product = rng_f64(rng), k = 0;
    for (; product > exp(-mean); k++)
        product *= rng_f64(rng);
    return k;
}
