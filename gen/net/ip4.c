/* SPDX-License-Identifier: BSD-3-Clause */
/* IPv4 (RFC 791, RFC 1122 3.2): checked header in, finished header out. No fragments. */
#include <assert.h>

#include "base/csum.h"
#include "net/hdr.h"
#include "net/layer.h"
#include "net/tcp_take.h"

enum ip4_option { IP4_OPT_END = 0, IP4_OPT_NOP = 1, IP4_OPT_LSRR = 131, IP4_OPT_SSRR = 137 };

/* Source routes would make us answer through hosts of the sender's choice. */
static bool ip4_options_ok(const uint8_t *opt, const uint8_t *end)
{
    while (opt < end && *opt != IP4_OPT_END) {
        if (*opt == IP4_OPT_NOP) {
            opt++;
            continue;
        }
        if (*opt == IP4_OPT_LSRR || *opt == IP4_OPT_SSRR)
            return false;
        if (end - opt < 2 || opt[1] < 2 || opt[1] > end - opt)
            return false;
        opt += opt[1];
    }
    return true;
}

bool ip4_source_bad(uint32_t addr)
{
    uint32_t net = addr >> 24;
    return (net == 0) | (net == 127) | (net >> 4 == 0xe) | (addr == 0xffffffff);
}

/* What the addresses add to both sums, the header's and the pseudo-header's. */
static inline uint64_t addresses_sum(const struct ip4_hdr *ip)
{
    return csum_word32(&ip->src) + csum_word32(&ip->dst);
}

static inline uint64_t ip4_pseudo_sum(const struct ip4_hdr *ip, uint32_t payload_len)
{
    return addresses_sum(ip) + be16_sum(ip->protocol) + be16_sum((uint16_t)payload_len);
}

/* Of a header without options. */
static inline bool ip4_sum_ok(const struct ip4_hdr *ip)
{
    const uint8_t *at = (const uint8_t *)ip;
    uint64_t sum = csum_word32(at) + csum_word32(at + 4) + csum_word32(at + 8) + addresses_sum(ip);
    return csum_fold(sum) == 0xffff;
}

/* What the header says of itself is checked by now. */
static inline int ip4_addresses(struct pkt *p, const struct ip4_hdr *ip)
{
    if (UNLIKELY(be16_has(ip->fragment, IP4_FRAGMENT_MASK)))
        return -DROP_IP_FRAGMENT;
    uint32_t src = be32_load(ip->src);
    if (UNLIKELY(ip4_source_bad(src)))
        return -DROP_IP_SOURCE;
    p->src = ip4_addr(src);
    p->dst = ip4_addr(be32_load(ip->dst));
    p->tcp.ecn = ip->tos & 3;
    return 0;
}

static __attribute__((noinline)) int ip4_payload_parse(struct pkt *p, const struct ip4_hdr *ip,
                                                       uint32_t header_len, uint32_t len, bool csum_ok)
{
    const uint8_t *payload = (const uint8_t *)ip + header_len;
    int drop = ip4_addresses(p, ip);
    if (drop)
        return drop;
    if (ip->protocol == IP_TCP)
        return tcp_parse(p, payload, len, ip4_pseudo_sum(ip, len), csum_ok);
    if (ip->protocol == IP_ICMP)
        return icmp_parse(p, payload, len);
    return -DROP_IP_PROTOCOL;
}

/* A header with options, or one that is no header at all. */
static __attribute__((noinline)) int ip4_long_parse(struct pkt *p, const struct ip4_hdr *ip, uint32_t len,
                                                    bool csum_ok)
{
    const uint8_t *at = (const uint8_t *)ip;
    uint32_t header_len = (ip->version_len & 15u) * 4, total_len = be16_load(ip->total_len);
    if (ip->version_len >> 4 != 4 || header_len < IP4_HEADER)
        return -DROP_IP_VERSION;
    if (header_len > len || total_len < header_len || total_len > len)
        return -DROP_IP_SHORT;
    if (csum_fold(csum_add(at, header_len)) != 0xffff)
        return -DROP_IP_CSUM;
    if (!ip4_options_ok(at + IP4_HEADER, at + header_len))
        return -DROP_IP_OPTIONS;
    return ip4_payload_parse(p, ip, header_len, total_len - header_len, csum_ok);
}

int ip4_parse(struct pkt *p, const uint8_t *at, uint32_t len, bool csum_ok)
{
    const struct ip4_hdr *ip = (const void *)at;
    if (UNLIKELY(len < sizeof *ip))
        return -DROP_IP_SHORT;
    if (UNLIKELY(ip->version_len != IP4_VERSION_LEN))
        return ip4_long_parse(p, ip, len, csum_ok);
    uint32_t total_len = be16_load(ip->total_len);
    if (UNLIKELY(total_len < IP4_HEADER || total_len > len))
        return -DROP_IP_SHORT;
    if (UNLIKELY(!ip4_sum_ok(ip)))
        return -DROP_IP_CSUM;
    uint32_t payload_len = total_len - IP4_HEADER;
    if (UNLIKELY(ip->protocol != IP_TCP))
        return ip4_payload_parse(p, ip, IP4_HEADER, payload_len, csum_ok);
    int drop = ip4_addresses(p, ip);
    return drop ? drop : tcp_take(p, at + IP4_HEADER, payload_len, ip4_pseudo_sum(ip, payload_len), csum_ok);
}

uint64_t ip4_write(uint8_t *at, const struct net_path *path, uint8_t protocol, uint16_t total_len)
{
    struct ip4_hdr *ip = (void *)at;
    assert(ip_is4(path->src) && ip_is4(path->dst));
    memset(ip, 0, sizeof *ip);
    ip->version_len = IP4_VERSION_LEN;
    ip->tos = (uint8_t)(path->dscp << 2);
    be16_store(&ip->total_len, total_len);
    be16_store(&ip->fragment, IP4_DONT_FRAGMENT);
    ip->ttl = path->ttl;
    ip->protocol = protocol;
    be32_store(&ip->src, ip_to4(path->src));
    be32_store(&ip->dst, ip_to4(path->dst));
    return csum_add(ip, sizeof *ip);
}
