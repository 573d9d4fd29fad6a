/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/siphash.h"

#include <endian.h>
#include <string.h>

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

/* Figure 2.1 of the paper. */
static inline void mix(struct sip *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 = rotate(s->v0, 32) + s->v3;
    s->v2 += s->v1;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline struct sip begin(const uint64_t key[2])
{
    return (struct sip){key[0] ^ 0x736f6d6570736575ull, key[1] ^ 0x646f72616e646f6dull,
                        key[0] ^ 0x6c7967656e657261ull, key[1] ^ 0x7465646279746573ull};
}

static inline void compress(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    mix(s);
    s->v0 ^= word;
}

/* The last word has the length. */
static inline uint64_t finish(struct sip *s, uint64_t word)
{
    compress(s, word);
    s->v2 ^= 0xff;
    mix(s);
    mix(s);
    mix(s);
    mix(s);
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

uint64_t siphash_word(const uint64_t key[2], uint64_t word)
{
    struct sip s = begin(key);
    compress(&s, word);
    return finish(&s, 8ull << 56);
}

static uint64_t load(const uint8_t *at, size_t bytes)
{
    uint64_t word = 0;
    memcpy(&word, at, bytes);
    return le64toh(word);
}

uint64_t siphash(const uint64_t key[2], const void *message, size_t len)
{
    struct sip s = begin(key);
    const uint8_t *at = message, *whole = at + len / 8 * 8;
    for (; at != whole; at += 8)
        compress(&s, load(at, 8));
    return finish(&s, (uint64_t)len << 56 | load(at, len % 8));
}
