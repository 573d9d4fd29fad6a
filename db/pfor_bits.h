/* SPDX-License-Identifier: BSD-3-Clause */
/* What packing and unpacking share. */
#ifndef DB_PFOR_BITS_H
#define DB_PFOR_BITS_H

#include <endian.h>
#include <string.h>

#include "db/pfor.h"

#define PFOR_SECOND 0x80u /* added to the width: of the second choice */

static inline uint64_t low_bits(unsigned width)
{
    return width < 64 ? (1ull << width) - 1 : UINT64_MAX;
}

static inline void store_u64(uint8_t *p, uint64_t v)
{
    v = htole64(v);
    memcpy(p, &v, sizeof v);
}

static inline uint64_t load_u64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v); /* byte by byte, gcc 12 does not see the one load in an unrolled loop */
    return le64toh(v);
}

static inline size_t pfor_run_at(size_t at, size_t count)
{
    return count - at < PFOR_RUN ? count - at : PFOR_RUN;
}

#endif
