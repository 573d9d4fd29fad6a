/* SPDX-License-Identifier: BSD-3-Clause */
/* From frames to the engine. The one place that counts a drop and moves on. */
#include <string.h>

#include "base/mem.h"
#include "stack/path.h"

#define SUB_BATCH 8
#define HEAD      (3 * CACHE_LINE) /* headers and a small payload: on their way since the frame is here */

/* What is behind that of a long frame. It comes from the core that wrote it, many lines at a time, while
 * the frame before it is read. */
static inline void fetch_text(const struct frame *f)
{
    for (uint32_t at = HEAD; at < f->len; at += CACHE_LINE)
        __builtin_prefetch(f->data + at);
}

bool stack_is_local(const struct stack *s, struct ip_addr a)
{
    for (uint32_t i = 0; i < s->cfg.local_count; i++)
        if (ip_range_has(&s->cfg.local[i], a))
            return true;
    return false;
}

uint32_t stack_poll(struct stack *s)
{
    s->rx_count = s->queue->ops->rx(s->queue, s->rx, s->cfg.batch);
    for (uint32_t i = 0; i < s->rx_count && i < SUB_BATCH; i++)
        __builtin_prefetch(s->rx[i].data);
    return s->rx_count;
}

void stack_poll_done(struct stack *s)
{
    if (s->rx_count)
        s->queue->ops->rx_free(s->queue, s->rx, s->rx_count);
    s->rx_count = 0;
}

/* A segment that opens a connection may make its path; any other stranger gets a reset. */
static int input_stranger(struct stack *s, const struct pkt *p, uint32_t *path)
{
    if (!stack_is_local(s, p->dst))
        return -DROP_IP_NOT_OURS;
    struct net_seg answer;
    int drop = tcp_stranger(&s->tcp, &p->tcp, &answer);
    if (answer.flags)
        answer_segment(s, p, &answer);
    if (drop)
        return drop;
    *path = path_from_packet(s, p);
    return *path == PATH_NONE ? -DROP_TCP_NO_PATH_SLOT : 0;
}

static inline int input_tcp(struct stack *s, const struct frame *f, const struct pkt *p, uint32_t path,
                            uint32_t hash)
{
    if (__builtin_expect(s->watch != NULL, 0))
        s->watch->rx(s->watch->ctx, f);
    if (path == PATH_NONE) {
        path = path_find(s, p->dst, p->src); /* an earlier frame of the batch may have made it */
        int drop = path == PATH_NONE ? input_stranger(s, p, &path) : 0;
        if (drop)
            return drop;
        hash = tcp_hash(&s->tcp, path, p->tcp.dst_port, p->tcp.src_port);
    }
    struct net_seg answer;
    int drop = tcp_rx(&s->tcp, path, s->paths[path].mss, hash, &p->tcp, &answer);
    if (answer.flags)
        answer_segment(s, p, &answer);
    return drop;
}

static int input_icmp(struct stack *s, const struct pkt *p)
{
    if (!stack_is_local(s, p->dst))
        return -DROP_IP_NOT_OURS;
    if (!net_icmp_asks_echo(p))
        return path_error(s, p);
    answer_echo(s, p);
    return 0;
}

/* What belongs to no connection. */
static int input_other(struct stack *s, const struct pkt *p)
{
    switch (p->kind) {
    case PKT_TCP:
        break;
    case PKT_ARP:
        return answer_arp(s, p);
    case PKT_ICMP:
        return input_icmp(s, p);
    case PKT_NDP:
        return answer_ndp(s, p);
    }
    return -DROP_ETH_TYPE;
}

/* Flooded by a switch, seen by a promiscuous port, or of another VLAN. Which kinds may come to a
 * group is the parser's to know. */
static int check_link(const struct stack *s, const struct frame *f, const struct pkt *p)
{
    if (!(f->data[0] & 1) && memcmp(f->data, s->queue->port->mac, 6))
        return -DROP_ETH_NOT_OURS;
    return net_vlan_equal(p->vlan, s->cfg.vlan) ? 0 : -DROP_ETH_VLAN;
}

/* What nobody cut counts as the segments that it would be: their sender counted them so. */
static void count_uncut(struct stack *s, const struct frame *f, const struct pkt *p)
{
    if (p->kind != PKT_TCP || p->tcp.payload_len <= f->mss)
        return;
    uint32_t more = (p->tcp.payload_len - 1) / f->mss;
    s->count[COUNTER_FRAMES_RX] += more;
    s->count[COUNTER_SEGMENTS_RX] += more;
    s->count[COUNTER_WIRE_RX] += more * (f->len - p->tcp.payload_len);
    s->count[COUNTER_FRAMES_UNCUT]++;
}

/* Two passes over at most SUB_BATCH frames, so that table and connection are on their way from
 * memory while the others are parsed. */
static void input_sub_batch(struct stack *s, struct frame *frames, uint32_t n)
{
    struct pkt pkts[SUB_BATCH];
    uint32_t path[SUB_BATCH], hash[SUB_BATCH];
    int drop[SUB_BATCH];
    uint32_t reclaims = s->path_reclaims;
    const struct frame *end = s->rx + s->rx_count;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct frame *f = &frames[i];
        if (f + 1 < end)
            fetch_text(f + 1);
        bytes += f->len;
        drop[i] = pkt_parse(&pkts[i], f->data, f->len, f->flags & FRAME_CSUM_OK);
        if (!drop[i])
            drop[i] = check_link(s, f, &pkts[i]);
        if (__builtin_expect(f->flags & FRAME_TSO, 0) && !drop[i])
            count_uncut(s, f, &pkts[i]);
        path[i] = PATH_NONE;
        hash[i] = 0;
        if (drop[i] || pkts[i].kind != PKT_TCP)
            continue;
        path[i] = path_of_packet(s, &pkts[i]);
        if (path[i] != PATH_NONE) {
            hash[i] = tcp_hash(&s->tcp, path[i], pkts[i].tcp.dst_port, pkts[i].tcp.src_port);
            flow_prefetch(&s->tcp.flows, hash[i]);
        }
    }
    for (uint32_t i = 0; i < n; i++)
        if (path[i] != PATH_NONE)
            tcp_prefetch(&s->tcp, hash[i]);
    for (uint32_t i = 0; i < n; i++) {
        if (s->path_reclaims != reclaims) /* by a frame before it: the index may mean another path */
            path[i] = PATH_NONE;
        if (!drop[i])
            drop[i] = __builtin_expect(pkts[i].kind == PKT_TCP, 1)
                          ? input_tcp(s, &frames[i], &pkts[i], path[i], hash[i])
                          : input_other(s, &pkts[i]);
        s->drops[-drop[i]]++;
    }
    s->drops[DROP_NONE] = 0;
    s->count[COUNTER_WIRE_RX] += bytes;
    s->count[COUNTER_FRAMES_RX] += n;
}

void stack_input(struct stack *s, uint32_t from, uint32_t n, uint64_t now_ns)
{
    tcp_now(&s->tcp, now_ns);
    s->now_ns = now_ns;
    for (uint32_t i = from + n; i < s->rx_count && i < from + n + SUB_BATCH; i++)
        __builtin_prefetch(s->rx[i].data);
    while (n) {
        uint32_t part = n < SUB_BATCH ? n : SUB_BATCH;
        input_sub_batch(s, s->rx + from, part);
        from += part;
        n -= part;
    }
}
