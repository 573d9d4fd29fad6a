/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames outside of connections: ARP, neighbour discovery, ICMP echo, resets to strangers. */
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
    struct net_path back = {.src = p->dst, .dst = p->src, .vlan = p->vlan, .ttl = 64,
                            .dscp = s->cfg.dscp, .flow_label = s->cfg.flow_label};
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
    const uint8_t *mac = s->queue->port->mac;
    struct frame *f = stack_frame(s);
    if (!f)
        return;
    if (ip_is4(n->addr))
        commit_counted(s, f, net_arp_build(f->data, 1, mac, n->local, NULL, n->addr, s->cfg.vlan),
                       COUNTER_ARP_SENT);
    else
        commit_counted(s, f, net_ndp_ask(f->data, mac, n->local, n->addr, s->cfg.vlan),
                       COUNTER_NDP_SENT);
}

static bool is_neighbour(const struct stack *s, struct ip_addr addr)
{
    return neigh_find(&s->neigh, addr) != NEIGH_NONE;
}

static void learn(struct stack *s, struct ip_addr addr, const uint8_t mac[6])
{
    bool moved;
    uint32_t neigh = neigh_learn(&s->neigh, addr, mac, s->now_ns, &moved);
    if (neigh == NEIGH_NONE)
        return;
    path_neighbour_ready(s, neigh);
    s->count[COUNTER_NEIGHBOURS_MOVED] += moved;
}

/* Who asks for an address of ours may have opened connections to it: that path has no neighbour. */
static void learn_asker(struct stack *s, struct ip_addr local, struct ip_addr from,
                        const uint8_t mac[6])
{
    s->count[COUNTER_NEIGHBOURS_MOVED] += path_follow(s, local, from, mac);
}

/* RFC 826: whoever is known is believed, whomever it asks for. Who announces itself (RFC 5227 3) asks
 * for nobody. */
int answer_arp(struct stack *s, const struct pkt *p)
{
    learn(s, p->src, p->arp.sender_mac);
    if (!stack_is_local(s, p->dst))
        return ip_equal(p->src, p->dst) && is_neighbour(s, p->src) ? 0 : -DROP_IP_NOT_OURS;
    learn_asker(s, p->dst, p->src, p->arp.sender_mac);
    if (p->arp.op != 1)
        return 0;
    struct frame *f = stack_frame(s);
    if (f)
        commit_counted(s, f, net_arp_build(f->data, 2, s->queue->port->mac, p->dst,
                                           p->arp.sender_mac, p->src, p->vlan), COUNTER_ARP_SENT);
    return 0;
}

/* RFC 4861 7.2.5: what does not override changes no address that is known. */
static bool tells_news(const struct stack *s, const struct pkt *p)
{
    uint32_t neigh = neigh_find(&s->neigh, p->ndp.target);
    return neigh != NEIGH_NONE && p->ndp.has_mac &&
           (p->ndp.override || s->neigh.entries[neigh].state != NEIGH_READY);
}

int answer_ndp(struct stack *s, const struct pkt *p)
{
    if (p->ndp.tells) {
        if (tells_news(s, p))
            learn(s, p->ndp.target, p->ndp.mac);
        return 0;
    }
    if (p->ndp.has_mac)
        learn(s, p->src, p->ndp.mac);
    if (!stack_is_local(s, p->ndp.target))
        return -DROP_IP_NOT_OURS;
    if (p->ndp.has_mac)
        learn_asker(s, p->ndp.target, p->src, p->ndp.mac);
    struct frame *f = stack_frame(s);
    if (f)
        commit_counted(s, f, net_ndp_tell(f->data, p, s->queue->port->mac), COUNTER_NDP_SENT);
    return 0;
}
