/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames outside of connections: ARP, ICMP echo, resets to strangers. */
#include <string.h>

#include "stack/path.h"

static void commit_counted(struct stack *s, struct frame *f, uint32_t len, enum counter c)
{
    stack_commit(s, f, len);
    s->count[c]++;
}

void answer_segment(struct stack *s, const struct pkt *p, const struct net_seg *seg)
{
    struct frame *f = stack_frame(s);
    if (!f)
        return;
    struct net_path back = {.src = p->dst, .dst = p->src, .vlan = p->vlan,
                            .vlan_outer = p->vlan_outer, .ttl = 64};
    memcpy(back.src_mac, s->queue->port->mac, 6);
    memcpy(back.dst_mac, p->eth_src, 6);
    struct net_template head;
    net_template_init(&head, &back);
    commit_counted(s, f, net_tcp_build(&head, f->data, seg, 0, 0), COUNTER_SEGMENTS_TX);
    if (__builtin_expect(s->watch != NULL, 0))
        s->watch->tx(s->watch->ctx, CONN_NONE, f);
}

void answer_echo(struct stack *s, const struct pkt *p)
{
    struct frame *f = stack_frame(s);
    if (!f)
        return;
    uint32_t len = net_icmp_echo_reply(f->data, f->len, p, s->queue->port->mac);
    if (len)
        commit_counted(s, f, len, COUNTER_ICMP_SENT);
}

void ask_neighbour(struct stack *s, const struct neigh *n)
{
    struct frame *f = stack_frame(s);
    if (f)
        commit_counted(s, f, net_arp_build(f->data, 1, s->queue->port->mac, n->local, NULL,
                                           n->addr, 0), COUNTER_ARP_SENT);
}

int answer_arp(struct stack *s, const struct pkt *p)
{
    uint32_t neigh = neigh_learn(&s->neigh, p->src, p->arp.sender_mac);
    if (neigh != NEIGH_NONE)
        path_neighbour_ready(s, neigh);
    if (!stack_is_local(s, p->dst))
        return -DROP_IP_NOT_OURS;
    if (p->arp.op != 1)
        return 0;
    struct frame *f = stack_frame(s);
    if (f)
        commit_counted(s, f, net_arp_build(f->data, 2, s->queue->port->mac, p->dst,
                                           p->arp.sender_mac, p->src, p->vlan), COUNTER_ARP_SENT);
    return 0;
}
