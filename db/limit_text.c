/* SPDX-License-Identifier: BSD-3-Clause */
/* What limited a run, in words: the figures that show it, and what would raise the result. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "db/limit_internal.h"

/* --- pieces ---------------------------------------------------------------------------------- */

static void append(char *buf, size_t size, const char *format, va_list args)
{
    size_t at = strlen(buf);
    vsnprintf(buf + at, size - at, format, args);
}

static void __attribute__((format(printf, 2, 3)))
show(struct limit_verdict *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(v->evidence, sizeof v->evidence, format, args);
    va_end(args);
}

static void __attribute__((format(printf, 2, 3)))
advise(struct limit_verdict *v, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(v->remedy, sizeof v->remedy, format, args);
    va_end(args);
}

/* Numbers for the arguments of one call. */
struct words {
    char text[48];
};

static const char *count(struct words *w, double n)
{
    if (!(n >= 0) || n > 1e15)
        return "?";
    return n < 100 && n != rint(n)
               ? (snprintf(w->text, sizeof w->text, "%.1f", n), w->text)
               : units_format_count(w->text, sizeof w->text, (uint64_t)(n + 0.5));
}
#define COUNT(n) count(&(struct words){{0}}, n)

static const char *time_of(struct words *w, double ns)
{
    return ns >= 0 && ns < 1e18 ? units_format_ns(w->text, sizeof w->text, (uint64_t)ns) : "?";
}
#define TIME(ns) time_of(&(struct words){{0}}, ns)

static const char *percent(struct words *w, double share)
{
    double p = 100 * share;
    if (isnan(share))
        return "?";
    snprintf(w->text, sizeof w->text, p >= 0.05 && p < 9.95 ? "%.1f %%" : "%.0f %%", p);
    return w->text;
}
#define PERCENT(share) percent(&(struct words){{0}}, share)

/* "generator loop busy 52 %, responder loop 44 %" */
static void show_loops(const struct limit_figures *f, struct limit_verdict *v)
{
    if (!isnan(f->busy))
        show(v, "generator loop busy %s", PERCENT(f->busy));
    else
        show(v, "generator's cycles not recorded");
    if (!isnan(f->peer_busy))
        show(v, ", responder loop %s", PERCENT(f->peer_busy));
    else if (!isnan(f->cpu_peer) && f->peer == LIMIT_PEER_LOCAL)
        show(v, ", server process on %s cores", COUNT(f->cpu_peer));
}

/* Who is next when this limit is gone. */
static void advise_next(const struct limit_figures *f, struct limit_verdict *v)
{
    bool ours = !(f->peer_busy > f->busy);
    if (fmax(f->busy, f->peer_busy) >= 0.5)
        advise(v, "; the %s loop, busy %s, comes next", ours ? "generator's" : "responder's",
               PERCENT(ours ? f->busy : f->peer_busy));
}

/* --- nothing to judge, nothing in the way ------------------------------------------------------
 */

void limit_say_nothing(const struct limit_figures *f, struct limit_verdict *v)
{
    if (!(f->seconds > 0))
        show(v, "nothing was measured");
    else if (f->failed > 0)
        show(v, "none of %s transactions completed", COUNT(f->failed));
    else
        show(v, "no transaction ended in the measured time");
}

void limit_say_load(const struct limit_figures *f, struct limit_verdict *v)
{
    if (f->constant)
        show(v, "%s of %s transactions offered were started; ", COUNT(f->started - f->not_sent),
             COUNT(f->offered));
    else
        show(v, "%s transactions were started as the shape says; ", COUNT(f->started));
    show_loops(f, v);
    advise(v, "a higher rate, until something else limits it");
    advise_next(f, v);
}

/* --- the two ends and the wire -----------------------------------------------------------------
 */

void limit_say_transmit(const struct limit_figures *f, struct limit_verdict *v)
{
    show_loops(f, v);
    show(v, "; %s of the generator's time in system calls", PERCENT(f->kick));
    if (f->lab && f->peer == LIMIT_PEER_OURS && f->polls == 0)
        advise(v, "loops that receive by themselves (busy_poll = yes), ");
    advise(v, "a driver with zero copy, larger batches (batch), or more queues (workers)");
}

static void advise_workers(const struct limit_figures *f, struct limit_verdict *v)
{
    double loops =
        limit_loops(f) + (f->peer == LIMIT_PEER_OURS && !(f->peer_in_process > 0) ? f->workers : 0);
    advise(v, "more workers");
    if (loops >= f->cores)
        advise(v, ", on a machine with more than its %s cores", COUNT(f->cores));
}

void limit_say_generator(const struct limit_figures *f, struct limit_verdict *v)
{
    show_loops(f, v);
    if (f->workers > 1 && f->busiest - f->busy >= 0.05)
        show(v, "; the busiest of %s workers %s", COUNT(f->workers), PERCENT(f->busiest));
    if (f->kick >= 0.1)
        show(v, "; %s of it in system calls", PERCENT(f->kick));
    advise_workers(f, v);
}

void limit_say_responder(const struct limit_figures *f, struct limit_verdict *v)
{
    show(v, "responder loop busy %s of %s", PERCENT(f->peer_busy),
         f->peer_life ? "its life" : "the measured time");
    show(v, ", generator loop %s", PERCENT(f->busy));
    advise_workers(f, v);
}

void limit_say_server(const struct limit_figures *f, struct limit_verdict *v)
{
    show(v, "the server's process used %.2f cores", f->cpu_peer);
    show(v, "; generator loop busy %s", PERCENT(f->busy));
    advise(v, "more threads or cores for the server, or a cheaper request");
}

void limit_say_holds(const struct limit_figures *f, struct limit_verdict *v)
{
    show(v, "even the fastest reply took %s, a handshake only %s: the server holds its replies; ",
         TIME(f->service_min_ns), TIME(f->connect_min_ns));
    show_loops(f, v);
    advise(v, "a server that answers sooner; more connections or depth, if it works on several");
}

void limit_say_ring(const struct limit_figures *f, struct limit_verdict *v)
{
    show(v, "the transmit ring was full %s times, in %s of the rounds; ", COUNT(f->tx_full),
         PERCENT(f->tx_full / f->rounds));
    show_loops(f, v);
    advise(v, "a faster link or peer, or a larger ring (ring_size)");
}

/* --- TCP ---------------------------------------------------------------------------------------
 */

void limit_say_loss(const struct limit_figures *f, struct limit_verdict *v)
{
    bool ours = !(f->peer_rto_fired > f->rto_fired);
    if (limit_timed_out(f) >= 0.01)
        show(v, "%s retransmission time-outs of at least %s took %s%s of the connections' time; ",
             COUNT(ours ? f->rto_fired : f->peer_rto_fired), TIME(f->rto_min_ns),
             limit_timed_out(f) < 1 ? "at least " : "", PERCENT(limit_timed_out(f)));
    show(v, "%s of %s segments sent again; ", COUNT(f->retransmits), COUNT(f->segments));
    show_loops(f, v);
    advise(v, "a path that loses less, or a shorter rto_min");
    if (f->rx_full > 0)
        advise(v, "; the receive ring overran %s times: a larger ring_size", COUNT(f->rx_full));
}

/* Either data waits for room, or the receiver's pool was empty and closed the window. */
static void show_window(const struct limit_figures *f, double waits, double closings, bool our_key,
                        struct limit_verdict *v)
{
    if (isnan(waits) || closings > waits) {
        show(v, "an empty pool closed it %.1f times a transaction; ", closings);
        advise(v, "fewer or smaller transactions outstanding (depth, payload)");
    } else {
        show(v, "data waited %.1f times a transaction for room in it; ", waits);
        advise(v, "a larger window");
        if (our_key && f->window_bytes > 0)
            advise(v, " (window is %s B)", COUNT(f->window_bytes));
    }
    show_loops(f, v);
}

void limit_say_peer_window(const struct limit_figures *f, struct limit_verdict *v)
{
    show_window(f, limit_waits_peer(f), limit_closings_peer(f), f->peer == LIMIT_PEER_OURS, v);
}

void limit_say_own_window(const struct limit_figures *f, struct limit_verdict *v)
{
    show_window(f, limit_waits_own(f), limit_closings_own(f), true, v);
}

void limit_say_congestion(const struct limit_figures *f, struct limit_verdict *v)
{
    show(v, "data waited %.1f times a transaction for room in it; ", limit_waits_congestion(f));
    show_loops(f, v);
    advise(v, "a larger init_cwnd, connections that live longer, or congestion = none in a lab");
}

/* --- nothing is full ---------------------------------------------------------------------------
 */

void limit_say_machine(const struct limit_figures *f, struct limit_verdict *v)
{
    double loops = limit_loops(f);
    show(v, "the loops had no core %s of the time", PERCENT(limit_away(f)));
    if (!isnan(f->cpu_gen))
        show(v, " (gen used %.2f cores for %s %s)", f->cpu_gen, COUNT(loops),
             loops == 1 ? "loop" : "loops");
    if (f->gaps > 0)
        show(v, "; %s gaps over 100 us, the longest %s", COUNT(f->gaps), TIME(f->gap_max_ns));
    show(v, "; ");
    show_loops(f, v);
    advise(v, loops > f->cores ? "a core for each loop"
                               : "cores without other work (other processes, isolated CPUs)");
}

void limit_say_round_trip(const struct limit_figures *f, struct limit_verdict *v)
{
    double depth = f->slots / f->connections;
    show(v, "%s connections x depth %s, each transaction taking %s; ", COUNT(f->connections),
         COUNT(depth), TIME(f->latency_ns - fmax(f->queueing_ns, 0)));
    if (!f->closed_loop)
        show(v, "arrivals waited %s for a free one; ", TIME(f->queueing_ns));
    show_loops(f, v);
    if (f->peer == LIMIT_PEER_REMOTE)
        show(v, ", what the peer did is not seen from here");
    advise(v, "more connections or depth");
    advise_next(f, v);
}

void limit_say_unknown(const struct limit_figures *f, struct limit_verdict *v)
{
    const char *missing = limit_missing(f);
    if (missing)
        show(v, "%s; ", missing);
    else
        show(v, "nothing was full, yet only %s of %s possible transactions were outstanding; ",
             COUNT(f->outstanding), COUNT(f->slots));
    show_loops(f, v);
}

void limit_say_taken(const struct limit_figures *f, bool taken, struct limit_verdict *v)
{
    if (!taken || !(f->completed > 0))
        return;
    show(v, "; the loops had no core %s of the time", PERCENT(limit_away(f)));
    if (v->by == LIMIT_GENERATOR || (v->by == LIMIT_PEER && f->peer == LIMIT_PEER_OURS))
        advise(v, "; first of all cores without other work"); /* full only while it had one */
}

void limit_say_failed(const struct limit_figures *f, struct limit_verdict *v)
{
    if (f->completed > 0 && f->failed / (f->completed + f->failed) >= 0.01)
        show(v, "; %s of the transactions failed", PERCENT(f->failed / (f->completed + f->failed)));
}
