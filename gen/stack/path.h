/* SPDX-License-Identifier: BSD-3-Clause */
/* Internal to stack/: the path table and what sends frames outside of connections. */
#ifndef STACK_PATH_H
#define STACK_PATH_H

#include "stack/stack.h"

int path_init(struct stack *s, struct err *e);
void path_fini(struct stack *s);
/* PATH_NONE: not there. */
uint32_t path_find(struct stack *s, struct ip_addr local, struct ip_addr remote);
static inline bool path_joins(const struct path *p, struct ip_addr local, struct ip_addr remote)
{
    return ip_equal(p->remote, remote) && ip_equal(p->local, local);
}
/* One of the last ones asked for. Consecutive addresses do not get in each other's way; a path that was
 * never made joins nobody. */
static inline uint32_t *path_near(struct stack *s, struct ip_addr local, struct ip_addr remote)
{
    return &s->path_near[(local.lo ^ remote.lo) % PATHS_NEAR];
}
/* The same, where one of them is asked for again, as nearly always. */
static inline uint32_t path_of_packet(struct stack *s, const struct pkt *p)
{
    uint32_t near = *path_near(s, p->dst, p->src);
    return path_joins(&s->paths[near], p->dst, p->src) ? near : path_find(s, p->dst, p->src);
}
/* Of a packet that opens a connection: the sender's MAC and tags are the way back. */
uint32_t path_from_packet(struct stack *s, const struct pkt *p);
/* A path that a SYN made follows the host at its other end to another MAC; whether it had to. */
bool path_follow(struct stack *s, struct ip_addr local, struct ip_addr remote, const uint8_t mac[6]);
/* Writes a neighbour's MAC into the templates of all paths that go through it. */
void path_neighbour_ready(struct stack *s, uint32_t neigh);

/* pmtu.c: an ICMP error, of either family; 0 or -DROP_x. */
int path_error(struct stack *s, const struct pkt *p);
/* Paths that were lowered long enough ago have their whole MTU again. */
void path_mtu_expire(struct stack *s, uint64_t now_ns);
/* What a path begins with: the key, or what the MTU leaves. */
uint16_t path_mss(const struct stack *s, bool is4);

/* answer.c: frames that answer a packet at once; they are lost, counted, when no frame is free */
void answer_segment(struct stack *s, const struct pkt *p, const struct net_seg *seg);
void answer_echo(struct stack *s, const struct pkt *p);
int answer_arp(struct stack *s, const struct pkt *p);
int answer_ndp(struct stack *s, const struct pkt *p);
void ask_neighbour(struct stack *s, const struct neigh *n);

/* output.c: a free frame, in order behind those built; NULL: none. `stack_commit` takes it. */
struct frame *stack_frame(struct stack *s);
void stack_commit(struct stack *s, struct frame *f, uint32_t len);

#endif
