/* SPDX-License-Identifier: BSD-3-Clause */
/* Values of figures, by SQL over the rows of a scope. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/hist.h"
#include "db/db.h"
#include "db/histblob.h"
#include "db/run_row.h"
#include "run/figures.h"

/* n: the phases of the scope. i: their intervals; measured, outcome: whether what it holds counts
 * to the measured time, to what became of what was started in it. */
#define SCOPE                                                                                      \
    "WITH n AS (SELECT id, seq, kind, started_ns, ended_ns, measured OR (:warmup AND kind = "      \
    "'warmup') AS measured FROM phase WHERE run_id = :run AND seq BETWEEN :from AND :to), "        \
    "i AS (SELECT v.*, n.kind, n.measured, n.measured OR n.kind = 'drain' AS outcome "             \
    "FROM interval v JOIN n ON n.id = v.phase_id WHERE v.ended_ns > :since) "

/* m, o, a: sums over the measured time, the outcome, all. t: the measured time, of phases as their
 * rows say, of a window or a phase that goes on as the intervals say. c: what was counted. */
#define TOTALS                                                                                     \
    ", m AS (SELECT sum(started) AS started, sum(completed) AS completed, sum(messages_sent) AS "  \
    "messages_sent, sum(connects_completed) AS connects_completed, sum(frames_tx + frames_rx) AS " \
    "frames, sum(wire_tx_bytes) AS wire_tx_bytes, sum(payload_sent_bytes) AS payload_sent_bytes, " \
    "sum(payload_received_bytes) AS payload_received_bytes, sum(retransmits) AS retransmits "      \
    "FROM i WHERE measured), "                                                                     \
    "o AS (SELECT sum(started) AS started, sum(completed) AS completed, sum(failed) AS failed "    \
    "FROM i WHERE outcome), "                                                                      \
    "a AS (SELECT sum(connects_started) AS connects_started, sum(connects_completed) AS "          \
    "connects_completed, sum(connects_failed) AS connects_failed FROM i), "                        \
    "s AS (SELECT CASE WHEN :since > 0 THEN min(i.started_ns) ELSE n.started_ns END AS from_ns, "  \
    "CASE WHEN :since > 0 OR n.ended_ns IS NULL THEN max(i.ended_ns) ELSE n.ended_ns END AS "      \
    "to_ns "                                                                                       \
    "FROM n JOIN i ON i.phase_id = n.id WHERE n.measured GROUP BY n.id), "                         \
    "t AS (SELECT nullif(sum(to_ns - from_ns) / 1e9, 0) AS s, min(from_ns) AS from_ns, "           \
    "max(to_ns) AS to_ns FROM s), "                                                                \
    "c AS (SELECT q.kind, q.name, q.rollup, v.value, i.measured, i.outcome FROM counter v "        \
    "JOIN counter_name q ON q.id = v.name_id JOIN i ON i.id = v.interval_id) "

static int prepare(const struct figure_scope *s, const char *sql, struct db_stmt **out)
{
    struct err e = {0};
    int ret = db_prepare(s->db, "read a figure", sql, out, &e);
    if (ret)
        return ret;
    db_bind_i64(*out, ":run", s->run_id);
    db_bind_i64(*out, ":from", s->from_seq);
    db_bind_i64(*out, ":to", s->to_seq);
    db_bind_i64(*out, ":since", s->since_ns);
    db_bind_i64(*out, ":warmup", s->warmup);
    return 0;
}

/* The `v` of the only row; NAN: none, NULL, or unreadable. Finishes the statement. */
static double read_value(struct db_stmt *q)
{
    struct err e = {0};
    double value = db_step(q, &e) == 1 ? db_col_f64(q, "v") : NAN;
    db_finish(q);
    return value;
}

static double read_sql(const struct figure_scope *s, const char *expression, const char *key,
                       const uint64_t *window_ns)
{
    char sql[4000];
    struct db_stmt *q;
    snprintf(sql, sizeof sql, SCOPE TOTALS "SELECT %s AS v FROM m, o, a, t", expression);
    if (prepare(s, sql, &q))
        return NAN;
    if (key)
        db_bind_text(q, ":key", key);
    if (window_ns)
        db_bind_u64(q, ":window", *window_ns);
    return read_value(q);
}

/* --- times ------------------------------------------------------------------------------------ */

/* A run that has ended keeps one histogram a phase, one that goes on has those of its intervals. */
#define OF_PHASES                                                                                  \
    "summary h JOIN n ON n.id = h.phase_id WHERE h.count > 0 AND h.time = :time AND :since = 0"
#define OF_INTERVALS "hist h JOIN i AS n ON n.id = h.interval_id WHERE h.time = :time"
#define COUNTED      " AND (n.measured OR n.kind = 'drain' OR :time = 'connect')"

static int prepare_time(const struct figure_scope *s, enum time_kind time, const char *what,
                        bool phases, struct db_stmt **out)
{
    char sql[2000];
    snprintf(sql, sizeof sql, SCOPE "SELECT %s FROM %s" COUNTED, what,
             phases ? OF_PHASES : OF_INTERVALS);
    int ret = prepare(s, sql, out);
    if (!ret)
        db_bind_text(*out, ":time", time_name(time));
    return ret;
}

static bool has_phases(const struct figure_scope *s, enum time_kind time)
{
    struct db_stmt *q;
    return !prepare_time(s, time, "count(*) AS v", true, &q) && read_value(q) > 0;
}

/* The blob holds the buckets only; the columns beside it are exact. */
static int add_hist(struct db_stmt *q, struct hist_sum *out, uint64_t *max_ns)
{
    size_t len;
    const void *blob = db_col_blob(q, "blob", &len);
    uint64_t overflow = (uint64_t)db_col_i64(q, "overflow");
    uint64_t longest_ns = (uint64_t)db_col_i64(q, "max_ns");
    int ret = blob ? histblob_decode(blob, len, out) : -EBADMSG;
    out->overflow += ret ? 0 : overflow;
    out->count += ret ? 0 : overflow;
    *max_ns = longest_ns > *max_ns ? longest_ns : *max_ns;
    return ret;
}

int figure_hist(const struct figure_scope *s, enum time_kind time, struct hist_sum *out)
{
    struct db_stmt *q;
    struct err e = {0};
    uint64_t max_ns = 0;
    hist_sum_reset(out);
    int row = 0,
        ret = prepare_time(s, time, "h.blob, h.overflow, h.max_ns", has_phases(s, time), &q);
    if (ret)
        return ret;
    while (!ret && (row = db_step(q, &e)) == 1)
        ret = add_hist(q, out, &max_ns);
    db_finish(q);
    out->max_ns = max_ns;
    return ret ? ret : row;
}

static double read_of_time(const struct figure_scope *s, enum time_kind time, const char *what)
{
    struct db_stmt *q;
    return prepare_time(s, time, what, has_phases(s, time), &q) ? NAN : read_value(q);
}

static double read_percentile(const struct figure_scope *s, const struct figure_name *f)
{
    double us = NAN;
    struct hist_sum *h = malloc(sizeof *h);
    if (h && !figure_hist(s, f->time, h) && percentile_supported(h->count, f->num, f->den))
        us = (double)hist_sum_percentile_ns(h, f->num, f->den) / 1e3;
    free(h);
    return us;
}

/* --- all -------------------------------------------------------------------------------------- */

double figure_read(const struct figure_scope *s, const struct figure_name *f, uint64_t window_ns)
{
    if (f->sql)
        return read_sql(s, f->sql, f->key, f->windowed ? &window_ns : NULL);
    if (f->den)
        return read_percentile(s, f);
    return read_of_time(s, f->time, f->of_hists);
}

double figure_samples(const struct figure_scope *s, const struct figure_name *f)
{
    if (!f->sql)
        return read_of_time(s, f->time, "ifnull(sum(h.count), 0) AS v");
    if (f->of == OF_CONNECTS)
        return read_sql(s, "ifnull(a.connects_started, 0)", NULL, NULL);
    if (f->unit == UNIT_SHARE && f->of != OF_RUN)
        return read_sql(s, "ifnull(o.completed + o.failed, 0)", NULL, NULL);
    return NAN;
}

/* What lies between the last measured phase (and its drain) before it and the drain behind it. */
bool figure_scope_of(struct figure_scope *s, const char *name, int64_t *phase_id)
{
    struct db_stmt *q;
    struct err e = {0};
    if (db_prepare(
            s->db, "find a phase",
            "SELECT p.id, (SELECT ifnull(max(b.seq), -1) + 1 FROM phase b WHERE b.run_id = "
            "p.run_id AND b.seq < p.seq AND (b.measured OR b.kind = 'drain')) AS first, "
            "(SELECT ifnull(max(d.seq), p.seq) FROM phase d WHERE d.run_id = p.run_id AND "
            "d.seq = p.seq + 1 AND d.kind = 'drain') AS last FROM phase p WHERE p.run_id = "
            ":run AND p.measured AND p.name = :name AND EXISTS (SELECT 1 FROM interval WHERE "
            "phase_id = p.id) ORDER BY p.seq DESC LIMIT 1",
            &q, &e))
        return false;
    db_bind_i64(q, ":run", s->run_id);
    db_bind_text(q, ":name", name);
    bool found = db_step(q, &e) == 1;
    if (found) {
        *phase_id = db_col_i64(q, "id");
        s->from_seq = db_col_i64(q, "first");
        s->to_seq = db_col_i64(q, "last");
    }
    db_finish(q);
    return found;
}

/* The last ones first, as they may be more than there is room for. */
static int64_t read_series(struct db_stmt *q, struct figure_series *out)
{
    struct err e = {0};
    size_t n = 0;
    int row = 0;
    while (n < out->room && (row = db_step(q, &e)) == 1) {
        out->rate[n] = db_col_f64(q, "rate");
        out->mean[n++] = db_col_f64(q, "mean");
    }
    for (size_t i = 0; i < n / 2; i++) {
        double rate = out->rate[i], mean = out->mean[i];
        out->rate[i] = out->rate[n - 1 - i];
        out->mean[i] = out->mean[n - 1 - i];
        out->rate[n - 1 - i] = rate;
        out->mean[n - 1 - i] = mean;
    }
    return row < 0 ? row : (int64_t)n;
}

int64_t figure_series(const struct figure_scope *s, struct figure_series *out)
{
    struct db_stmt *q;
    int ret = prepare(
        s,
        SCOPE "SELECT sum(1e9 * i.completed / max(i.ended_ns - i.started_ns, 1)) AS "
              "rate, sum(h.mean_ns * h.count) / nullif(sum(h.count), 0) / 1e3 AS mean FROM i "
              "LEFT JOIN hist h ON h.interval_id = i.id AND h.time = 'latency' WHERE "
              "i.measured GROUP BY i.seq HAVING count(*) = (SELECT workers FROM run WHERE "
              "id = :run) ORDER BY i.seq DESC",
        &q);
    if (ret)
        return ret;
    int64_t n = read_series(q, out);
    db_finish(q);
    return n;
}
