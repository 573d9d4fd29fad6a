/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/pfor.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/cursor.h"
#include "base/vector.h"

#define SECOND 0x80u
#define LANES  4u

static inline __attribute__((always_inline)) unsigned bits_of(uint64_t v)
{
    return v ? 64u - (unsigned)__builtin_clzll(v) : 0;
}

static uint64_t low_bits(unsigned width)
{
    return width < 64 ? (1ull << width) - 1 : UINT64_MAX;
}

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

static uint64_t get_varint(struct cursor *c)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t byte = cursor_u8(c);
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return v;
    }
    c->bad = true;
    return 0;
}

/* --- packing --------------------------------------------------------------------------------- */

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

static void store_u64(uint8_t *p, uint64_t v)
{
    v = htole64(v);
    memcpy(p, &v, sizeof v);
}

static uint64_t load_u64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v); /* byte by byte, gcc 12 does not see the one load in an unrolled loop */
    return le64toh(v);
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

static size_t run_at(size_t at, size_t count)
{
    return count - at < PFOR_RUN ? count - at : PFOR_RUN;
}

size_t pfor_pack(const uint64_t *values, size_t count, uint8_t *out)
{
    struct run run;
    uint8_t *p = out;
    for (size_t at = 0; at < count; at += PFOR_RUN) {
        size_t n = run_at(at, count);
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
        size_t n = run_at(at, count);
        plan_run(&a, first + at, n);
        plan_run(&b, second + at, n);
        p = b.cost < a.cost ? put_run(p, &b, n, SECOND) : put_run(p, &a, n, 0);
    }
    return (size_t)(p - out);
}

/* --- unpacking ------------------------------------------------------------------------------- */

/* A value may lie over nine bytes when it is wider than 57 bits. */
static void get_wide(const uint8_t *data, uint64_t *values, size_t n, unsigned width, uint64_t base)
{
    for (size_t i = 0; i < n; i++) {
        size_t bit = i * width;
        const uint8_t *p = data + bit / 8;
        unsigned __int128 word = load_u64(p) | (unsigned __int128)p[8] << 64;
        values[i] = ((uint64_t)(word >> bit % 8) & low_bits(width)) + base;
    }
}

/* Eight values are `width` whole bytes: with a width that the compiler knows, each value of the eight
 * has a place and a shift of its own. */
static inline __attribute__((always_inline)) void
get_eights(const uint8_t *p, uint64_t *values, size_t n, unsigned width, uint64_t base)
{
    uint64_t mask = low_bits(width);
    for (size_t i = 0; i < n; i += 8, p += width)
#pragma GCC unroll 8
        for (unsigned k = 0; k < 8; k++)
            values[i + k] = (load_u64(p + k * width / 8) >> k * width % 8 & mask) + base;
}

/* `n` a multiple of 8, width up to 57. */
static void get_all_eights(const uint8_t *p, uint64_t *values, size_t n, unsigned width,
                           uint64_t base)
{
    switch (width) {
    case 0:
        for (size_t i = 0; i < n; i++)
            values[i] = base;
        break;
#define X(w)                                                                                       \
    case w:                                                                                        \
        get_eights(p, values, n, w, base);                                                         \
        break;
#define X8(w) X(w) X(w + 1) X(w + 2) X(w + 3) X(w + 4) X(w + 5) X(w + 6) X(w + 7)
        X8(1) X8(9) X8(17) X8(25) X8(33) X8(41) X8(49) X(57)
#undef X8
#undef X
    }
}

static void get_few(const uint8_t *data, uint64_t *values, size_t n, unsigned width, uint64_t base)
{
    uint64_t mask = low_bits(width);
    for (size_t i = 0; i < n; i++) {
        size_t bit = i * width;
        values[i] = (load_u64(data + bit / 8) >> bit % 8 & mask) + base;
    }
}

static void get_bits(const uint8_t *data, uint64_t *values, size_t n, unsigned width, uint64_t base)
{
    size_t eights = n / 8 * 8;
    get_all_eights(data, values, eights, width, base);
    get_few(data + eights / 8 * width, values + eights, n - eights, width, base);
}

static void get_exceptions(struct cursor *c, uint64_t *values, size_t n, unsigned width,
                           size_t count)
{
    const uint8_t *positions = cursor_take(c, count);
    for (size_t i = 0; i < count && positions && !c->bad; i++) {
        uint64_t high = get_varint(c);
        if (positions[i] >= n || width >= 64)
            c->bad = true;
        else
            values[positions[i]] += high << width;
    }
}

static bool get_run(struct cursor *c, uint64_t *values, size_t n)
{
    unsigned head = cursor_u8(c), exceptions = cursor_u8(c), width = head & ~SECOND;
    uint64_t base = get_varint(c);
    const uint8_t *bits = cursor_take(c, width <= 64 ? (n * width + 7) / 8 : SIZE_MAX);
    if (!bits)
        return false;
    if (width <= 57)
        get_bits(bits, values, n, width, base);
    else
        get_wide(bits, values, n, width, base);
    if (exceptions)
        get_exceptions(c, values, n, width, exceptions);
    return head & SECOND;
}

int pfor_unpack_either(const uint8_t *data, size_t len, uint64_t *values, size_t count,
                       bool *second)
{
    struct cursor c = cursor_over(data, len);
    for (size_t at = 0; at < count && !c.bad; at += PFOR_RUN) {
        bool flag = get_run(&c, values + at, run_at(at, count));
        if (second)
            second[at / PFOR_RUN] = flag;
        else
            c.bad |= flag;
    }
    return c.bad || cursor_left(&c) ? -EBADMSG : 0;
}

int pfor_unpack(const uint8_t *data, size_t len, uint64_t *values, size_t count)
{
    return pfor_unpack_either(data, len, values, count, NULL);
}
