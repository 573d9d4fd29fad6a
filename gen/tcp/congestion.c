/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Congestion control answers with windows to what loss recovery tells (internal.h). Common to all
 * modules: slow start (RFC 5681 3.1), the first window (RFC 6928), time-outs, pauses (5681 4.1) and
 * marks (RFC 3168 6.1.2). Without it (a key) the window stays open.
 */
#include "tcp/congestion.h"

#include <string.h>

#include "tcp/internal.h"

#define SLOW_START_SEGMENTS 8    /* that the window grows by for one ACK at most (RFC 9406 4.3) */
#define LARGE_WINDOW        100  /* segments (RFC 3742 2) */
#define USUAL_SEGMENT       1460 /* bytes, of RFC 6928 */

const struct congestion_ops congestion_modules[CONGESTION_COUNT] = {
    [CONGESTION_NONE] = {.name = "none"},
    [CONGESTION_NEWRENO] = {"newreno", reno_reduce, reno_avoid, NULL, NULL, NULL},
    [CONGESTION_CUBIC] = {"cubic", cubic_on_reduce, cubic_on_avoid, cubic_on_time_out, cubic_on_undo,
                          cubic_on_resume},
};

enum congestion_kind congestion_find(const char *name)
{
    enum congestion_kind k = CONGESTION_NONE;
    while (k < CONGESTION_COUNT && strcmp(congestion_modules[k].name, name))
        k++;
    return k;
}

static const struct congestion_ops *module(const struct tcp *t)
{
    return &congestion_modules[t->cfg.congestion];
}

/* Its 10 segments and 14,600 bytes are one of the cases: large segments count for more than one, but
 * two may always leave. */
uint32_t congestion_first_window(const struct tcp *t, const struct conn *c)
{
    uint32_t segments = t->cfg.init_cwnd * c->mss, bytes = t->cfg.init_cwnd * USUAL_SEGMENT;
    if (bytes < 2u * c->mss)
        bytes = 2u * c->mss;
    return segments < bytes ? segments : bytes;
}

void congestion_init(const struct tcp *t, struct conn *c)
{
    c->ssthresh = CWND_MAX;
    c->cwnd = congestion_is_on(t) ? congestion_first_window(t, c) : CWND_MAX;
}

/* `recover` that lies behind follows, or 2^31 bytes later it would seem to lie ahead. */
static void settle_recover(struct conn *c)
{
    if (seq_lt(c->snd_una, c->recover))
        return;
    c->recover = c->snd_una;
    conn_clear_more(c, MORE_REDUCED);
}

/* RFC 3465 2.1: by what was acknowledged, so that ACKs that stand for many segments, as of whoever
 * receives by batches, open it no slower. Before anything was lost alone: behind a loss an ACK may tell of
 * what had arrived long ago (2.3); and while the window is not large, where twice as much is too much for
 * what the network holds (RFC 3742). docs/decisions/0040. */
static uint32_t slow_start_step(const struct conn *c, uint32_t acked)
{
    bool counts = c->ssthresh == CWND_MAX && c->cwnd < LARGE_WINDOW * c->mss;
    uint32_t most = counts ? SLOW_START_SEGMENTS * c->mss : c->mss;
    return acked < most ? acked : most;
}

/* A window that was not used says nothing about the network and does not grow (RFC 7661 for slow
 * start, where half of it counts as used). */
void congestion_acked(struct tcp *t, struct conn *c, uint32_t acked, uint32_t flight)
{
    settle_recover(c);
    if (!congestion_is_on(t) || c->cwnd >= CWND_MAX)
        return;
    if (c->cwnd >= c->ssthresh)
        module(t)->avoid(t, c, acked, flight + c->mss >= c->cwnd);
    else if (flight + c->mss > c->cwnd / 2)
        c->cwnd += slow_start_step(c, acked);
}

/* Whatever the reason, the peer learns it with the next new text (RFC 3168 6.1.2). */
static void tell_reduced(struct conn *c)
{
    if (conn_has(c, CONN_ECN))
        conn_set_more(c, MORE_CWR);
}

void congestion_loss_event(struct tcp *t, struct conn *c, uint32_t flight)
{
    bool reduced = conn_has_more(c, MORE_REDUCED); /* RFC 3168 6.1.2: once a round trip */
    conn_clear_more(c, MORE_REDUCED);
    tell_reduced(c);
    if (congestion_is_on(t) && !reduced) /* what duplicate ACKs and reports let out beyond is no window */
        module(t)->reduce(t, c, flight < c->cwnd ? flight : c->cwnd);
}

void congestion_rto(struct tcp *t, struct conn *c, uint32_t flight)
{
    if (c->retries == 1)
        congestion_loss_event(t, c, flight);
    if (!congestion_is_on(t))
        return;
    if (module(t)->time_out)
        module(t)->time_out(t, c);
    c->cwnd = c->mss;
}

void congestion_notified(struct tcp *t, struct conn *c)
{
    if (conn_has(c, CONN_RECOVERY) || conn_has_more(c, MORE_CWR) || seq_lt(c->snd_una, c->recover))
        return;
    tell_reduced(c);
    if (!congestion_is_on(t))
        return;
    module(t)->reduce(t, c, c->cwnd);
    if (c->ssthresh < c->cwnd)
        c->cwnd = c->ssthresh;
    if (c->snd_una != c->snd_max) {
        c->recover = c->snd_max;
        conn_set_more(c, MORE_REDUCED);
    }
    tcp_count(t, COUNTER_ECN_REDUCTIONS);
}

/* Without timestamps the time is that of the last segment that was timed, which may be a round trip
 * before the last one sent. */
static bool was_idle(const struct tcp *t, const struct conn *c)
{
    uint32_t paused = t->now_tk - c->rtt_at, later = conn_has(c, CONN_TS) ? 0 : c->srtt >> 3;
    return paused > t->cfg.rto_min_tk && paused > rto_tk(t, c) + later; /* the first: nearly always */
}

void congestion_resume(struct tcp *t, struct conn *c)
{
    if (!congestion_is_on(t) || c->snd_una != c->snd_max)
        return;
    bool anew = was_idle(t, c) && c->cwnd > congestion_first_window(t, c);
    if (anew)
        c->cwnd = congestion_first_window(t, c);
    if (module(t)->resume)
        module(t)->resume(t, c, anew);
}

void congestion_undo(struct tcp *t, struct conn *c, uint32_t flight, uint32_t ssthresh)
{
    c->ssthresh = ssthresh > c->ssthresh ? ssthresh : c->ssthresh;
    if (!congestion_is_on(t))
        return;
    if (c->cwnd < flight)
        c->cwnd = flight;
    if (module(t)->undo)
        module(t)->undo(t, c);
}
