/* SPDX-License-Identifier: BSD-3-Clause */
/* The writing half of sample_block.h. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/vector.h"
#include "db/pfor.h"
#include "db/sample_coding.h"

#define RADIX_BITS 11u
#define RADIX      (1u << RADIX_BITS)

/* Places moved a sample, on average, before radix sort is quicker. */
#define INSERTIONS 4u

/* Which coding of the connections is shorter is found out on so many. */
#define TRIAL 1024u

/* Compression that saved less than an eighth is not tried again for so many blocks. */
#define PAYS_NOT_FOR 16

struct order {
    uint64_t start;
    uint32_t index;
};

struct sample_packer {
    uint64_t values[SAMPLE_COLUMNS + 1][SAMPLE_BLOCK_MAX];
    uint64_t *columns[SAMPLE_COLUMNS], *scratch; /* which of them is which */
    struct order order[2][SAMPLE_BLOCK_MAX];
    uint8_t plain[SAMPLE_PLAIN_MAX];
    uint8_t data[SAMPLE_DATA_MAX];
    ZSTD_CCtx *zstd;
    uint8_t wait[SAMPLE_COLUMNS]; /* blocks until compression is tried again */
};

struct sample_packer *sample_packer_new(void)
{
    struct sample_packer *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    for (int c = 0; c < SAMPLE_COLUMNS; c++)
        p->columns[c] = p->values[c];
    p->scratch = p->values[SAMPLE_COLUMNS];
    p->zstd = ZSTD_createCCtx();
    if (p->zstd)
        return p;
    free(p);
    return NULL;
}

size_t sample_packer_bytes(void)
{
    return sizeof(struct sample_packer);
}

void sample_packer_free(struct sample_packer *p)
{
    if (!p)
        return;
    ZSTD_freeCCtx(p->zstd);
    free(p);
}

uint64_t *sample_packer_column(struct sample_packer *p, enum sample_column column)
{
    return p->columns[column];
}

/* --- order ----------------------------------------------------------------------------------- */

VECTOR_CLONES
static bool in_order(const uint64_t *v, uint32_t n)
{
    uint64_t backwards = 0;
    for (uint32_t i = 1; i < n; i++)
        backwards |= v[i] < v[i - 1];
    return !backwards;
}

static void radix_pass(const struct order *from, struct order *to, uint32_t n, unsigned shift)
{
    uint32_t at[RADIX] = {0}, sum = 0;
    for (uint32_t i = 0; i < n; i++)
        at[from[i].start >> shift & (RADIX - 1)]++;
    for (uint32_t d = 0; d < RADIX; d++) {
        uint32_t here = at[d];
        at[d] = sum;
        sum += here;
    }
    for (uint32_t i = 0; i < n; i++)
        to[at[from[i].start >> shift & (RADIX - 1)]++] = from[i];
}

VECTOR_CLONES
static uint64_t lowest(const uint64_t *v, uint32_t n)
{
    uint64_t low = v[0];
    for (uint32_t i = 1; i < n; i++)
        low = v[i] < low ? v[i] : low;
    return low;
}

/* Most overtook only a few: true when that was enough to order them. */
static bool insertion_sort(struct order *v, uint32_t n)
{
    uint32_t moves = INSERTIONS * n;
    for (uint32_t i = 1; i < n; i++) {
        struct order one = v[i];
        uint32_t j = i;
        for (; j && v[j - 1].start > one.start && moves; j--, moves--)
            v[j] = v[j - 1];
        v[j] = one;
    }
    return moves;
}

/* Stable, by the bits that differ. Returns the order. */
static const struct order *sorted(struct sample_packer *p, uint32_t n)
{
    const uint64_t *start = p->columns[SAMPLE_START];
    uint64_t low = lowest(start, n), all = 0;
    struct order *from = p->order[0], *to = p->order[1];
    for (uint32_t i = 0; i < n; i++) {
        from[i] = (struct order){start[i] - low, i};
        all |= from[i].start;
    }
    if (insertion_sort(from, n))
        return from;
    for (unsigned shift = 0; shift < 64 && all >> shift; shift += RADIX_BITS) {
        radix_pass(from, to, n, shift);
        struct order *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

VECTOR_CLONES
static bool all_same(const uint64_t *v, uint32_t n)
{
    uint64_t differ = v[n / 2] ^ v[0];
    for (uint32_t i = 1; i < n && !differ;) /* a bit at a time: most columns tell at once */
        for (uint32_t end = n - i < 1024 ? n : i + 1024; i < end; i++)
            differ |= v[i] ^ v[0];
    return !differ;
}

static void put_in_order(struct sample_packer *p, uint32_t n)
{
    if (in_order(p->columns[SAMPLE_START], n))
        return;
    const struct order *order = sorted(p, n);
    for (int c = 0; c < SAMPLE_COLUMNS; c++) {
        uint64_t *column = p->columns[c];
        if (all_same(column, n))
            continue;
        for (uint32_t i = 0; i < n; i++)
            p->scratch[i] = column[order[i].index];
        p->columns[c] = p->scratch;
        p->scratch = column;
    }
}

/* --- coding ---------------------------------------------------------------------------------- */

/* Differences between neighbours, as they are or as ZigZag. */
VECTOR_CLONES
static void find_differences(const uint64_t *v, uint32_t n, bool rising, uint64_t *out)
{
    if (rising)
        for (uint32_t i = 1; i < n; i++)
            out[i - 1] = v[i] - v[i - 1];
    else
        for (uint32_t i = 1; i < n; i++) {
            uint64_t by = v[i] - v[i - 1];
            out[i - 1] = by << 1 ^ -(by >> 63);
        }
}

static size_t code_differences(struct sample_packer *p, const uint64_t *v, uint32_t n, bool rising,
                               uint8_t *out)
{
    find_differences(v, n, rising, p->scratch);
    size_t head = sample_put_varint(out, v[0]);
    return head + pfor_pack(p->scratch, n - 1, out + head);
}

/* Connections mostly follow each other, or do not: the first ones tell. */
static bool changes_are_shorter(struct sample_packer *p, const uint64_t *v, uint32_t n)
{
    uint32_t some = n < TRIAL ? n : TRIAL;
    return code_differences(p, v, some, false, p->plain) < pfor_pack(v, some, p->plain);
}

/* ZigZag changes of the moments at which times end; before the first is moment 0. Written without
 * anything that one step leaves for the next, so that it can be a vector's. */
VECTOR_CLONES
static void find_changes(const uint64_t *v, const uint64_t *start, const uint64_t *queueing,
                         uint32_t n, uint64_t *out)
{
    uint64_t first = start[0] + v[0] + queueing[0];
    out[0] = first << 1 ^ -(first >> 63);
    for (uint32_t i = 1; i < n; i++) {
        uint64_t by = (start[i] + v[i] + queueing[i]) - (start[i - 1] + v[i - 1] + queueing[i - 1]);
        out[i] = by << 1 ^ -(by >> 63);
    }
}

static const uint64_t no_queueing[SAMPLE_BLOCK_MAX];

/* Times as they are, or as changes of the moments at which they end. */
static size_t code_time(struct sample_packer *p, enum sample_column c, uint32_t n)
{
    const uint64_t *v = p->columns[c];
    find_changes(v, p->columns[SAMPLE_START],
                 c == SAMPLE_LATENESS ? p->columns[SAMPLE_QUEUEING] : no_queueing, n, p->scratch);
    return pfor_pack_either(v, p->scratch, n, p->plain);
}

/* Into `plain`. */
static size_t code(struct sample_packer *p, enum sample_column c, uint32_t n, uint8_t *coding)
{
    const uint64_t *v = p->columns[c];
    if (all_same(v, n)) {
        *coding = CODING_SAME;
        return sample_put_varint(p->plain, v[0]);
    }
    if (sample_is_time(c)) {
        *coding = CODING_EITHER;
        return code_time(p, c, n);
    }
    *coding = CODING_PLAIN;
    if (c == SAMPLE_START)
        *coding = CODING_RISING;
    else if (c == SAMPLE_CONNECTION && changes_are_shorter(p, v, n))
        *coding = CODING_CHANGES;
    return *coding == CODING_PLAIN ? pfor_pack(v, n, p->plain)
                                   : code_differences(p, v, n, *coding == CODING_RISING, p->plain);
}

/* 0: does not pay. */
static size_t compress_column(struct sample_packer *p, enum sample_column c, size_t len,
                              uint8_t *out)
{
    if (len < 64 || p->wait[c]) {
        p->wait[c] = (uint8_t)(p->wait[c] ? p->wait[c] - 1 : 0);
        return 0;
    }
    size_t packed = ZSTD_compressCCtx(p->zstd, out, SAMPLE_PLAIN_MAX, p->plain, len, 1);
    if (!ZSTD_isError(packed) && packed < len - len / 8)
        return packed;
    p->wait[c] = PAYS_NOT_FOR;
    return 0;
}

static uint8_t *put_column(struct sample_packer *p, enum sample_column c, uint32_t n, uint8_t *out)
{
    uint8_t coding;
    size_t len = code(p, c, n, &coding);
    uint8_t *body = out + SAMPLE_COLUMN_HEAD;
    size_t stored = compress_column(p, c, len, body);
    out[0] = coding;
    out[1] = stored ? COMPRESSION_ZSTD : COMPRESSION_NONE;
    if (!stored)
        memcpy(body, p->plain, stored = len);
    sample_put_u32(out + 2, (uint32_t)len);
    sample_put_u32(out + 6, (uint32_t)stored);
    return body + stored;
}

VECTOR_CLONES
static uint64_t latest_end(const struct sample_packer *p, uint32_t n)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint64_t end = p->columns[SAMPLE_START][i] + p->columns[SAMPLE_LATENCY][i];
        last = end > last ? end : last;
    }
    return last;
}

void sample_packer_pack(struct sample_packer *p, uint32_t count, struct sample_packed *out)
{
    assert(count && count <= SAMPLE_BLOCK_MAX);
    put_in_order(p, count);
    uint8_t *end = p->data + 4;
    sample_put_u32(p->data, count);
    for (enum sample_column c = 0; c < SAMPLE_COLUMNS; c++)
        end = put_column(p, c, count, end);
    *out = (struct sample_packed){
        .data = p->data, .len = (size_t)(end - p->data),
        .crc = (uint32_t)crc32(0, p->data, (uInt)(end - p->data)),
        .first_ns = p->columns[SAMPLE_START][0], .last_ns = latest_end(p, count),
    };
}
