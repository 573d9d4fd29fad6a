/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tail loss probe (RFC 8985 7): when the answers stay out for two round trips, the last segment goes
 * out again, or a new one, so that what is missing before it is reported. The probe's time stands in
 * rto_at (MORE_PTO says so). Where it would not come before the time-out it takes the time-out's place
 * (7.2), and the time-out follows.
 */
#include "tcp/recovery.h"

/* Nothing is known to be missing, and no probe is under way. */
static bool may_probe(const struct tcp *t, const struct conn *c)
{
    if (!conn_has_more(c, MORE_SACK) || !t->cfg.rack || !c->srtt || c->backoff ||
        conn_has(c, CONN_RECOVERY | CONN_PERSIST) || c->snd_nxt != c->snd_max)
        return false;
    const struct side *s = conn_side(t, c);
    return !s || !(s->ranges || side_has(s, SIDE_TLP));
}

__attribute__((noinline)) uint32_t tlp_wait_of(const struct tcp *t, const struct conn *c, uint32_t rto,
                                               uint32_t extra)
{
    if (!may_probe(t, c))
        return rto;
    uint32_t wait = c->srtt >> 2;
    if (wait < TLP_MIN_TK)
        wait = TLP_MIN_TK;
    wait += extra;
    return wait < rto ? wait : rto;
}

static bool begin(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    struct side *s = side_attach(t, c);
    if (!s)
        return false;
    s->rack_tk = t->now_tk;
    side_set(s, SIDE_TLP | SIDE_TLP_SEND);
    side_clear(s, SIDE_TLP_AGAIN | SIDE_UNDO);
    s->tlp_end = c->snd_max;
    out_add(t, index);
    return true;
}

bool tlp_due(struct tcp *t, uint32_t index)
{
    struct conn *c = &t->conns[index];
    bool early = conn_has_more(c, MORE_PTO);
    conn_clear_more(c, MORE_PTO);
    bool now = early || (c->snd_una != c->snd_max && may_probe(t, c));
    if (!now || (!begin(t, index) && !early))
        return false;
    timer_rto_after(t, index, rto_tk(t, c));
    return true;
}

/* New text goes first, one segment, whatever the congestion window says. */
bool tlp_choose(const struct tcp *t, struct conn *c, uint32_t *seq, uint32_t *len)
{
    struct side *s = conn_side(t, c);
    if (!s || !side_has(s, SIDE_TLP_SEND))
        return false;
    uint32_t full = c->mss - sack_bytes(t, c), used = c->snd_nxt - c->snd_una;
    uint32_t room = c->snd_wnd > used ? c->snd_wnd - used : 0, waits = 0;
    side_clear(s, SIDE_TLP_SEND);
    tcp_count(t, COUNTER_TLP_PROBES);
    if (seq_lt(c->snd_nxt, c->snd_lim))
        waits = c->snd_lim - c->snd_nxt;
    *seq = c->snd_nxt;
    *len = waits < full ? waits : full;
    if (*len && *len <= room) {
        s->tlp_end = *seq + *len;
        return true;
    }
    uint32_t end = seq_min(c->snd_max, c->snd_lim);
    *len = end - c->snd_una < full ? end - c->snd_una : full;
    *seq = end - *len;
    s->tlp_end = c->snd_max;
    side_set(s, SIDE_TLP_AGAIN);
    return true;
}

/* RFC 8985 7.4.2: the probe repaired a loss that nobody else tells the window of, unless both copies
 * arrived. */
void tlp_acked(struct tcp *t, struct conn *c, const struct pkt_tcp *p, bool news, bool twice)
{
    struct side *s = conn_side(t, c);
    if (!side_has(s, SIDE_TLP) || seq_lt(p->ack, s->tlp_end))
        return;
    bool again = side_has(s, SIDE_TLP_AGAIN);
    bool both = twice || (!news && !p->payload_len && !tcp_sack_count(p->opts));
    if (again && !both && p->ack == s->tlp_end)
        return; /* the next one tells */
    side_clear(s, SIDE_TLP | SIDE_TLP_SEND | SIDE_TLP_AGAIN);
    if (!again || both || conn_has(c, CONN_RECOVERY))
        return;
    congestion_loss_event(t, c, c->cwnd);
    if (congestion_is_on(t) && c->ssthresh < c->cwnd)
        c->cwnd = c->ssthresh;
}
