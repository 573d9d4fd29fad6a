/* SPDX-License-Identifier: BSD-3-Clause */
/* The figures that say what limited a run, from its rows alone. */
#include <math.h>
#include <string.h>

#include "base/measure.h"
#include "base/units.h"
#include "db/db.h"
#include "db/limit_internal.h"

int limit_query(struct db *db, const char *sql, int64_t run_id, struct db_stmt **out, struct err *e)
{
    int ret = db_prepare(db, "read what limited the run", sql, out, e);
    if (ret == 0)
        db_bind_i64(*out, ":run_id", run_id);
    return ret;
}

int limit_query_phase(struct db *db, const char *sql, int64_t run_id, const struct limit_moments *m,
                      struct db_stmt **out, struct err *e)
{
    int ret = limit_query(db, sql, run_id, out, e);
    if (ret == 0)
        db_bind_i64(*out, ":phase_id", m->phase_id);
    return ret;
}

/* --- the run and its job --------------------------------------------------------------------- */

/* Whether every phase offers a rate that does not move. */
static bool all_constant(const char *job)
{
    for (const char *at = job; at && (at = strstr(at, "\nshape = ")); at++)
        if (strncmp(at + 9, "constant\n", 9) && strncmp(at + 9, "max\n", 4))
            return false;
    return true;
}

static enum limit_peer peer_of(const char *wire, const char *peer)
{
    if (strcmp(wire, "pair") && strncmp(wire, "lab", 3))
        return LIMIT_PEER_REMOTE;
    return strncmp(peer, "exec:", 5) ? LIMIT_PEER_OURS : LIMIT_PEER_LOCAL;
}

static void take_job(struct limit_figures *f, const char *wire, const char *job)
{
    char buf[64];
    uint64_t value;
    f->peer = peer_of(wire, limit_job_value(job, "peer", buf, sizeof buf));
    f->peer_in_process = !strcmp(wire, "pair");
    f->constant = all_constant(job);
    limit_bounds_read(job, &f->bounds);
    f->rto_min_ns =
        units_parse_ns(limit_job_value(job, "rto_min", buf, sizeof buf), &value) ? NAN : (double)value;
    f->window_bytes =
        units_parse_bytes(limit_job_value(job, "window", buf, sizeof buf), &value) ? NAN : (double)value;
}

static int load_run(struct db *db, int64_t run_id, struct limit_figures *f, struct limit_moments *m,
                    struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = limit_query(db,
                          "SELECT wire, job, pattern, workers, timestamp_source, "
                          "coalesce(connections_opened, connections_requested) AS connections, "
                          "(SELECT CAST(value AS REAL) FROM environment WHERE run_id = r.id AND "
                          "  name = 'tsc_hz') AS tsc_hz, "
                          "(SELECT CAST(value AS REAL) FROM environment WHERE run_id = r.id AND "
                          "  name = 'cpus_online') AS cores FROM run r WHERE id = :run_id",
                          run_id, &s, e);
    if (ret == 0 && (ret = db_step(s, e)) == 1) {
        const char *wire = db_col_text(s, "wire"), *pattern = db_col_text(s, "pattern");
        const char *source = db_col_text(s, "timestamp_source");
        take_job(f, wire ? wire : "", db_col_text(s, "job"));
        f->lab = wire && !strcmp(wire, "lab");
        f->long_lived = pattern && !strcmp(pattern, "long_lived");
        f->workers = db_col_f64(s, "workers");
        f->connections = db_col_f64(s, "connections");
        f->cores = db_col_f64(s, "cores");
        m->hz = source && !strcmp(source, "tsc") ? db_col_f64(s, "tsc_hz") : 1e9;
        ret = 0;
    }
    db_finish(s);
    return ret;
}

/* --- phases ---------------------------------------------------------------------------------- */

static void take_span(struct limit_moments *m, int64_t from, int64_t to)
{
    if (m->spans_count < LIMIT_SPANS)
        m->spans[m->spans_count] = (struct limit_span){from, to};
    m->spans_count++;
}

static void take_phase(struct limit_figures *f, struct limit_moments *m, struct db_stmt *s)
{
    int64_t from = db_col_i64(s, "started_ns"), to = db_col_i64(s, "last_ns");
    double seconds = ((double)to - (double)from) / 1e9; /* of whatever a file holds */
    double rate = db_col_f64(s, "offered_rate_per_s");
    double opened = fmin(f->connections, db_col_f64(s, "connections"));
    bool first = f->seconds == 0;
    f->closed_loop |= isnan(rate);
    f->seconds += seconds;
    f->offered += rate * seconds;
    f->slots += (isnan(opened) ? f->connections : opened) * db_col_f64(s, "depth") * seconds;
    take_span(m, from, to);
    m->from_ns = first ? from : m->from_ns;
    m->to_ns = to;
}

static int load_phases(struct db *db, int64_t run_id, struct limit_figures *f,
                       struct limit_moments *m, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = limit_query_phase(db,
                          "SELECT p.started_ns, p.offered_rate_per_s, p.connections, p.depth, "
                          "coalesce(p.ended_ns, (SELECT max(i.ended_ns) FROM interval i "
                          "  WHERE i.phase_id = p.id)) AS last_ns "
                          "FROM phase p WHERE p.run_id = :run_id AND " LIMIT_PHASE "ORDER BY p.seq",
                          run_id, m, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        ret = 0;
        if (!db_col_is_null(s, "last_ns") && db_col_i64(s, "last_ns") > db_col_i64(s, "started_ns"))
            take_phase(f, m, s);
    }
    db_finish(s);
    if (f->seconds > 0)
        f->slots /= f->seconds;
    return ret;
}

/* --- times ----------------------------------------------------------------------------------- */

static void take_time(struct limit_figures *f, struct db_stmt *s)
{
    const char *time = db_col_text(s, "time");
    double mean = db_col_f64(s, "mean_ns");
    if (!time)
        return;
    if (!strcmp(time, time_name(TIME_LATENCY)))
        f->latency_ns = mean;
    else if (!strcmp(time, time_name(TIME_QUEUEING)))
        f->queueing_ns = mean;
    else if (!strcmp(time, time_name(TIME_CONNECT)))
        f->connect_min_ns = db_col_f64(s, "min_ns");
    else if (!strcmp(time, time_name(TIME_SERVICE))) {
        f->service_ns = mean;
        f->service_min_ns = db_col_f64(s, "min_ns");
    }
}

/* Connections open before anything is measured. */
static int load_times(struct db *db, int64_t run_id, struct limit_figures *f,
                      const struct limit_moments *m, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret =
        limit_query_phase(db,
                    "SELECT h.time, sum(1.0 * h.count * h.mean_ns) / sum(h.count) AS mean_ns, "
                    "min(h.min_ns) AS min_ns FROM interval i JOIN phase p ON p.id = i.phase_id "
                    "JOIN hist h ON h.interval_id = i.id WHERE i.run_id = :run_id AND h.count > 0 "
                    "AND (" LIMIT_PHASE "OR h.time = 'connect') GROUP BY h.time",
                    run_id, m, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        take_time(f, s);
        ret = 0;
    }
    db_finish(s);
    double held_ns = f->latency_ns - (isnan(f->queueing_ns) ? 0 : f->queueing_ns);
    f->outstanding = f->seconds > 0 ? f->completed * held_ns / 1e9 / f->seconds : NAN;
    return ret;
}

/* --- processes ------------------------------------------------------------------------------- */

/* The `v` of the only row; finishes the statement. */
static int read_one(struct db_stmt *s, const struct limit_moments *m, double *out, struct err *e)
{
    db_bind_i64(s, ":from_ns", m->from_ns);
    db_bind_i64(s, ":to_ns", m->to_ns);
    int ret = db_step(s, e);
    if (ret == 1) {
        *out = db_col_f64(s, "v");
        ret = 0;
    }
    db_finish(s);
    return ret;
}

static int load_one(struct db *db, const char *sql, int64_t run_id, const struct limit_moments *m,
                    double *out, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = limit_query(db, sql, run_id, &s, e);
    return ret ? ret : read_one(s, m, out, e);
}

#define CPU_OF(role)                                                                               \
    "SELECT (max(cpu_ns) - min(cpu_ns)) * 1.0 / nullif(max(at_ns) - min(at_ns), 0) AS v "          \
    "FROM resource WHERE run_id = :run_id AND role = '" role "' AND cpu_ns IS NOT NULL "           \
    "AND at_ns BETWEEN :from_ns AND :to_ns"

static int load_processes(struct db *db, int64_t run_id, struct limit_figures *f,
                          const struct limit_moments *m, struct err *e)
{
    int ret = load_one(db, CPU_OF("gen"), run_id, m, &f->cpu_gen, e);
    return ret ? ret : load_one(db, CPU_OF("peer"), run_id, m, &f->cpu_peer, e);
}

static int load_intervals(struct db *db, int64_t run_id, struct limit_figures *f,
                          struct limit_moments *m, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = limit_query_phase(db,
                                "SELECT sum(1.0 * (i.ended_ns - i.started_ns)) AS v "
                                "FROM interval i JOIN phase p ON p.id = i.phase_id "
                                "WHERE i.run_id = :run_id AND " LIMIT_PHASE
                                "AND i.ended_ns > :from_ns AND i.started_ns < :to_ns",
                                run_id, m, &s, e);
    ret = ret ? ret : read_one(s, m, &m->loop_ns, e);
    return ret ? ret
               : load_one(db,
                          "SELECT sum(completed) AS v FROM interval WHERE "
                          "run_id = :run_id AND :from_ns IS NOT :to_ns",
                          run_id, m, &f->peer_completed, e);
}

int limit_load(struct db *db, int64_t run_id, struct limit_figures *out, struct err *e)
{
    return limit_load_phase(db, run_id, 0, out, e);
}

int limit_load_phase(struct db *db, int64_t run_id, int64_t phase_id, struct limit_figures *out,
                     struct err *e)
{
    struct limit_moments m = {.phase_id = phase_id, .hz = NAN, .loop_ns = NAN};
    *out = (struct limit_figures){
        .bounds = limit_bounds_default,
#define MISSING(field) .field = NAN
        MISSING(workers),
        MISSING(cores),
        MISSING(connections),
        MISSING(rto_min_ns),
        MISSING(window_bytes),
        MISSING(started),
        MISSING(completed),
        MISSING(failed),
        MISSING(not_sent),
        MISSING(outstanding),
        MISSING(latency_ns),
        MISSING(queueing_ns),
        MISSING(service_ns),
        MISSING(service_min_ns),
        MISSING(connect_min_ns),
        MISSING(busy),
        MISSING(busiest),
        MISSING(kick),
        MISSING(seen),
        MISSING(gaps),
        MISSING(gap_max_ns),
        MISSING(peer_busy),
        MISSING(cpu_gen),
        MISSING(cpu_peer),
        MISSING(rounds),
        MISSING(tx_full),
        MISSING(polls),
        MISSING(rx_full),
        MISSING(segments),
        MISSING(retransmits),
        MISSING(rto_fired),
        MISSING(peer_retransmits),
        MISSING(peer_rto_fired),
        MISSING(window_waits),
        MISSING(cwnd_waits),
        MISSING(peer_window_waits),
        MISSING(peer_cwnd_waits),
        MISSING(window_closed),
        MISSING(peer_window_closed),
        MISSING(peer_completed),
#undef MISSING
    };
    int ret = load_run(db, run_id, out, &m, e);
    ret = ret ? ret : load_phases(db, run_id, out, &m, e);
    ret = ret ? ret : load_intervals(db, run_id, out, &m, e);
    ret = ret ? ret : limit_load_counters(db, run_id, out, &m, e);
    ret = ret ? ret : load_times(db, run_id, out, &m, e);
    return ret ? ret : load_processes(db, run_id, out, &m, e);
}
