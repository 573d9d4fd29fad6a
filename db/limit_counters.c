/* SPDX-License-Identifier: BSD-3-Clause */
/* The counters among the figures that say what limited a run. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "db/db.h"
#include "db/limit_internal.h"

#define OF(field) offsetof(struct limit_figures, field)

static double *field(struct limit_figures *f, size_t offset)
{
    return (double *)(void *)((char *)f + offset);
}

/* --- names in the file and the fields they fill ---------------------------------------------- */

struct place {
    const char *kind, *name;
    size_t offset;
};

static const struct place counted[] = {
    {"counter", "started", OF(started)},
    {"counter", "completed", OF(completed)},
    {"counter", "failed", OF(failed)},
    {"counter", "segments_tx", OF(segments)},
    {"counter", "retransmits", OF(retransmits)},
    {"counter", "rto_fired", OF(rto_fired)},
    {"counter", "window_waits", OF(window_waits)},
    {"counter", "cwnd_waits", OF(cwnd_waits)},
    {"counter", "window_closed", OF(window_closed)},
    {"counter", "tx_full", OF(tx_full)},
    {"counter", "rounds", OF(rounds)},
    {"counter", "polls", OF(polls)},
    {"counter", "gaps", OF(gaps)},
    {"counter", "gap_max_ns", OF(gap_max_ns)},
    {"result", "not_sent", OF(not_sent)},
    {"drop", "wire_rx_full", OF(rx_full)},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const struct place *find(const struct place *places, size_t count, const char *kind,
                                const char *name)
{
    for (size_t i = 0; i < count && kind && name; i++)
        if (!strcmp(places[i].kind, kind) && !strcmp(places[i].name, name))
            return &places[i];
    return NULL;
}

/* --- ticks and counts ------------------------------------------------------------------------ */

static void end_worker(struct limit_figures *f, struct limit_ticks *sum, struct limit_ticks *worker)
{
    f->busiest = fmax(f->busiest, limit_busy_of(worker)); /* NAN gives way */
    sum->all += worker->all;
    sum->idle += worker->idle;
    sum->kick += worker->kick;
    *worker = (struct limit_ticks){0};
}

/* Where nothing is counted under a name that the file knows, it is 0. */
static int load_names(struct db *db, int64_t run_id, struct limit_figures *f, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret =
        limit_query(db,
                    "SELECT kind, name FROM counter_name WHERE EXISTS (SELECT 1 FROM interval i "
                    "JOIN phase p ON p.id = i.phase_id WHERE i.run_id = :run_id AND p.measured)",
                    run_id, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        const struct place *p =
            find(counted, COUNT_OF(counted), db_col_text(s, "kind"), db_col_text(s, "name"));
        if (p)
            *field(f, p->offset) = 0;
        ret = 0;
    }
    db_finish(s);
    return ret;
}

static void take_counter(struct limit_figures *f, struct db_stmt *s, struct limit_ticks *worker)
{
    const char *name = db_col_text(s, "name");
    double value = db_col_f64(s, "value");
    const struct place *p = find(counted, COUNT_OF(counted), db_col_text(s, "kind"), name);
    if (limit_take_ticks(worker, name, value) || !p)
        return;
    double *to = field(f, p->offset);
    *to = p->offset == OF(gap_max_ns) ? fmax(*to, value) : *to + value;
}

static int load_counted(struct db *db, int64_t run_id, struct limit_figures *f,
                        const struct limit_moments *m, struct err *e)
{
    struct db_stmt *s = NULL;
    struct limit_ticks sum = {0}, worker = {0};
    int64_t last = 0;
    int ret = limit_query_phase(db,
                          "SELECT i.worker, n.kind, n.name, CASE n.rollup WHEN 'max' "
                          "  THEN max(c.value) ELSE sum(c.value) END AS value "
                          "FROM interval i JOIN phase p ON p.id = i.phase_id "
                          "JOIN counter c ON c.interval_id = i.id "
                          "JOIN counter_name n ON n.id = c.name_id "
                          "WHERE i.run_id = :run_id AND " LIMIT_PHASE
                          "GROUP BY i.worker, n.id ORDER BY i.worker",
                          run_id, m, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        if (db_col_i64(s, "worker") != last)
            end_worker(f, &sum, &worker);
        last = db_col_i64(s, "worker");
        take_counter(f, s, &worker);
        ret = 0;
    }
    db_finish(s);
    end_worker(f, &sum, &worker);
    f->busy = limit_busy_of(&sum);
    f->kick = sum.all > 0 ? sum.kick / sum.all : NAN;
    f->seen = sum.all > 0 && m->loop_ns > 0 ? sum.all / m->hz / (m->loop_ns / 1e9) : NAN;
    return ret;
}

int limit_load_counters(struct db *db, int64_t run_id, struct limit_figures *f,
                        const struct limit_moments *m, struct err *e)
{
    int ret = load_names(db, run_id, f, e);
    ret = ret ? ret : load_counted(db, run_id, f, m, e);
    return ret ? ret : limit_load_peer(db, run_id, f, m, e);
}
