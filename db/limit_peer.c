/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What our own responder counted. Its counters are stored as they stood at moments of the run:
 * where measured phases begin and end, and when the run ends (of runs of earlier versions only
 * then). What it did in a phase is the difference between the moments nearest to the phase's edges;
 * where none is near, the figures are those of its whole life.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "db/limit_internal.h"

#define NEAR 0.1 /* of a phase: how far from its edge a moment may lie */

/* --- ticks ----------------------------------------------------------------------------------- */

bool limit_take_ticks(struct limit_ticks *t, const char *name, double value)
{
    if (!name || strncmp(name, "cycles_", 7))
        return false;
    t->all += value;
    t->idle += strcmp(name, "cycles_idle") ? 0 : value;
    t->kick += strcmp(name, "cycles_kick") && strcmp(name, "cycles_poll") ? 0 : value;
    return true;
}

double limit_busy_of(const struct limit_ticks *t)
{
    return t->all > 0 ? 1 - t->idle / t->all : NAN;
}

/* --- moments --------------------------------------------------------------------------------- */

enum told { RETRANSMITS, RTO_FIRED, WINDOW_WAITS, CWND_WAITS, WINDOW_CLOSED, TOLD };
static const char *const told_names[TOLD] = {"retransmits", "rto_fired", "window_waits",
                                             "cwnd_waits", "window_closed"};

/* Totals since the responder began; what is not stored is 0. */
struct moment {
    int64_t at_ns;
    struct limit_ticks ticks;
    double told[TOLD];
};

/* The moments nearest to the edges of each measured phase. */
struct edges {
    struct moment from[LIMIT_SPANS], to[LIMIT_SPANS];
    size_t seen; /* moments */
};

static double distance(int64_t a, int64_t b)
{
    return fabs((double)a - (double)b); /* of whatever a file holds */
}

static void keep_nearest(struct moment *best, const struct moment *now, int64_t edge_ns, bool first)
{
    if (first || distance(now->at_ns, edge_ns) < distance(best->at_ns, edge_ns))
        *best = *now;
}

static void end_moment(struct edges *x, const struct moment *now, const struct limit_moments *m)
{
    for (size_t i = 0; i < m->spans_count && i < LIMIT_SPANS; i++) {
        keep_nearest(&x->from[i], now, m->spans[i].from_ns, !x->seen);
        keep_nearest(&x->to[i], now, m->spans[i].to_ns, !x->seen);
    }
    x->seen++;
}

static void take_row(struct moment *now, struct db_stmt *s)
{
    const char *name = db_col_text(s, "name");
    double value = db_col_f64(s, "value");
    if (limit_take_ticks(&now->ticks, name, value))
        return;
    for (int i = 0; i < TOLD && name; i++)
        if (!strcmp(name, told_names[i]))
            now->told[i] = value;
}

/* Adds `to` less `from`. */
static void add_growth(struct moment *sum, const struct moment *from, const struct moment *to)
{
    sum->ticks.all += to->ticks.all - from->ticks.all;
    sum->ticks.idle += to->ticks.idle - from->ticks.idle;
    for (int i = 0; i < TOLD; i++)
        sum->told[i] += to->told[i] - from->told[i];
}

/* Whether every measured phase has a moment at both ends; their growth together then. */
static bool sum_phases(const struct edges *x, const struct limit_moments *m, struct moment *sum)
{
    *sum = (struct moment){0};
    for (size_t i = 0; i < m->spans_count; i++) {
        if (i == LIMIT_SPANS)
            return false;
        double near = NEAR * distance(m->spans[i].to_ns, m->spans[i].from_ns);
        if (x->from[i].at_ns >= x->to[i].at_ns ||
            distance(x->from[i].at_ns, m->spans[i].from_ns) > near ||
            distance(x->to[i].at_ns, m->spans[i].to_ns) > near)
            return false;
        add_growth(sum, &x->from[i], &x->to[i]);
    }
    return m->spans_count > 0;
}

/* --- all ------------------------------------------------------------------------------------- */

static void put(struct limit_figures *f, const struct moment *sum)
{
    f->peer_busy = limit_busy_of(&sum->ticks);
    f->peer_retransmits = sum->told[RETRANSMITS];
    f->peer_rto_fired = sum->told[RTO_FIRED];
    f->peer_window_waits = sum->told[WINDOW_WAITS];
    f->peer_cwnd_waits = sum->told[CWND_WAITS];
    f->peer_window_closed = sum->told[WINDOW_CLOSED];
}

static int read_moments(struct db *db, int64_t run_id, const struct limit_moments *m,
                        struct edges *x, struct moment *last, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = limit_query(db,
                          "SELECT at_ns, name, value FROM iface_counter WHERE run_id = :run_id AND "
                          "iface = 'peer' ORDER BY at_ns",
                          run_id, &s, e);
    bool any = false;
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        int64_t at_ns = db_col_i64(s, "at_ns");
        if (any && at_ns != last->at_ns)
            end_moment(x, last, m);
        if (!any || at_ns != last->at_ns)
            *last = (struct moment){.at_ns = at_ns};
        any = true;
        take_row(last, s);
        ret = 0;
    }
    db_finish(s);
    if (any)
        end_moment(x, last, m);
    return ret;
}

int limit_load_peer(struct db *db, int64_t run_id, struct limit_figures *f,
                    const struct limit_moments *m, struct err *e)
{
    struct edges x = {.seen = 0};
    struct moment last = {0}, sum;
    int ret = read_moments(db, run_id, m, &x, &last, e);
    if (ret || !x.seen)
        return ret;
    f->peer_life = !sum_phases(&x, m, &sum);
    if (f->peer_life && m->phase_id)
        return 0; /* of one phase the whole life says nothing */
    put(f, f->peer_life ? &last : &sum);
    if (!f->peer_life)
        f->peer_completed = f->completed;
    return 0;
}
