/* SPDX-License-Identifier: BSD-3-Clause */
#include "net/complete.h"

#include "base/csum.h"
#include "net/hdr.h"
#include "net/peek.h"

enum { UDP_HEADER = 8, UDP_CSUM = 6 };

/* Where the checksum stands in a whole packet that has one; NULL: another protocol, or cut off. */
static uint8_t *find_csum(uint8_t *data, const struct net_transport *t)
{
    uint8_t *header = data + (t->at - data);
    if (t->fragment)
        return NULL;
    switch (t->protocol) {
    case IP_TCP:
        return t->len < TCP_HEADER ? NULL : header + offsetof(struct tcp_hdr, csum);
    case IP_UDP:
        return t->len < UDP_HEADER ? NULL : header + UDP_CSUM;
    }
    return NULL;
}

bool net_complete(uint8_t *data, uint16_t len)
{
    struct net_transport t;
    uint8_t *field = net_peek(&t, data, len) ? find_csum(data, &t) : NULL;
    if (!field)
        return false;
    uint16_t held, sum = csum_fold(csum_add(t.addresses, t.addresses_len) + be16_sum(t.protocol) +
                                   be16_sum((uint16_t)t.len));
    memcpy(&held, field, sizeof held);
    if (held != sum)
        return false;
    sum = (uint16_t)~csum_fold(csum_add(t.at, t.len)); /* the field is part of it */
    if (!sum && t.protocol == IP_UDP)
        sum = 0xffff; /* RFC 768: none is all zero */
    memcpy(field, &sum, sizeof sum);
    return true;
}
