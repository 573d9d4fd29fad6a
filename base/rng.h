/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Seeded randomness. Every random choice of a run comes from one stored seed through these.
 * `struct rng` is xoshiro256++ (Blackman and Vigna 2018); rng_mix is SplitMix64's finalizer used
 * as a stateless hash, for choices that must be repeatable out of order.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t s[4];
};

static inline uint64_t rng_mix(uint64_t a, uint64_t b)
{
    uint64_t z = a * 0x9e3779b97f4a7c15ull + b + 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_entropy(void); /* from the kernel (getrandom); only run/ calls it, to choose a seed */

static inline uint64_t rng_u64(struct rng *r)
{
    uint64_t *s = r->s, t = s[1] << 17, x = s[0] + s[3];
    uint64_t out = ((x << 23) | (x >> 41)) + s[0];
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return out;
}

/* Uniform in [0, 1), 53 bits. */
static inline double rng_f64(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1.0p-53;
}

/* Uniform in [0, bound), bound > 0; the bias is below 2^-32 for bounds below 2^32. */
static inline uint64_t rng_below(struct rng *r, uint64_t bound)
{
    return (uint64_t)(((unsigned __int128)rng_u64(r) * bound) >> 64);
}

#endif
