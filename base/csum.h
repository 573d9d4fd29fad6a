/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Internet checksum (RFC 1071) as 64-bit partial sums of 32-bit little-endian loads, folded once
 * at the end. Partial sums of consecutive pieces add up as long as each piece but the last has an
 * even length; csum_swap() moves a sum to an odd offset.
 */
#ifndef BASE_CSUM_H
#define BASE_CSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Sum of `len` bytes in memory order, any alignment. */
static inline uint64_t csum_add(const void *data, size_t len)
{
    const uint8_t *p = data;
    uint64_t a = 0, b = 0;
    while (len >= 16) {
        uint32_t w[4];
        memcpy(w, p, 16);
        a += (uint64_t)w[0] + w[1];
        b += (uint64_t)w[2] + w[3];
        p += 16;
        len -= 16;
    }
    a += b;
    while (len >= 4) {
        uint32_t w;
        memcpy(&w, p, 4);
        a += w;
        p += 4;
        len -= 4;
    }
    uint32_t tail = 0;
    memcpy(&tail, p, len);
    return a + tail;
}

/* Copies and sums in one pass. */
static inline uint64_t csum_copy(void *to, const void *from, size_t len)
{
    uint8_t *d = to;
    const uint8_t *p = from;
    uint64_t a = 0, b = 0;
    while (len >= 16) {
        uint32_t w[4];
        memcpy(w, p, 16);
        memcpy(d, w, 16);
        a += (uint64_t)w[0] + w[1];
        b += (uint64_t)w[2] + w[3];
        p += 16;
        d += 16;
        len -= 16;
    }
    a += b;
    while (len >= 4) {
        uint32_t w;
        memcpy(&w, p, 4);
        memcpy(d, &w, 4);
        a += w;
        p += 4;
        d += 4;
        len -= 4;
    }
    uint32_t tail = 0;
    memcpy(&tail, p, len);
    memcpy(d, p, len);
    return a + tail;
}

/* Folds to 16 bits in memory order, not complemented. */
static inline uint16_t csum_fold(uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

/* The sum of the same bytes, had they begun at an odd offset. */
static inline uint64_t csum_swap(uint64_t sum)
{
    uint16_t f = csum_fold(sum);
    return (uint16_t)((f << 8) | (f >> 8));
}

/* The sum of a piece placed `offset` bytes after the start of the whole. */
static inline uint64_t csum_at(uint64_t sum, size_t offset)
{
    return offset & 1 ? csum_swap(sum) : sum;
}

#endif
