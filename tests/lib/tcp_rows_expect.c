/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows that expect: what the engine sent, told and counted. */
#include "tcp_rows_internal.h"

const char *rows_event_name(enum tcp_event event)
{
    static const char *const names[] = {"OPEN",  "PEER_CLOSED", "CLOSED",
                                        "RESET", "REFUSED",     "TIMEOUT"};
    return names[event];
}

static void compare(const struct rows *r, const char *what, int64_t found, int64_t expected)
{
    if (expected != ANY && found != expected)
        FAIL(r, "%s is %ld, expected %ld", what, found, expected);
}

static void compare_number(const struct rows *r, const char *name, uint32_t found, uint32_t usual)
{
    int64_t expected = rows_field(r, name, usual);
    compare(r, name, found, expected == ANY ? ANY : (uint32_t)expected);
}

static void compare_options(const struct rows *r, const struct tcp_seg *s)
{
    bool syn = s->h.flags & TCP_SYN, rst = s->h.flags & TCP_RST;
    bool first = syn && !(s->h.flags & TCP_ACK);
    int64_t ts = r->mode.ts && (first || r->syn_ts) && !rst;
    compare(r, "timestamp", !!(s->h.opts & TCP_OPT_TS), rows_field(r, "ts", ts));
    compare(r, "MSS", s->h.opts & TCP_OPT_MSS ? s->h.mss : 0,
            rows_field(r, "mss", syn ? r->mode.mss : 0));
    if (rows_field(r, "ecr", ANY) != ANY && s->h.opts & TCP_OPT_TS)
        compare(r, "echo", (int32_t)(s->h.ts_ecr - rows_ts_clock(r)), rows_field(r, "ecr", ANY));
    if (rows_field(r, "ws", ANY) != ANY)
        compare(r, "scale", s->h.opts & TCP_OPT_WSCALE ? s->h.wscale : -1,
                rows_field(r, "ws", ANY));
}

static void compare_sack(const struct rows *r, uint32_t iss, const struct tcp_seg *s)
{
    struct sack_block expected[TCP_SACK_MAX];
    bool syn = s->h.flags & TCP_SYN;
    compare(r, "SACK permitted", !!(s->h.opts & TCP_OPT_SACK_OK),
            syn && r->cfg.sack && (!(s->h.flags & TCP_ACK) || r->syn_sack));
    if (syn || !strstr(r->row, " sack="))
        return;
    uint32_t count = rows_sack_blocks(r, iss, expected);
    for (uint32_t i = 0; i < count && i < tcp_sack_count(s->h.opts); i++) {
        compare(r, "SACK from", (uint32_t)(s->h.sack[i].start - iss), expected[i].start - iss);
        compare(r, "SACK to", (uint32_t)(s->h.sack[i].end - iss), expected[i].end - iss);
    }
    compare(r, "number of SACK blocks", tcp_sack_count(s->h.opts), count);
}

static void row_sent(struct rows *r, const char *flags)
{
    if (r->sent_head == r->sent_tail)
        FAIL(r, "the engine sent nothing");
    const struct tcp_seg *s = &r->sent[r->sent_head++ % QUEUE];
    r->at = (uint32_t)(s->h.dst_port - RPORT) % PEERS;
    struct peer *p = peer(r);
    if (s->h.flags & TCP_SYN && (!p->numbered || !(s->h.flags & TCP_ACK)))
        rows_number_from(p, s->h.seq);
    uint32_t seq = s->h.seq - p->our_iss, ack = s->h.ack - p->iss;
    compare(r, "flags", s->h.flags & ~TCP_PSH, rows_flags(flags));
    compare_number(r, "seq", seq, p->our_nxt);
    if (s->h.flags & TCP_ACK)
        compare_number(r, "ack", ack, p->nxt);
    compare(r, "len", s->len, rows_field(r, "len", 0));
    compare(r, "ECN", s->h.ecn, rows_field(r, "ecn", 0));
    bool syn = s->h.flags & TCP_SYN;
    int shift = syn || r->syn_ws < 0 ? 0 : r->mode.scale;
    compare(r, "window", (int64_t)s->h.window << shift, rows_field(r, "win", ANY));
    compare_options(r, s);
    compare_sack(r, p->iss, s);
    if (s->len)
        compare(r, "stream position", (int64_t)s->pos, (int64_t)seq - 1);
    uint32_t end = seq + s->len + !!(s->h.flags & TCP_FIN) + syn;
    if (!(s->h.flags & TCP_RST) && seq_lt(p->our_nxt, end))
        p->our_nxt = end;
    if (s->h.opts & TCP_OPT_TS)
        p->ts_val_seen = s->h.ts_val;
}

static void row_whatever(struct rows *r)
{
    while (r->sent_head != r->sent_tail) {
        const struct tcp_seg *s = &r->sent[r->sent_head++ % QUEUE];
        struct peer *p = &r->peers[(uint32_t)(s->h.dst_port - RPORT) % PEERS];
        p->our_nxt = seq_max(p->our_nxt, s->h.seq - p->our_iss + s->len + !!(s->h.flags & TCP_FIN));
    }
}

static void row_event(struct rows *r, const char *name)
{
    if (r->event_head == r->event_tail)
        FAIL(r, "no such event");
    enum tcp_event event = r->events[r->event_head++ % QUEUE];
    if (strcmp(rows_event_name(event), name))
        FAIL(r, "the event is %s", rows_event_name(event));
}

static void row_state(struct rows *r, const char *name)
{
    const struct conn *c = peer(r)->conn == CONN_NONE ? NULL : tcp_conn(&r->t, peer(r)->conn);
    bool none = !c || c->state == TCP_CLOSED || c->state >= TCP_ABORTED;
    const char *found = none ? "none" : tcp_state_name((enum tcp_state)c->state);
    if (strcmp(found, name))
        FAIL(r, "the state is %s", found);
}

static void row_count(struct rows *r, const char *rest)
{
    for (enum counter c = 0; c < COUNTER_COUNT; c++) {
        size_t len = strlen(counter_name(c));
        if (!strncmp(rest, counter_name(c), len) && rest[len] == ' ') {
            compare(r, "counter", (int64_t)r->count[c], rows_number(r, rest + len + 1));
            return;
        }
    }
    FAIL(r, "no such counter");
}

bool rows_expect(struct rows *r, const char *row)
{
    if (*row == '>')
        row_sent(r, row + 2);
    else if (starts(row, "whatever"))
        row_whatever(r);
    else if (starts(row, "event "))
        row_event(r, row + 6);
    else if (starts(row, "state "))
        row_state(r, row + 6);
    else if (starts(row, "count "))
        row_count(r, row + 6);
    else if (starts(row, "data "))
        compare(r, "data", r->data, rows_number(r, row + 5)), r->data = 0;
    else if (starts(row, "acked "))
        compare(r, "acked", (int64_t)r->acked, rows_number(r, row + 6));
    else if (starts(row, "drop ")) {
        if (strcmp(drop_name((enum drop)r->drop), row + 5))
            FAIL(r, "the reason is %s", drop_name((enum drop)r->drop));
    } else
        return false;
    return true;
}
