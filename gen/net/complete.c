/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/complete.h"

#include "base/csum.h"
#include "base/cursor.h"

enum { TYPE_IP4 = 0x0800, TYPE_IP6 = 0x86dd, TYPE_TAG = 0x8100, TYPE_SERVICE_TAG = 0x88a8 };
enum { MACS_BYTES = 12, IP4_BYTES = 20, IP6_BYTES = 40, TCP_BYTES = 20, UDP_BYTES = 8 };
enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, TCP_CSUM = 16, UDP_CSUM = 6 };
enum { FRAGMENT = 0x3fff }; /* more to come, or not the first */

/* A TCP or UDP packet and the sum of its addresses. */
struct transport {
    const uint8_t *at;
    uint32_t len;
    uint8_t protocol;
    uint64_t addresses;
};

static uint16_t take_type(struct cursor *c)
{
    cursor_take(c, MACS_BYTES);
    uint16_t type = cursor_be16(c);
    while (type == TYPE_TAG || type == TYPE_SERVICE_TAG) {
        cursor_take(c, 2);
        type = cursor_be16(c);
    }
    return type;
}

static uint32_t be16_at(const uint8_t *at)
{
    return (uint32_t)(at[0] << 8 | at[1]);
}

static bool take_ip4(struct cursor *c, struct transport *t)
{
    const uint8_t *ip = cursor_take(c, IP4_BYTES);
    if (!ip || be16_at(ip + 6) & FRAGMENT)
        return false;
    uint32_t header = (ip[0] & 15u) * 4, total = be16_at(ip + 2);
    if (header < IP4_BYTES || total < header)
        return false;
    cursor_take(c, header - IP4_BYTES);
    t->len = total - header;
    t->protocol = ip[9];
    t->addresses = csum_add(ip + 12, 8);
    return true;
}

static bool take_ip6(struct cursor *c, struct transport *t)
{
    const uint8_t *ip = cursor_take(c, IP6_BYTES);
    if (!ip)
        return false;
    t->len = be16_at(ip + 4);
    t->protocol = ip[6];
    t->addresses = csum_add(ip + 8, 32);
    return true;
}

static bool find_transport(const uint8_t *data, uint16_t len, struct transport *t)
{
    struct cursor c = cursor_over(data, len);
    uint16_t type = take_type(&c);
    bool found = type == TYPE_IP4 ? take_ip4(&c, t) : type == TYPE_IP6 && take_ip6(&c, t);
    if (!found || (t->protocol != PROTOCOL_TCP && t->protocol != PROTOCOL_UDP))
        return false;
    t->at = cursor_take(&c, t->len);
    return t->at && t->len >= (t->protocol == PROTOCOL_TCP ? TCP_BYTES : UDP_BYTES);
}

bool net_complete(uint8_t *data, uint16_t len)
{
    struct transport t;
    if (!find_transport(data, len, &t))
        return false;
    uint8_t tail[4] = {0, t.protocol, (uint8_t)(t.len >> 8), (uint8_t)t.len};
    uint64_t pseudo = t.addresses + csum_add(tail, sizeof tail);
    uint8_t *field = data + (t.at - data) + (t.protocol == PROTOCOL_TCP ? TCP_CSUM : UDP_CSUM);
    uint16_t held, sum = csum_fold(pseudo);
    memcpy(&held, field, sizeof held);
    if (held != sum)
        return false;
    sum = (uint16_t)~csum_fold(csum_add(t.at, t.len)); /* the field is part of it */
    if (!sum && t.protocol == PROTOCOL_UDP)
        sum = 0xffff; /* RFC 768: none is all zero */
    memcpy(field, &sum, sizeof sum);
    return true;
}
