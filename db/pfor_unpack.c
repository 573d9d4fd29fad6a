/* SPDX-License-Identifier: BSD-3-Clause */
/* The reading half of pfor.h: nothing is believed. */
#include <errno.h>

#include "base/cursor.h"
#include "db/pfor_bits.h"

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
    unsigned head = cursor_u8(c), exceptions = cursor_u8(c), width = head & ~PFOR_SECOND;
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
    return head & PFOR_SECOND;
}

int pfor_unpack_either(const uint8_t *data, size_t len, uint64_t *values, size_t count,
                       bool *second)
{
    struct cursor c = cursor_over(data, len);
    for (size_t at = 0; at < count && !c.bad; at += PFOR_RUN) {
        bool flag = get_run(&c, values + at, pfor_run_at(at, count));
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
