/* SPDX-License-Identifier: BSD-3-Clause */
#include "wire/fault_harm.h"

#include <stdbool.h>

#include "base/cursor.h"

enum { TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_TAG = 0x8100, TYPE_SERVICE_TAG = 0x88a8 };
enum { ETH_BYTES = 14, MACS_BYTES = 12, IP4_BYTES = 20, IP6_BYTES = 40, TCP_BYTES = 20 };
enum { PROTOCOL_TCP = 6 };
enum { TRIES = 64, FLIPS_A_PAIR = 2 };

uint16_t harm_link_type(struct cursor *c)
{
    cursor_take(c, MACS_BYTES);
    uint16_t type = cursor_be16(c);
    while (type == TYPE_TAG || type == TYPE_SERVICE_TAG) {
        cursor_take(c, 2);
        type = cursor_be16(c);
    }
    return type;
}

static void add_flip(struct harm *h, uint32_t at, uint32_t bit)
{
    h->at[h->count] = (uint16_t)at;
    h->mask[h->count++] = (uint8_t)(1u << bit);
}

void harm_choose_bit(struct harm *h, struct rng *r, const uint8_t *data, uint16_t len)
{
    struct cursor c = cursor_over(data, len);
    uint16_t type = harm_link_type(&c);
    if (c.bad || (type != TYPE_IP4 && type != TYPE_IP6) || len <= ETH_BYTES)
        return;
    uint32_t bit = (uint32_t)rng_below(r, (uint64_t)(len - ETH_BYTES) * 8);
    add_flip(h, ETH_BYTES + bit / 8, bit % 8);
}

/* Takes the IP header in front of TCP; *total: the packet's length. NULL: it is another. IPv6
 * without extension headers only. */
static const uint8_t *take_ip(struct cursor *c, uint32_t *header_len, uint32_t *total)
{
    bool ip4 = harm_link_type(c) == TYPE_IP4;
    const uint8_t *ip = cursor_take(c, ip4 ? IP4_BYTES : IP6_BYTES);
    if (!ip || ip[0] >> 4 != (ip4 ? 4 : 6) || ip[ip4 ? 9 : 6] != PROTOCOL_TCP)
        return NULL;
    *header_len = ip4 ? (uint32_t)(ip[0] & 15) * 4 : IP6_BYTES;
    *total = ip4 ? (uint32_t)(ip[2] << 8 | ip[3]) : (uint32_t)(ip[4] << 8 | ip[5]) + IP6_BYTES;
    if (*header_len < IP4_BYTES)
        return NULL;
    cursor_take(c, *header_len - (ip4 ? IP4_BYTES : IP6_BYTES));
    return ip;
}

/* Offset and length of the TCP payload; length 0 where there is none. */
static uint32_t find_payload(const uint8_t *data, uint16_t len, uint32_t *offset)
{
    struct cursor c = cursor_over(data, len);
    uint32_t total, ip_len;
    const uint8_t *ip = take_ip(&c, &ip_len, &total);
    if (!ip)
        return 0;
    const uint8_t *tcp = cursor_take(&c, TCP_BYTES);
    if (!tcp)
        return 0;
    uint32_t headers = ip_len + (uint32_t)(tcp[12] >> 4) * 4;
    *offset = (uint32_t)(ip - data) + headers;
    bool whole = total > headers && (uint32_t)(ip - data) + total <= len;
    return whole ? total - headers : 0;
}

static bool is_flipped(const struct harm *h, uint32_t word_at)
{
    for (uint32_t i = 0; i < h->count; i++)
        if (h->at[i] / 2 == word_at / 2)
            return true;
    return false;
}

/* Headers have even lengths, so that words of the payload are words of the checksum. */
static bool choose_pair(struct harm *h, struct rng *r, const uint8_t *data, uint32_t offset,
                        uint32_t words)
{
    uint32_t a = offset + 2 * (uint32_t)rng_below(r, words);
    uint32_t b = offset + 2 * (uint32_t)rng_below(r, words);
    uint32_t bit = (uint32_t)rng_below(r, 16), byte = bit / 8;
    bool differ = (data[a + byte] ^ data[b + byte]) >> (bit % 8) & 1;
    if (!differ || is_flipped(h, a) || is_flipped(h, b))
        return false;
    add_flip(h, a + byte, bit % 8);
    add_flip(h, b + byte, bit % 8);
    return true;
}

void harm_choose_pairs(struct harm *h, struct rng *r, const uint8_t *data, uint16_t len,
                       uint32_t bits)
{
    uint32_t offset = 0, words = find_payload(data, len, &offset) / 2;
    uint32_t pairs = (bits < HARM_FLIPS ? bits : HARM_FLIPS) / FLIPS_A_PAIR;
    for (uint32_t i = 0; words > 1 && i < TRIES && pairs; i++)
        pairs -= choose_pair(h, r, data, offset, words);
}

void harm_apply(const struct harm *h, uint8_t *data, uint16_t len)
{
    for (uint32_t i = 0; i < h->count; i++)
        if (h->at[i] < len)
            data[h->at[i]] ^= h->mask[i];
}
