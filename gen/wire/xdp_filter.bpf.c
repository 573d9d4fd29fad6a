/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Which frames go to our sockets; everything else goes on to the kernel. Runs in the driver for
 * each arriving frame of the interface.
 *
 *   other tags than ours           the kernel's, whatever follows
 *   TCP to one of our addresses    ours if the port is; unless shared, any port (to answer RST)
 *   ARP, neighbour discovery for,
 *   ICMP to one of them            ours unless shared
 *   ICMP error, shared             ours if it quotes a segment that we sent
 *   later fragments, the rest      the kernel's
 *
 * Extension headers of IPv6 are skipped, EXT_HEADERS of them at most; what has more is the kernel's.
 *
 * or all of them, for who takes the interface's place (gen impair).
 *
 * What is ours and arrives at a queue without a socket of ours: of a shared address it is dropped,
 * or the kernel, which owns the address and knows no such connection, would reset it.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "wire/xdp_filter.h"

enum { TYPE_IP4 = 0x0800, TYPE_ARP = 0x0806, TYPE_TAG = 0x8100, TYPE_IP6 = 0x86dd,
       TYPE_SERVICE_TAG = 0x88a8 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_ICMP6 = 58, FRAGMENT_OFFSET = 0x1fff };
enum { TAGS = 2, TAG_ID = 0x0fff };
enum { EXT_HOP_BY_HOP = 0, EXT_ROUTING = 43, EXT_FRAGMENT = 44, EXT_DESTINATION = 60,
       EXT_HEADERS = 4, FRAGMENT_OFFSET6 = 0xfff8 };
enum { ICMP_UNREACHABLE = 3, ICMP_TIME_EXCEEDED = 11, ICMP_PARAMETER = 12, ICMP_BYTES = 8 };
enum { ICMP6_ERRORS = 127, ICMP6_NEIGHBOUR_ASK = 135 };

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

struct ip6 {
    __u32 word;
    __u16 len;
    __u8 next_header, hop_limit;
    __u64 src[2], dst[2];
} __attribute__((packed));

struct extension {
    __u8 next_header, len; /* len: in units of 8 bytes, the first not counted */
    __u16 offset;          /* of a fragment */
    __u32 rest;
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

static __always_inline int is_our_addr6(const __u64 big_endian[2])
{
    __u64 hi = __builtin_bswap64(big_endian[0]), lo = __builtin_bswap64(big_endian[1]);
    for (__u32 i = 0; i < XDP_FILTER_RANGES && i < config.six_count; i++) {
        const volatile struct xdp_filter_block6 *b = &config.six[i];
        if ((hi > b->first_hi || (hi == b->first_hi && lo >= b->first_lo)) &&
            (hi < b->last_hi || (hi == b->last_hi && lo <= b->last_lo)))
            return 1;
    }
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

/* We send no extension headers, so that TCP stands right behind. */
static __always_inline int quotes_us6(struct view *v)
{
    const struct ip6 *ip = take(v, sizeof *ip);
    if (!ip || ip->next_header != PROTOCOL_TCP || !is_our_addr6(ip->src))
        return 0;
    const struct ports *p = take(v, sizeof *p);
    return p && is_our_port(p->src);
}

/* Who has an address of ours is asked of a group; whatever else we take is sent to us. */
static __always_inline int icmp6_is_ours(struct view *v, int to_us)
{
    const __u8 *type = take(v, ICMP_BYTES);
    if (!type)
        return 0;
    if (config.shared)
        return to_us && *type <= ICMP6_ERRORS && quotes_us6(v);
    if (*type != ICMP6_NEIGHBOUR_ASK)
        return to_us;
    const __u64 *target = take(v, 16);
    return target && is_our_addr6(target);
}

/* To what follows the extension headers; -1: a later fragment, cut off, or one header too many. */
static __always_inline int skip_extensions(struct view *v, __u8 next_header)
{
    for (int i = 0; i <= EXT_HEADERS; i++) {
        if (next_header != EXT_HOP_BY_HOP && next_header != EXT_ROUTING &&
            next_header != EXT_FRAGMENT && next_header != EXT_DESTINATION)
            return next_header;
        const struct extension *x = take(v, sizeof *x);
        if (!x)
            return -1;
        if (next_header == EXT_FRAGMENT) {
            if (__builtin_bswap16(x->offset) & FRAGMENT_OFFSET6)
                return -1;
        } else if (!take(v, x->len * 8)) {
            return -1;
        }
        next_header = x->next_header;
    }
    return -1;
}

static __always_inline int ip6_is_ours(struct view *v)
{
    const struct ip6 *ip = take(v, sizeof *ip);
    if (!ip || !config.six_count)
        return 0;
    int to_us = is_our_addr6(ip->dst), protocol = skip_extensions(v, ip->next_header);
    if (protocol == PROTOCOL_TCP)
        return to_us && tcp_is_ours(v);
    return protocol == PROTOCOL_ICMP6 && icmp6_is_ours(v, to_us);
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
    __u16 type = __builtin_bswap16(eth->type), vlan = 0, vlan_outer = 0;
    for (int i = 0; i < TAGS && (type == TYPE_TAG || type == TYPE_SERVICE_TAG); i++) {
        const struct tag *tag = take(v, sizeof *tag);
        if (!tag)
            return 0;
        __u16 id = __builtin_bswap16(tag->tci) & TAG_ID;
        if (id) { /* 0 is a priority, not a VLAN */
            vlan_outer = vlan;
            vlan = id;
        }
        type = __builtin_bswap16(tag->type);
    }
    if (vlan != config.vlan || vlan_outer != config.vlan_outer)
        return 0;
    if (type == TYPE_IP4)
        return ip4_is_ours(v);
    if (type == TYPE_IP6)
        return ip6_is_ours(v);
    return type == TYPE_ARP && arp_is_ours(v);
}

static __always_inline int is_wanted(const struct xdp_md *ctx)
{
    struct view v = {(const __u8 *)(long)ctx->data, (const __u8 *)(long)ctx->data_end};
    return config.everything || is_ours(&v);
}

/* A driver without room for it, or without metadata, leaves the frame unstamped. */
static __always_inline void put_stamp(struct xdp_md *ctx, __u64 ns)
{
    if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(struct xdp_stamp)))
        return;
    struct xdp_stamp *s = (void *)(long)ctx->data_meta;
    if ((void *)(s + 1) > (void *)(long)ctx->data)
        return;
    s->ns = ns;
    s->mark = ns ^ XDP_STAMP_MARK;
}

static __always_inline int hand_on(struct xdp_md *ctx)
{
    return bpf_redirect_map(&sockets, ctx->rx_queue_index, config.shared ? XDP_DROP : XDP_PASS);
}

SEC("xdp")
int wirebench_filter(struct xdp_md *ctx)
{
    if (!is_wanted(ctx))
        return XDP_PASS;
    if (config.stamps)
        put_stamp(ctx, bpf_ktime_get_ns());
    return hand_on(ctx);
}

/* The same, with the driver's own time of arrival. Bound to the device, because each driver has its own
 * answer; the kernel gives it to programs of a licence that goes with the GPL only. */
extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym __weak;

SEC("xdp")
int wirebench_filter_device(struct xdp_md *ctx)
{
    __u64 ns = 0;
    if (!is_wanted(ctx))
        return XDP_PASS;
    if (bpf_xdp_metadata_rx_timestamp(ctx, &ns))
        ns = 0;
    put_stamp(ctx, ns);
    return hand_on(ctx);
}

char xdp_license[] SEC("license") = "Dual BSD/GPL";
