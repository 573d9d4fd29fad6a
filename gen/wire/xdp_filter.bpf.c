/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which frames go to our sockets; everything else goes on to the kernel. Runs in the driver for
 * each arriving frame of the interface.
 *
 *   TCP to one of our addresses    ours if the port is; unless shared, any port (to answer RST)
 *   ARP for, ICMP to one of them   ours unless shared
 *   ICMP error, shared             ours if it quotes a segment that we sent
 *   later fragments, the rest      the kernel's
 *
 * or all of them, for who takes the interface's place (gen impair).
 *
 * What is ours and arrives at a queue without a socket of ours: of a shared address it is dropped,
 * or the kernel, which owns the address and knows no such connection, would reset it.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "wire/xdp_filter.h"

enum { TYPE_IP4 = 0x0800, TYPE_ARP = 0x0806, TYPE_TAG = 0x8100, TYPE_SERVICE_TAG = 0x88a8 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, FRAGMENT_OFFSET = 0x1fff, TAGS = 2 };
enum { ICMP_UNREACHABLE = 3, ICMP_TIME_EXCEEDED = 11, ICMP_PARAMETER = 12, ICMP_BYTES = 8 };

struct eth {
    __u8 dst[6], src[6];
    __u16 type;
} __attribute__((packed));

struct tag {
    __u16 tci, type;
} __attribute__((packed));

struct ip4 {
    __u8 version_ihl, tos;
    __u16 len, id, fragment;
    __u8 ttl, protocol;
    __u16 csum;
    __u32 src, dst;
} __attribute__((packed));

struct arp {
    __u16 hardware, protocol;
    __u8 hardware_len, protocol_len;
    __u16 operation;
    __u8 sender_mac[6], sender_ip[4], target_mac[6];
    __u32 target_ip;
} __attribute__((packed));

struct ports {
    __u16 src, dst;
} __attribute__((packed));

struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, 1); /* set before loading */
    __type(key, __u32);
    __type(value, __u32);
} sockets SEC(".maps");

const volatile struct xdp_filter_config config;

/* What is left of the frame. */
struct view {
    const __u8 *at, *end;
};

static __always_inline const void *take(struct view *v, __u32 len)
{
    const __u8 *at = v->at;
    if (at + len > v->end)
        return 0;
    v->at = at + len;
    return at;
}

static __always_inline int is_our_addr(__u32 big_endian)
{
    __u32 addr = __builtin_bswap32(big_endian);
    for (__u32 i = 0; i < XDP_FILTER_RANGES && i < config.count; i++)
        if (addr >= config.first[i] && addr <= config.last[i])
            return 1;
    return 0;
}

static __always_inline int is_our_port(__u16 big_endian)
{
    __u16 port = __builtin_bswap16(big_endian);
    for (__u32 i = 0; i < XDP_FILTER_PORTS && i < config.ports; i++)
        if (port >= config.port_lo[i] && port <= config.port_hi[i])
            return 1;
    return 0;
}

static __always_inline int is_later_fragment(const struct ip4 *ip)
{
    return (__builtin_bswap16(ip->fragment) & FRAGMENT_OFFSET) != 0;
}

/* Past the options of a header whose fixed part was taken. */
static __always_inline int skip_options(struct view *v, const struct ip4 *ip)
{
    __u32 len = (ip->version_ihl & 0x0f) * 4;
    return len >= sizeof *ip && take(v, len - sizeof *ip);
}

static __always_inline int tcp_is_ours(struct view *v)
{
    if (!config.shared)
        return 1;
    const struct ports *p = take(v, sizeof *p);
    return p && is_our_port(p->dst);
}

static __always_inline int quotes_us(struct view *v)
{
    const struct ip4 *ip = take(v, sizeof *ip);
    if (!ip || ip->protocol != PROTOCOL_TCP || is_later_fragment(ip) || !is_our_addr(ip->src))
        return 0;
    if (!skip_options(v, ip))
        return 0;
    const struct ports *p = take(v, sizeof *p);
    return p && is_our_port(p->src);
}

static __always_inline int icmp_is_ours(struct view *v)
{
    if (!config.shared)
        return 1;
    const __u8 *type = take(v, ICMP_BYTES);
    if (!type)
        return 0;
    int error = *type == ICMP_UNREACHABLE || *type == ICMP_TIME_EXCEEDED || *type == ICMP_PARAMETER;
    return error && quotes_us(v);
}

static __always_inline int ip4_is_ours(struct view *v)
{
    const struct ip4 *ip = take(v, sizeof *ip);
    if (!ip || !is_our_addr(ip->dst) || is_later_fragment(ip) || !skip_options(v, ip))
        return 0;
    if (ip->protocol == PROTOCOL_TCP)
        return tcp_is_ours(v);
    return ip->protocol == PROTOCOL_ICMP && icmp_is_ours(v);
}

static __always_inline int arp_is_ours(struct view *v)
{
    const struct arp *arp = take(v, sizeof *arp);
    return arp && !config.shared && is_our_addr(arp->target_ip);
}

static __always_inline int is_ours(struct view *v)
{
    const struct eth *eth = take(v, sizeof *eth);
    if (!eth)
        return 0;
    __u16 type = __builtin_bswap16(eth->type);
    for (int i = 0; i < TAGS && (type == TYPE_TAG || type == TYPE_SERVICE_TAG); i++) {
        const struct tag *tag = take(v, sizeof *tag);
        if (!tag)
            return 0;
        type = __builtin_bswap16(tag->type);
    }
    if (type == TYPE_IP4)
        return ip4_is_ours(v);
    return type == TYPE_ARP && arp_is_ours(v);
}

SEC("xdp")
int wirebench_filter(struct xdp_md *ctx)
{
    struct view v = {(const __u8 *)(long)ctx->data, (const __u8 *)(long)ctx->data_end};
    if (!config.everything && !is_ours(&v))
        return XDP_PASS;
    return bpf_redirect_map(&sockets, ctx->rx_queue_index, config.shared ? XDP_DROP : XDP_PASS);
}

char xdp_license[] SEC("license") = "BSD-3-Clause";
