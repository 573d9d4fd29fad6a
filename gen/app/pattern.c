/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/pattern.h"

#include <endian.h>

#include "base/csum.h"
#include "base/mem.h"
#include "base/rng.h"

#define LINE_SEED 0x6c696e65ull /* part of the protocol: both sides make the same text */

uint64_t pattern_line_start(uint64_t id)
{
    return rng_mix(LINE_SEED, id) % APP_PATTERN;
}

void pattern_begin_message(const struct app_ctx *c, struct app_message *m)
{
    m->start = (uint32_t)(rng_mix(c->seed ^ (uint64_t)m->conn << 32, m->id) % APP_PATTERN);
    __builtin_prefetch(c->pattern + m->start);
    __builtin_prefetch(c->pattern + m->start + CACHE_LINE);
}

uint64_t pattern_fill(const uint8_t *pattern, uint64_t at, uint8_t *buf, uint32_t len)
{
    if (__builtin_expect(len <= APP_PATTERN, 1))
        return csum_copy(buf, pattern_at(pattern, at), len);
    uint64_t sum = 0;
    for (uint32_t done = 0, n; done < len; done += n) { /* APP_PATTERN is even: pieces add up */
        n = len - done < APP_PATTERN ? len - done : APP_PATTERN;
        sum += csum_copy(buf + done, pattern_at(pattern, at + done), n);
    }
    return sum;
}

/* Bytes at the start of both that are the same: a word at a time, and of the first one that differs those
 * before the difference. */
static uint32_t common(const uint8_t *a, const uint8_t *b, uint32_t len)
{
    uint32_t i = 0;
    for (; len - i >= 8; i += 8) {
        uint64_t x, y;
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y)
            return i + (uint32_t)__builtin_ctzll(le64toh(x ^ y)) / 8;
    }
    while (i < len && a[i] == b[i])
        i++;
    return i;
}

uint32_t pattern_match_any(const uint8_t *pattern, uint64_t at, const uint8_t *data, uint32_t len)
{
    for (uint32_t done = 0, n; done < len; done += n) {
        const uint8_t *want = pattern_at(pattern, at + done);
        n = len - done < APP_PATTERN ? len - done : APP_PATTERN;
        if (memcmp(data + done, want, n) != 0)
            return done + common(data + done, want, n);
    }
    return len;
}

uint64_t pattern_fill_message(const struct app_ctx *c, const struct app_message *m, uint32_t off,
                              uint8_t *buf, uint32_t len)
{
    return pattern_fill(c->pattern, (uint64_t)m->start + off, buf, len);
}
