/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/rss.h"

/* 32 bits of the key from bit `at` on. */
static uint32_t window(const uint8_t *key, uint32_t at)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < 5; i++)
        bits = bits << 8 | key[at / 8 + i];
    return (uint32_t)(bits >> (8 - at % 8));
}

static uint32_t hash_byte(const uint8_t *key, uint32_t place, uint32_t value)
{
    uint32_t hash = 0;
    for (uint32_t bit = 0; bit < 8; bit++)
        if (value & 0x80u >> bit)
            hash ^= window(key, place * 8 + bit);
    return hash;
}

void rss_init(struct rss *r, const uint8_t *key)
{
    for (uint32_t place = 0; place < RSS_INPUT_MAX; place++)
        for (uint32_t value = 0; value < 256; value++)
            r->byte_hash[place][value] = hash_byte(key, place, value);
}

/* The low `count` bytes of `value`, highest first, at *place of the input. */
static uint32_t add(const struct rss *r, uint32_t *place, uint64_t value, uint32_t count)
{
    uint32_t hash = 0;
    while (count--)
        hash ^= r->byte_hash[(*place)++][value >> 8 * count & 0xff];
    return hash;
}

static uint32_t add_address(const struct rss *r, uint32_t *place, struct ip_addr a)
{
    if (ip_is4(a))
        return add(r, place, ip_to4(a), 4);
    uint32_t hash = add(r, place, a.hi, 8);
    return hash ^ add(r, place, a.lo, 8);
}

uint32_t rss_hash(const struct rss *r, const struct rss_flow *flow)
{
    uint32_t place = 0;
    uint32_t hash = add_address(r, &place, flow->from);
    hash ^= add_address(r, &place, flow->to);
    hash ^= add(r, &place, flow->from_port, 2);
    return hash ^ add(r, &place, flow->to_port, 2);
}
