/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Neighbour discovery (RFC 4861): solicitations and advertisements, as ARP is for IPv4. What 7.1.1
 * and 7.1.2 tell to discard is dropped as ndp_bad. Routers are not looked for: a next hop is a key.
 */
#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"

#define NDP_HOP_LIMIT 255 /* proves that no router forwarded it */
#define OPT_UNIT      8
#define OPT_MAC_BYTES 8

/* ff02::1, all nodes of the link (RFC 4291 2.7.1). */
static const struct ip_addr all_nodes = {0xff02000000000000, 1};

/* ff02::1:ffXX:XXXX (RFC 4291 2.7.1). */
static struct ip_addr solicited_node(struct ip_addr addr)
{
    return (struct ip_addr){0xff02000000000000, 0x1ff000000ull | (addr.lo & 0xffffff)};
}

/* The group's MAC (RFC 2464 7). */
static void group_mac(struct ip_addr group, uint8_t mac[6])
{
    mac[0] = mac[1] = 0x33;
    for (int i = 0; i < 4; i++)
        mac[2 + i] = (uint8_t)(group.lo >> (24 - 8 * i));
}

/* The link-layer address among the options, NULL when there is none; *ok: all have a length within
 * the message. */
static const uint8_t *find_mac(const uint8_t *opt, const uint8_t *end, uint8_t kind, bool *ok)
{
    const uint8_t *mac = NULL;
    *ok = true;
    while (opt < end) {
        uint32_t len = end - opt >= 2 ? opt[1] * OPT_UNIT : 0u;
        if (!len || len > (size_t)(end - opt)) {
            *ok = false;
            return NULL;
        }
        if (*opt == kind && len == OPT_MAC_BYTES && !(opt[2] & 1))
            mac = opt + 2;
        opt += len;
    }
    return mac;
}

/* RFC 4861 7.1.1: who is asked, and by whom. */
static bool ask_ok(const struct pkt *p)
{
    bool nobody = ip_is_none(p->src), group = ip6_is_multicast(p->dst);
    if (group && !ip_equal(p->dst, solicited_node(p->ndp.target)))
        return false;
    return !nobody || (group && !p->ndp.has_mac);
}

/* RFC 4861 7.1.2. */
static bool tell_ok(const struct pkt *p)
{
    bool group = ip6_is_multicast(p->dst);
    return !ip_is_none(p->src) && !(group && (p->ndp.solicited || !ip_equal(p->dst, all_nodes)));
}

int ndp_parse(struct pkt *p, const uint8_t *icmp, uint32_t len, uint8_t hop_limit)
{
    const struct ndp_hdr *h = (const void *)icmp;
    if (len < sizeof *h || hop_limit != NDP_HOP_LIMIT || h->icmp.code != 0)
        return -DROP_NDP_BAD;
    bool tells = h->icmp.type == ICMP6_NEIGHBOUR_TELL, ok;
    uint32_t flags = tells ? be32_load(h->flags) : 0;
    const uint8_t *mac = find_mac(icmp + sizeof *h, icmp + len,
                                  tells ? NDP_OPT_TARGET_MAC : NDP_OPT_SOURCE_MAC, &ok);
    p->kind = PKT_NDP;
    p->ndp.tells = tells;
    p->ndp.solicited = flags & NDP_SOLICITED;
    p->ndp.override = flags & NDP_OVERRIDE;
    p->ndp.target = be128_load(&h->target);
    p->ndp.has_mac = mac != NULL;
    if (mac)
        memcpy(p->ndp.mac, mac, sizeof p->ndp.mac);
    if (!ok || ip6_is_odd(p->ndp.target) || !(tells ? tell_ok(p) : ask_ok(p)))
        return -DROP_NDP_BAD;
    return 0;
}

/* One message with its one option; dst and MACs are the path's. */
static uint32_t ndp_write(uint8_t *frame, const struct net_path *path, uint8_t type, uint32_t flags,
                          struct ip_addr target)
{
    const uint16_t len = sizeof(struct ndp_hdr) + OPT_MAC_BYTES;
    uint32_t ip_off = eth_write(frame, path->dst_mac, path->src_mac, path->vlan, ETH_IP6);
    uint64_t sum = ip6_write(frame + ip_off, path, IP_ICMP6, len) + be16_sum(len);
    struct ndp_hdr *h = (void *)(frame + ip_off + IP6_HEADER);
    uint8_t *opt = (uint8_t *)(h + 1);
    memset(h, 0, sizeof *h);
    h->icmp.type = type;
    be32_store(&h->flags, flags);
    be128_store(&h->target, target);
    opt[0] = type == ICMP6_NEIGHBOUR_ASK ? NDP_OPT_SOURCE_MAC : NDP_OPT_TARGET_MAC;
    opt[1] = 1;
    memcpy(opt + 2, path->src_mac, 6);
    be16_store_csum(&h->icmp.csum, csum_fold(sum + csum_add(h, len)));
    return ip_off + IP6_HEADER + len;
}

uint32_t net_ndp_ask(uint8_t *frame, const uint8_t src_mac[6], struct ip_addr src,
                     struct ip_addr target, struct net_vlan vlan)
{
    struct net_path path = {.src = src, .dst = solicited_node(target), .vlan = vlan,
                            .ttl = NDP_HOP_LIMIT};
    memcpy(path.src_mac, src_mac, 6);
    group_mac(path.dst, path.dst_mac);
    return ndp_write(frame, &path, ICMP6_NEIGHBOUR_ASK, 0, target);
}

/* RFC 4861 7.2.4: whoever asks without an address is answered by way of all nodes. */
uint32_t net_ndp_tell(uint8_t *frame, const struct pkt *ask, const uint8_t src_mac[6])
{
    bool nobody = ip_is_none(ask->src);
    struct net_path path = net_path_back(ask, src_mac);
    path.src = ask->ndp.target;
    path.ttl = NDP_HOP_LIMIT;
    if (nobody) {
        path.dst = all_nodes;
        group_mac(all_nodes, path.dst_mac);
    } else if (ask->ndp.has_mac) {
        memcpy(path.dst_mac, ask->ndp.mac, 6);
    }
    uint32_t flags = NDP_OVERRIDE | (nobody ? 0 : NDP_SOLICITED);
    return ndp_write(frame, &path, ICMP6_NEIGHBOUR_TELL, flags, ask->ndp.target);
}
