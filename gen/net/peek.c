/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/peek.h"

#include "base/cursor.h"
#include "net/hdr.h"

static uint16_t take_type(struct cursor *c)
{
    uint16_t type;
    cursor_take(c, offsetof(struct eth_hdr, type));
    while ((type = cursor_be16(c)) == ETH_VLAN || type == ETH_QINQ)
        cursor_take(c, sizeof(struct be16));
    return type;
}

static bool take_ip4(struct cursor *c, struct net_transport *t)
{
    const struct ip4_hdr *ip = (const void *)cursor_take(c, IP4_HEADER);
    if (!ip)
        return false;
    uint32_t header = (ip->version_len & 15u) * 4, total = be16_load(ip->total_len);
    if (header < IP4_HEADER || total < header)
        return false;
    cursor_take(c, header - IP4_HEADER);
    t->len = total - header;
    t->protocol = ip->protocol;
    t->tos = ip->tos;
    t->fragment = be16_load(ip->fragment) & IP4_FRAGMENT_MASK;
    t->addresses = &ip->src;
    t->addresses_len = 2 * sizeof ip->src;
    return true;
}

static bool take_ip6(struct cursor *c, struct net_transport *t)
{
    const struct ip6_hdr *ip = (const void *)cursor_take(c, IP6_HEADER);
    if (!ip)
        return false;
    t->len = be16_load(ip->payload_len);
    t->protocol = ip->next_header;
    t->tos = (uint8_t)(be32_load(ip->word) >> IP6_CLASS_SHIFT);
    t->fragment = false;
    t->addresses = &ip->src;
    t->addresses_len = 2 * sizeof ip->src;
    return true;
}

bool net_peek(struct net_transport *t, const uint8_t *frame, size_t len)
{
    struct cursor c = cursor_over(frame, len);
    uint16_t type = take_type(&c);
    bool found = type == ETH_IP4 ? take_ip4(&c, t) : type == ETH_IP6 && take_ip6(&c, t);
    t->at = found ? cursor_take(&c, t->len) : NULL;
    return t->at;
}
