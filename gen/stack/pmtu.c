/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ICMP errors about our segments. Only those that quote a segment under way are listened to (RFC
 * 5927 4.1). A packet too big lowers its path (RFC 1191, 8201), for 10 minutes (RFC 1191 6.3, RFC
 * 8201 4); all others are counted and end no connection (RFC 5461): in SYN-SENT, too, the timers
 * know better.
 */
#include "stack/path.h"

#define IP4_TCP_HEADERS 40
#define IP6_TCP_HEADERS 60
#define IP4_MTU_LEAST   576u  /* RFC 1122 3.3.3: less, told by anyone, would only cost frames */
#define IP6_MTU_LEAST   1280u /* RFC 8200 5 */
#define LOWERED_NS      600000000000ull

uint16_t path_mss(const struct stack *s, bool is4)
{
    uint32_t room = s->cfg.mtu - (is4 ? IP4_TCP_HEADERS : IP6_TCP_HEADERS);
    return (uint16_t)(s->cfg.mss ? s->cfg.mss : room);
}

static uint16_t mss_of(const struct net_error *e)
{
    bool is4 = ip_is4(e->src);
    uint32_t least = is4 ? IP4_MTU_LEAST : IP6_MTU_LEAST;
    return (uint16_t)((e->mtu > least ? e->mtu : least) - (is4 ? IP4_TCP_HEADERS : IP6_TCP_HEADERS));
}

static void lower(struct stack *s, struct path *p, uint16_t mss)
{
    if (mss >= p->mss)
        return;
    p->mss = mss;
    p->mtu_due_ns = s->now_ns + LOWERED_NS;
    if (!s->mtu_due_ns)
        s->mtu_due_ns = p->mtu_due_ns;
    s->count[COUNTER_PATH_MTU_LOWERED]++;
}

int path_error(struct stack *s, const struct pkt *p)
{
    struct net_error e;
    int drop = net_icmp_error(p, &e);
    if (drop)
        return drop;
    uint32_t path = path_find(s, e.src, e.dst);
    uint32_t conn = path == PATH_NONE ? CONN_NONE
                                      : tcp_quoted(&s->tcp, path, e.src_port, e.dst_port, e.seq);
    if (conn == CONN_NONE)
        return -DROP_ICMP_QUOTE;
    s->count[COUNTER_ICMP_ERRORS]++;
    if (e.kind != NET_ERROR_TOO_BIG)
        return 0;
    lower(s, &s->paths[path], mss_of(&e));
    tcp_path_mss(&s->tcp, conn, mss_of(&e));
    return 0;
}

void path_mtu_expire(struct stack *s, uint64_t now_ns)
{
    s->mtu_due_ns = 0;
    for (uint32_t i = 0; i < s->path_count; i++) {
        struct path *p = &s->paths[i];
        if (p->mtu_due_ns && p->mtu_due_ns <= now_ns) {
            p->mtu_due_ns = 0;
            p->mss = path_mss(s, ip_is4(p->remote));
            s->count[COUNTER_PATH_MTU_RAISED]++;
        } else if (p->mtu_due_ns && (!s->mtu_due_ns || p->mtu_due_ns < s->mtu_due_ns)) {
            s->mtu_due_ns = p->mtu_due_ns;
        }
    }
}
