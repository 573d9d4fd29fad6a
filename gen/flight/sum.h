/* SPDX-License-Identifier: BSD-3-Clause */
/* FNV-1a, 64 bits (Fowler, Noll, Vo): tells a damaged file from a whole one. */
#ifndef FLIGHT_SUM_H
#define FLIGHT_SUM_H

#include <stddef.h>
#include <stdint.h>

#define SUM_START 0xcbf29ce484222325ull

static inline uint64_t sum_add(uint64_t sum, const void *data, size_t len)
{
    const uint8_t *p = data;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ p[i]) * 0x100000001b3ull;
    return sum;
}

#endif
