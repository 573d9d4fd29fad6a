/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rule. What a figure shows directly comes first, what is left when nothing is full comes last:
 * the first line of the table that holds is the answer. From where on a figure shows something, the
 * job says (limit_bounds.c).
 */
#include "db/limit.h"

#include <math.h>
#include <stddef.h>

#include "db/limit_internal.h"

static const struct {
    const char *name, *part, *words;
} limits[] = {
#define X(NAME, name, part, words) [LIMIT_##NAME] = {#name, #part, words},
    LIMIT_LIST(X)
#undef X
};

const char *limit_name(enum limit l)
{
    return limits[l].name;
}

const char *limit_words(enum limit l)
{
    return limits[l].words;
}

const char *limit_part(enum limit l)
{
    return limits[l].part;
}

/* --- what the figures say; what is missing holds nothing: NAN compares false ------------------ */

static double larger(double a, double b)
{
    return fmax(a, b); /* of one that is missing, the other */
}

double limit_loops(const struct limit_figures *f)
{
    return f->workers * (1 + (f->peer == LIMIT_PEER_OURS && f->peer_in_process > 0));
}

double limit_away(const struct limit_figures *f)
{
    double unseen = 1 - f->seen, taken = 1 - f->cpu_gen / limit_loops(f);
    double peer = NAN;
    if (f->peer == LIMIT_PEER_OURS && !(f->peer_in_process > 0))
        peer = 1 - f->cpu_peer / f->workers;
    double most = larger(larger(unseen, taken), peer);
    return most < 0 ? 0 : most;
}

/* Our data waits for the peer's window, its data for ours. */
double limit_waits_peer(const struct limit_figures *f)
{
    return f->window_waits / f->completed;
}

double limit_waits_own(const struct limit_figures *f)
{
    return f->peer_window_waits / f->peer_completed;
}

double limit_waits_congestion(const struct limit_figures *f)
{
    return larger(f->cwnd_waits / f->completed, f->peer_cwnd_waits / f->peer_completed);
}

double limit_closings_peer(const struct limit_figures *f)
{
    return f->peer_window_closed / f->peer_completed;
}

double limit_closings_own(const struct limit_figures *f)
{
    return f->window_closed / f->completed;
}

double limit_timed_out(const struct limit_figures *f)
{
    double fired = larger(f->rto_fired, f->peer_rto_fired); /* both ends wait at the same time */
    double share = fired * f->rto_min_ns / 1e9 / (f->connections * f->seconds);
    return share > 1 ? 1 : share;
}

double limit_resent(const struct limit_figures *f)
{
    return f->retransmits / f->segments;
}

static bool nothing_completed(const struct limit_figures *f)
{
    return !(f->completed > 0) || !(f->seconds > 0);
}

/* With a rate that moves, the schedule is kept up with as long as nobody waits longer for a
 * connection than for an answer. */
static bool load_met(const struct limit_figures *f)
{
    if (f->closed_loop)
        return false;
    if (f->constant)
        return f->started - f->not_sent >= f->bounds.kept_up * f->offered;
    return f->not_sent == 0 && f->queueing_ns <= f->service_ns;
}

static bool loop_full(const struct limit_figures *f)
{
    return larger(f->busy, f->busiest) >= f->bounds.busy;
}

static bool transmit_full(const struct limit_figures *f)
{
    return loop_full(f) && f->kick >= f->bounds.transmit;
}

static bool responder_full(const struct limit_figures *f)
{
    return f->peer == LIMIT_PEER_OURS && f->peer_busy >= (f->peer_life ? f->bounds.busy_life : f->bounds.busy);
}

/* A core for one thread, or all that gen leaves: between them it depends on its threads. */
static bool server_full(const struct limit_figures *f)
{
    double full = f->bounds.core;
    return f->peer == LIMIT_PEER_LOCAL && f->cpu_peer >= full &&
           (f->cpu_peer <= 2 - full || f->cpu_peer >= full * (f->cores - f->workers));
}

static bool ring_full(const struct limit_figures *f)
{
    return f->tx_full >= f->bounds.tx_full * f->rounds && f->tx_full > 0;
}

static bool loses(const struct limit_figures *f)
{
    return limit_timed_out(f) >= f->bounds.timed_out || limit_resent(f) >= f->bounds.sent_again;
}

static bool peer_window_small(const struct limit_figures *f)
{
    return limit_waits_peer(f) >= f->bounds.waits || limit_closings_peer(f) >= f->bounds.waits;
}

static bool own_window_small(const struct limit_figures *f)
{
    return limit_waits_own(f) >= f->bounds.waits || limit_closings_own(f) >= f->bounds.waits;
}

static bool congestion_small(const struct limit_figures *f)
{
    return limit_waits_congestion(f) >= f->bounds.waits;
}

/* The kernel shakes hands at once; a server that makes even the first reply wait far longer than
 * that holds it. Our own responder never does. */
static bool server_holds(const struct limit_figures *f)
{
    return f->peer != LIMIT_PEER_OURS && f->busy < f->bounds.room &&
           f->service_min_ns >= f->bounds.holds * f->connect_min_ns;
}

static bool cores_taken(const struct limit_figures *f)
{
    return limit_away(f) >= f->bounds.away;
}

const char *limit_missing(const struct limit_figures *f)
{
    if (isnan(f->busy))
        return "the generator's cycles are not in the file";
    if (f->peer == LIMIT_PEER_OURS && isnan(f->peer_busy))
        return "the responder's own counters are missing: they are stored at the edges of measured phases and "
               "when a run ends";
    if (f->peer == LIMIT_PEER_LOCAL && isnan(f->cpu_peer))
        return "the server's CPU was not sampled";
    if (f->peer == LIMIT_PEER_LOCAL && f->cpu_peer >= f->bounds.core)
        return "whether one of the server's threads was full is not recorded";
    if (isnan(f->outstanding))
        return "no latency was recorded";
    return NULL;
}

static bool slots_busy(const struct limit_figures *f)
{
    return !limit_missing(f) && (f->outstanding >= f->bounds.slots * f->slots || !f->long_lived);
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct rule {
    enum limit by;
    bool (*holds)(const struct limit_figures *f);
    void (*say)(const struct limit_figures *f, struct limit_verdict *v);
} rules[] = {
    {LIMIT_UNKNOWN, nothing_completed, limit_say_nothing},
    {LIMIT_LOAD, load_met, limit_say_load},
    {LIMIT_WIRE, transmit_full, limit_say_transmit},
    {LIMIT_GENERATOR, loop_full, limit_say_generator},
    {LIMIT_PEER, responder_full, limit_say_responder},
    {LIMIT_PEER, server_full, limit_say_server},
    {LIMIT_WIRE, ring_full, limit_say_ring},
    {LIMIT_LOSS, loses, limit_say_loss},
    {LIMIT_PEER_WINDOW, peer_window_small, limit_say_peer_window},
    {LIMIT_OWN_WINDOW, own_window_small, limit_say_own_window},
    {LIMIT_CONGESTION, congestion_small, limit_say_congestion},
    {LIMIT_PEER, server_holds, limit_say_holds},
    {LIMIT_MACHINE, cores_taken, limit_say_machine},
    {LIMIT_ROUND_TRIP, slots_busy, limit_say_round_trip},
};

void limit_judge(const struct limit_figures *f, struct limit_verdict *out)
{
    *out = (struct limit_verdict){.by = LIMIT_UNKNOWN};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].holds(f)) {
            out->by = rules[i].by;
            rules[i].say(f, out);
            if (out->by != LIMIT_MACHINE)
                limit_say_taken(f, cores_taken(f), out);
            limit_say_failed(f, out);
            return;
        }
    limit_say_unknown(f, out);
}
