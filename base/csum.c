/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Long runs, 64 bytes at a time in words of 64 bits side by side. Each lane adds up its words modulo
 * 2^64, and the upper halves of them exactly; the difference is the exact sum of the lower halves. That
 * is a shift and two additions for as many bytes as a register holds, and no carry that waits for another.
 */
#include "base/csum.h"

#include "base/vector.h"

typedef uint64_t words __attribute__((vector_size(32)));

struct lanes {
    words all, upper;
};

static inline __attribute__((always_inline)) void add(struct lanes *l, const words *w)
{
    l->all += *w;
    l->upper += *w >> 32;
}

static inline __attribute__((always_inline)) uint64_t total(const struct lanes *l)
{
    words both = l->all - (l->upper << 32) + l->upper;
    return both[0] + both[1] + both[2] + both[3];
}

VECTOR_CLONES uint64_t csum_add_long(const void *data, size_t len)
{
    const uint8_t *p = data;
    struct lanes even = {0}, odd = {0};
    words w, v;
    for (; len >= 2 * sizeof w; p += 2 * sizeof w, len -= 2 * sizeof w) {
        memcpy(&w, p, sizeof w);
        memcpy(&v, p + sizeof w, sizeof v);
        add(&even, &w);
        add(&odd, &v);
    }
    return csum_narrow(total(&even) + total(&odd) + csum_add_short(p, len));
}

VECTOR_CLONES uint64_t csum_copy_long(void *to, const void *from, size_t len)
{
    uint8_t *d = to;
    const uint8_t *p = from;
    struct lanes even = {0}, odd = {0};
    words w, v;
    for (; len >= 2 * sizeof w; p += 2 * sizeof w, d += 2 * sizeof w, len -= 2 * sizeof w) {
        memcpy(&w, p, sizeof w);
        memcpy(&v, p + sizeof w, sizeof v);
        memcpy(d, &w, sizeof w);
        memcpy(d + sizeof w, &v, sizeof v);
        add(&even, &w);
        add(&odd, &v);
    }
    return csum_narrow(total(&even) + total(&odd) + csum_copy_short(d, p, len));
}
