/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/rng.h"

#include <assert.h>
#include <sys/random.h>

/* SplitMix64, as the authors of xoshiro advise: no seed gives the all-zero state. */
void rng_seed(struct rng *r, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++) {
        r->s[i] = rng_mix(0, seed);
        seed += 0x9e3779b97f4a7c15ull;
    }
}

uint64_t rng_entropy(void)
{
    uint64_t value;
    ssize_t got = getrandom(&value, sizeof value, 0); /* up to 256 bytes are never cut short */
    assert(got == (ssize_t)sizeof value);
    (void)got;
    return value;
}
