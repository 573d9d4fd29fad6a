/* SPDX-License-Identifier: BSD-3-Clause */
/* What writing and reading a block share; sample_block.h says what it looks like. */
#ifndef DB_SAMPLE_CODING_H
#define DB_SAMPLE_CODING_H

#include "db/sample_block.h"

enum { CODING_SAME, CODING_PLAIN, CODING_RISING, CODING_CHANGES, CODING_EITHER, CODINGS };
enum { COMPRESSION_NONE, COMPRESSION_ZSTD };

/* A time ends at a moment: start (and for lateness, eligible) plus the time. */
static inline bool sample_is_time(enum sample_column c)
{
    return c == SAMPLE_LATENCY || c == SAMPLE_QUEUEING || c == SAMPLE_LATENESS;
}

#define SAMPLE_COLUMN_HEAD 10u
/* pfor_bound() of a whole block, a varint before it, and room for zstd's own. */
#define SAMPLE_PLAIN_MAX (SAMPLE_BLOCK_MAX * 8u + (SAMPLE_BLOCK_MAX / 128u + 1) * 12u + 1024u)
#define SAMPLE_DATA_MAX  (4u + SAMPLE_COLUMNS * (SAMPLE_COLUMN_HEAD + SAMPLE_PLAIN_MAX))

static inline void sample_put_u32(uint8_t *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t sample_get_u32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline size_t sample_put_varint(uint8_t *p, uint64_t v)
{
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        p[n++] = (uint8_t)(v | 0x80);
    p[n++] = (uint8_t)v;
    return n;
}

#endif
