/* SPDX-License-Identifier: BSD-3-Clause */
/* ICMP for IPv6 (RFC 4443): every message is checked and shown; the other end of it is icmp.c. */
#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"

#define ICMP6_MIN 8 /* every message that is looked at has four bytes after the header */

int icmp6_parse(struct pkt *p, const uint8_t *icmp, uint32_t len, uint64_t pseudo_sum,
                uint8_t hop_limit)
{
    const struct icmp_hdr *h = (const void *)icmp;
    if (len < ICMP6_MIN || csum_fold(pseudo_sum + csum_add(icmp, len)) != 0xffff)
        return -DROP_ICMP_BAD;
    if (h->type == ICMP6_NEIGHBOUR_ASK || h->type == ICMP6_NEIGHBOUR_TELL)
        return ndp_parse(p, icmp, len, hop_limit);
    if (ip_is_none(p->src))
        return -DROP_IP_SOURCE;
    if (ip6_is_multicast(p->dst)) /* routers' and listeners' affairs */
        return -DROP_ICMP_IGNORED;
    p->kind = PKT_ICMP;
    p->icmp.type = h->type;
    p->icmp.code = h->code;
    p->icmp.body = icmp + sizeof *h;
    p->icmp.body_len = (uint16_t)(len - sizeof *h);
    return 0;
}
