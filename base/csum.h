/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Internet checksum (RFC 1071). A partial sum is congruent to that of the 16-bit words in memory order
 * modulo 2^16 - 1 and stays below 2^33: as many as a frame has pieces may be added up, and are folded
 * once at the end. Sums of consecutive pieces add up as long as each piece but the last has an even
 * length; csum_swap() moves a sum to an odd offset.
 */
#ifndef BASE_CSUM_H
#define BASE_CSUM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CSUM_BLOCK 32
#define CSUM_LONG  256 /* from so many bytes on a call costs less than it saves */

/* Sums of 64-bit words carry around the end (2^64 is 1 modulo 2^16 - 1). */
static inline uint64_t csum_word(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

/* The same for a block. gcc makes no chain of carries from C; sanitizers have to see each load. */
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
static inline uint64_t csum_block(uint64_t sum, const uint8_t *p)
{
    __asm__("addq (%1), %0\n\tadcq 8(%1), %0\n\tadcq 16(%1), %0\n\tadcq 24(%1), %0\n\tadcq $0, %0"
            : "+r"(sum)
            : "r"(p), "m"(*(const uint8_t(*)[CSUM_BLOCK])p)
            : "cc");
    return sum;
}
#else
static inline uint64_t csum_block(uint64_t sum, const uint8_t *p)
{
    for (int i = 0; i < CSUM_BLOCK; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        sum = csum_word(sum, word);
    }
    return sum;
}
#endif

/* Four bytes, as a sum of a few of them has them: no carry to take care of. */
static inline uint64_t csum_word32(const void *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* To 33 bits: 2^32 is 1 modulo 2^16 - 1. */
static inline uint64_t csum_narrow(uint64_t sum)
{
    return (sum & 0xffffffff) + (sum >> 32);
}

/* The last bytes, fewer than four, as if zeros followed; copies them where `to` is not NULL. */
static inline uint64_t csum_tail(uint8_t *to, const uint8_t *from, size_t len)
{
    uint64_t tail = 0;
    size_t at = 0;
    for (size_t part = 2; part; part /= 2) {
        if (!(len & part))
            continue;
        uint16_t piece = 0;
        memcpy(&piece, from + at, part);
        if (to)
            memcpy(to + at, &piece, part);
        tail |= (uint64_t)piece << 8 * at;
        at += part;
    }
    return tail;
}

/* What is behind the blocks, fewer than 32 bytes, by the bits of its length: no loop. */
static inline uint64_t csum_rest(uint64_t sum, uint8_t *to, const uint8_t *from, size_t len)
{
    if (len & 16) {
        uint64_t word[2];
        memcpy(word, from, 16);
        if (to)
            memcpy(to, word, 16), to += 16;
        sum = csum_word(csum_word(sum, word[0]), word[1]);
        from += 16;
    }
    if (len & 8) {
        uint64_t word;
        memcpy(&word, from, 8);
        if (to)
            memcpy(to, &word, 8), to += 8;
        sum = csum_word(sum, word);
        from += 8;
    }
    if (len & 4) {
        uint32_t word;
        memcpy(&word, from, 4);
        if (to)
            memcpy(to, &word, 4), to += 4;
        sum = csum_word(sum, word);
        from += 4;
    }
    if (__builtin_expect(len & 3, 0))
        sum = csum_word(sum, csum_tail(to, from, len & 3));
    return csum_narrow(sum);
}

static inline uint64_t csum_add_short(const void *data, size_t len)
{
    const uint8_t *p = data, *end = p + len / CSUM_BLOCK * CSUM_BLOCK;
    uint64_t sum = 0;
    for (; p != end; p += CSUM_BLOCK)
        sum = csum_block(sum, p);
    return csum_rest(sum, NULL, p, len);
}

static inline uint64_t csum_copy_short(void *to, const void *from, size_t len)
{
    uint8_t *d = to;
    const uint8_t *p = from, *end = p + len / CSUM_BLOCK * CSUM_BLOCK;
    uint64_t sum = 0;
    for (; p != end; p += CSUM_BLOCK, d += CSUM_BLOCK) {
        memcpy(d, p, CSUM_BLOCK);
        sum = csum_block(sum, p);
    }
    return csum_rest(sum, d, p, len);
}

/* csum.c: the same, faster where there is much. */
uint64_t csum_add_long(const void *data, size_t len);
uint64_t csum_copy_long(void *to, const void *from, size_t len);

/* Sum of `len` bytes in memory order, any alignment. */
static inline uint64_t csum_add(const void *data, size_t len)
{
    return len < CSUM_LONG ? csum_add_short(data, len) : csum_add_long(data, len);
}

/* Copies and sums in one pass. */
static inline uint64_t csum_copy(void *to, const void *from, size_t len)
{
    return len < CSUM_LONG ? csum_copy_short(to, from, len) : csum_copy_long(to, from, len);
}

/* Folds to 16 bits in memory order, not complemented. Adding a word to itself with its halves swapped
 * leaves their sum, the carry included, in the upper half. */
static inline uint16_t csum_fold(uint64_t sum)
{
    uint32_t half = (uint32_t)((sum + (sum << 32 | sum >> 32)) >> 32);
    return (uint16_t)((half + (half << 16 | half >> 16)) >> 16);
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
