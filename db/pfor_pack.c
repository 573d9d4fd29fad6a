/* SPDX-License-Identifier: BSD-3-Clause */
/* The writing half of pfor.h. */
#include <string.h>

#include "base/vector.h"
#include "db/pfor_bits.h"

#define LANES  4u

static inline __attribute__((always_inline)) unsigned bits_of(uint64_t v)
{
    return v ? 64u - (unsigned)__builtin_clzll(v) : 0;
}

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static inline __attribute__((always_inline)) uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Halves against each other, so that no comparison waits for the one before. `x` is used up. */
static inline __attribute__((always_inline)) uint64_t smallest(const uint64_t *values, uint64_t *x,
                                                               size_t n)
{
    size_t half = n / 2;
    for (size_t i = 0; i < half; i++)
        x[i] = smaller(values[i], values[half + i]);
    uint64_t min = values[n - 1];
    for (n = half; n > 8; n = half) {
        half = (n + 1) / 2; /* the one in the middle meets itself */
        for (size_t i = 0; i < half; i++)
            x[i] = smaller(x[i], x[n - half + i]);
    }
    for (size_t i = 0; i < n; i++)
        min = smaller(min, x[i]);
    return min;
}

/* How a run is packed: offsets from its base, and the width that costs least. */
struct run {
    uint64_t x[PFOR_RUN], base;
    unsigned width, widest;
    size_t cost; /* bits, about */
};

/* An exception costs a position and its high bits. */
static inline __attribute__((always_inline)) void choose_width(struct run *r, size_t n)
{
    uint8_t counts[LANES][65] = {0}; /* several, so that equal widths do not wait in line */
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (unsigned lane = 0; lane < LANES; lane++)
            counts[lane][bits_of(r->x[i + lane])]++;
    for (; i < n; i++)
        counts[0][bits_of(r->x[i])]++;
    unsigned above = 0, widest = r->widest;
    r->width = widest;
    r->cost = n * widest;
    for (unsigned w = widest; w-- > 0 && above * 16 < r->cost;) { /* an exception costs 16 at least */
        for (unsigned lane = 0; lane < LANES; lane++)
            above += counts[lane][w + 1];
        size_t cost = n * w + above * (8 + 8 * ((widest - w + 6) / 7));
        if (cost < r->cost) {
            r->cost = cost;
            r->width = w;
        }
    }
}

VECTOR_CLONES
static void plan_run(struct run *r, const uint64_t *values, size_t n)
{
    uint64_t all = 0;
    r->base = smallest(values, r->x, n);
    for (size_t i = 0; i < n; i++)
        all |= r->x[i] = values[i] - r->base;
    r->widest = bits_of(all);
    choose_width(r, n);
}

/* Neighbours become one value of twice the width, as long as that fits: the same bits in the same
 * order, in fewer steps. */
static inline size_t fold(uint64_t *x, size_t n, unsigned *width)
{
    for (; *width <= 32 && n % 2 == 0; *width *= 2) {
        n /= 2;
        for (size_t i = 0; i < n; i++)
            x[i] = x[2 * i] | x[2 * i + 1] << *width;
    }
    return n;
}

/* Whole words are written: up to 8 bytes behind the end are touched. `x` is used up. */
static inline uint8_t *put_bits(uint8_t *p, uint64_t *x, size_t n, unsigned width)
{
    uint64_t word = 0, mask = low_bits(width);
    unsigned used = 0;
    uint8_t *end = p + (n * width + 7) / 8;
    if (!width)
        return p;
    for (size_t i = 0; i < n; i++)
        x[i] &= mask;
    n = fold(x, n, &width);
    for (size_t i = 0; i < n; i++) {
        word |= x[i] << used;
        used += width;
        if (used >= 64) {
            store_u64(p, word);
            p += 8;
            used -= 64;
            word = used ? x[i] >> (width - used) : 0;
        }
    }
    if (used)
        store_u64(p, word);
    return end;
}

/* The values that do not fit into `width` bits. */
struct exceptions {
    uint8_t count, positions[PFOR_RUN];
    uint64_t high[PFOR_RUN];
};

static inline void find_exceptions(const uint64_t *x, size_t n, unsigned width, struct exceptions *out)
{
    uint8_t found = 0;
    for (size_t i = 0; i < n; i++) {
        out->positions[found] = (uint8_t)i;
        out->high[found] = x[i] >> width;
        found = (uint8_t)(found + (x[i] > low_bits(width)));
    }
    out->count = found;
}

static uint8_t *put_exceptions(uint8_t *p, const struct exceptions *e)
{
    memcpy(p, e->positions, e->count);
    p += e->count;
    for (uint8_t i = 0; i < e->count; i++)
        p = put_varint(p, e->high[i]);
    return p;
}

VECTOR_CLONES
static uint8_t *put_run(uint8_t *p, struct run *r, size_t n, uint8_t flag)
{
    struct exceptions exceptions;
    exceptions.count = 0;
    if (r->width < r->widest)
        find_exceptions(r->x, n, r->width, &exceptions);
    p[0] = (uint8_t)(r->width | flag);
    p[1] = exceptions.count;
    return put_exceptions(put_bits(put_varint(p + 2, r->base), r->x, n, r->width), &exceptions);
}

size_t pfor_pack(const uint64_t *values, size_t count, uint8_t *out)
{
    struct run run;
    uint8_t *p = out;
    for (size_t at = 0; at < count; at += PFOR_RUN) {
        size_t n = pfor_run_at(at, count);
        plan_run(&run, values + at, n);
        p = put_run(p, &run, n, 0);
    }
    return (size_t)(p - out);
}

size_t pfor_pack_either(const uint64_t *first, const uint64_t *second, size_t count, uint8_t *out)
{
    struct run a, b;
    uint8_t *p = out;
    for (size_t at = 0; at < count; at += PFOR_RUN) {
        size_t n = pfor_run_at(at, count);
        plan_run(&a, first + at, n);
        plan_run(&b, second + at, n);
        p = b.cost < a.cost ? put_run(p, &b, n, PFOR_SECOND) : put_run(p, &a, n, 0);
    }
    return (size_t)(p - out);
}
