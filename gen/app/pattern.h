/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bytes that messages are made of: APP_PATTERN bytes, and the same again, so that any run of
 * up to APP_PATTERN bytes from any start is contiguous. Longer messages go round.
 */
#ifndef APP_PATTERN_H
#define APP_PATTERN_H

#include <stdint.h>
#include <string.h>

#include "app/app.h"

static inline const uint8_t *pattern_at(const uint8_t *pattern, uint64_t at)
{
    return pattern + at % APP_PATTERN;
}

/* Where the pad or result of a `line` message begins in the fixed text: by its id alone. */
uint64_t pattern_line_start(uint64_t id);
/* The `begin` of opaque messages (echo, discard): where in the seeded pattern. */
void pattern_begin_message(const struct app_ctx *c, struct app_message *m);

/* Copies `len` bytes of the pattern from `at` on; returns their partial checksum. */
uint64_t pattern_fill(const uint8_t *pattern, uint64_t at, uint8_t *buf, uint32_t len);
/* Bytes of `data` that are the pattern's from `at` on: `len` when all are. */
uint32_t pattern_match_any(const uint8_t *pattern, uint64_t at, const uint8_t *data, uint32_t len);
static inline uint32_t pattern_match(const uint8_t *pattern, uint64_t at, const uint8_t *data, uint32_t len)
{
    if (__builtin_expect(len <= APP_PATTERN && !memcmp(data, pattern_at(pattern, at), len), 1))
        return len;
    return pattern_match_any(pattern, at, data, len);
}
/* The `fill` of opaque messages. */
uint64_t pattern_fill_message(const struct app_ctx *c, const struct app_message *m, uint32_t off,
                              uint8_t *buf, uint32_t len);

#endif
