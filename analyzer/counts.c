/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/counts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/query_control.h"
#include "analyzer/summary.h"
#include "base/err.h"

#define MIB (1024.0 * 1024.0)

/* Counters as they stand in the file: figure = counter (or total of a kind). */
static const struct {
    enum figure_id id;
    const char *counter;
} plain[] = {
    {FIGURE_STARTED, "started"},
    {FIGURE_TRANSACTIONS, "completed"},
    {FIGURE_ERRORS, "failed"},
    {FIGURE_MESSAGES_SENT, "messages_sent"},
    {FIGURE_MESSAGES_RECEIVED, "messages_received"},
    {FIGURE_SEGMENTS, "segments_tx"},
    {FIGURE_RETRANSMISSIONS, "retransmits"},
};

/* Rates: (sum of counters) * scale / measured seconds. */
static const struct {
    enum figure_id id;
    const char *counter, *also;
    double scale;
} rates[] = {
    {FIGURE_MSG_PER_S, "messages_sent", NULL, 1},
    {FIGURE_TRANSACTIONS_PER_S, "completed", NULL, 1},
    {FIGURE_FRAMES_PER_S, "frames_tx", "frames_rx", 1},
    {FIGURE_BANDWIDTH_OUT, "payload_sent_bytes", NULL, 1 / MIB},
    {FIGURE_BANDWIDTH_IN, "payload_received_bytes", NULL, 1 / MIB},
    {FIGURE_WIRE_OUT, "wire_tx_bytes", NULL, 8e-9},
    {FIGURE_WIRE_IN, "wire_rx_bytes", NULL, 8e-9},
};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static uint64_t counter(const struct summary *s, const char *name)
{
    return tally_of(&s->measured, "counter", name);
}

static uint64_t outcome(const struct summary *s, const char *name)
{
    return tally_of(&s->outcome, "counter", name);
}

static void fill_plain(struct summary *s)
{
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (s->has_intervals)
            figure_set(&s->figures[plain[i].id], (double)outcome(s, plain[i].counter));
        else
            figure_miss(&s->figures[plain[i].id], "no measured interval");
}

static void fill_rates(struct summary *s)
{
    double seconds = s->figures[FIGURE_ACTUAL_DURATION].value;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct figure *f = &s->figures[rates[i].id];
        if (!s->has_intervals || seconds <= 0) {
            figure_miss(f, "no measured interval");
            continue;
        }
        uint64_t n = counter(s, rates[i].counter);
        n += rates[i].also ? counter(s, rates[i].also) : 0;
        figure_set(f, (double)n * rates[i].scale / seconds);
        f->duration_s = seconds;
    }
}

/* Percentages of transactions need some that ended. */
static void fill_shares(struct summary *s)
{
    double done = (double)outcome(s, "completed"), failed = (double)outcome(s, "failed");
    double late = (double)tally_of(&s->outcome, "result", "out_of_order") +
                  (double)tally_of(&s->outcome, "result", "wrong_id");
    struct figure *f = s->figures;
    if (done + failed > 0) {
        figure_set(&f[FIGURE_ERRORS_PERCENT], 100 * failed / (done + failed));
        figure_set(&f[FIGURE_SUCCESS_RATE], done / (done + failed));
    } else {
        figure_miss(&f[FIGURE_ERRORS_PERCENT], "no transaction ended in a measured phase");
        figure_miss(&f[FIGURE_SUCCESS_RATE], "no transaction ended in a measured phase");
    }
    if (done + late > 0)
        figure_set(&f[FIGURE_IN_ORDER], 100 * done / (done + late));
    else
        figure_miss(&f[FIGURE_IN_ORDER], "no reply came in a measured phase");
    f[FIGURE_ERRORS_PERCENT].count = f[FIGURE_SUCCESS_RATE].count = (uint64_t)(done + failed);
    f[FIGURE_IN_ORDER].count = (uint64_t)(done + late);
}

static void set_or_miss(struct figure *f, int64_t value, const char *why)
{
    if (value == QUERY_NONE)
        figure_miss(f, "%s", why);
    else
        figure_set(f, (double)value);
}

/* What the run's row holds; a run that never ended has not written its own count. */
static void fill_run(struct summary *s)
{
    struct figure *f = s->figures;
    set_or_miss(&f[FIGURE_CONNECTIONS_REQUESTED], s->run.connections_requested, "not in the file");
    set_or_miss(&f[FIGURE_PRECISION], s->run.clock_error_ns, "clock error was not measured");
    set_or_miss(&f[FIGURE_LOST_INTERVALS], s->run.lost_intervals, "the run did not end in order");
    set_or_miss(&f[FIGURE_CONNECTIONS], s->run.connections_opened, "the run did not end in order");
    if (!f[FIGURE_CONNECTIONS].has && s->whole.count)
        figure_set(&f[FIGURE_CONNECTIONS],
                   (double)tally_of(&s->whole, "counter", "connects_completed"));
    if (s->whole.count) {
        figure_set(&f[FIGURE_CONNECT_ERRORS], (double)tally_sum(&s->whole, "connect_error"));
        figure_set(&f[FIGURE_DROPS], (double)tally_sum(&s->whole, "drop"));
    } else {
        figure_miss(&f[FIGURE_CONNECT_ERRORS], "no interval was recorded");
        figure_miss(&f[FIGURE_DROPS], "no interval was recorded");
    }
    if (s->has_intervals)
        figure_set(&f[FIGURE_CENSORED], (double)tally_of(&s->outcome, "result", "timeout"));
    else
        figure_miss(&f[FIGURE_CENSORED], "no measured interval");
}

/* --- intervals of the rates ------------------------------------------------------------ */

struct rate_clusters {
    struct cluster *messages, *transactions;
};

static int read_clusters(struct db *db, struct summary *s, struct rate_clusters *c, struct err *e)
{
    struct db_stmt *rows = NULL;
    struct interval_info row;
    int ret = query_intervals(db, s->run.id, SCOPE_MEASURED, &rows, e);
    while (ret == 0 && (ret = query_intervals_next(rows, &row, e)) == 1) {
        size_t i = seconds_index(&s->seconds, row.started_ns, row.ended_ns);
        int64_t length = ns_between(row.started_ns, row.ended_ns);
        uint64_t ns = length > 0 ? (uint64_t)length : 0;
        s->has_intervals = true;
        c->messages[i].count += ns;
        c->messages[i].part += (double)row.messages_sent;
        c->transactions[i].count += ns;
        c->transactions[i].part += (double)row.completed;
        ret = 0;
    }
    db_finish(rows);
    return ret;
}

/* A ratio per worker-nanosecond becomes a rate of all workers. The counts show by themselves how the
 * seconds hang together. */
static void bound_rate(struct figure *f, const struct cluster *c, size_t count)
{
    struct ratio_band band;
    double part = 0, ns = 0;
    for (size_t i = 0; i < count; i++) {
        part += c[i].part;
        ns += (double)c[i].count;
    }
    if (!f->has || part <= 0 || ratio_band(c, c, count, 0, &band))
        return;
    double error = band.half_width / (part / ns), relative = band.half_width_most / (part / ns);
    f->error = ratio_band_error(fmax(0, 1 - error), 1 + error);
    figure_bound(f, fmax(0, f->value * (1 - relative)), f->value * (1 + relative), band.k_eff, band.used);
}

/* --- memory and CPU -------------------------------------------------------------------- */

static void fill_cpu(struct figure *f, const struct resource_info *r)
{
    if (r->samples < 2 || r->cpu_first_ns == QUERY_NONE || r->last_ns <= r->first_ns) {
        figure_miss(f, r->samples ? "fewer than two samples" : "no such process was sampled");
        return;
    }
    double length_ns = (double)ns_between(r->first_ns, r->last_ns);
    figure_set(f, 100 * (double)ns_between(r->cpu_first_ns, r->cpu_last_ns) / length_ns);
    f->duration_s = length_ns / 1e9;
}

static void fill_switches(struct figure *f, const struct resource_info *r)
{
    if (r->samples < 2 || r->switches_first == QUERY_NONE || r->last_ns <= r->first_ns) {
        figure_miss(f, r->samples ? "fewer than two samples" : "no such process was sampled");
        return;
    }
    f->duration_s = (double)ns_between(r->first_ns, r->last_ns) / 1e9;
    figure_set(f, (double)ns_between(r->switches_first, r->switches_last) / f->duration_s);
}

static int fill_process(struct db *db, struct summary *s, const char *role, struct figure *cpu,
                        struct figure *rss, struct figure *switches, struct err *e)
{
    struct resource_info r = {0};
    int ret = query_resource(db, s->run.id, role, s->measured_from_ns, s->measured_to_ns, &r, e);
    if (ret)
        return ret;
    fill_cpu(cpu, &r);
    fill_switches(switches, &r);
    if (r.samples && r.rss_peak_bytes != QUERY_NONE)
        figure_set(rss, (double)r.rss_peak_bytes / MIB);
    else
        figure_miss(rss, "no such process was sampled");
    rss->count = (uint64_t)r.samples;
    return 0;
}

/* What the pools of connections hold together; one process alone shows no more than that. */
static void fill_reserved(const struct summary *s, const char *side, struct figure *reserved,
                          const struct figure *measured)
{
    double bytes = 0;
    for (size_t i = 0; i < s->pools.count; i++)
        if (strcmp(s->pools.rows[i].side, side) == 0 && s->pools.rows[i].held_by_conns)
            bytes += s->pools.rows[i].bytes_per_conn;
    if (bytes > 0)
        figure_set(reserved, bytes);
    else
        figure_miss(reserved, "this side told no pools");
    reserved->count = measured->count;
}

static int fill_memory(struct db *db, struct summary *s, const char *side, struct figure *bytes,
                       struct figure *base, struct err *e)
{
    struct memory_info m;
    int ret = query_memory(db, s->run.id, side, &m, e);
    figure_miss(bytes, "not measured (measure_memory = yes does): see memory_reserved_bytes_per_conn");
    if (base)
        figure_miss(base, "not measured in this run");
    if (ret)
        return ret == -ENOENT ? 0 : ret;
    if (!isnan(m.bytes_per_conn))
        figure_set(bytes, m.bytes_per_conn);
    bytes->count = (uint64_t)m.connections;
    if (base && m.base_bytes != QUERY_NONE)
        figure_set(base, (double)m.base_bytes / MIB);
    return 0;
}

static int fill_resources(struct db *db, struct summary *s, struct err *e)
{
    struct figure *f = s->figures;
    int ret = fill_process(db, s, "gen", &f[FIGURE_CPU_GEN], &f[FIGURE_RSS_GEN], &f[FIGURE_SWITCHES_GEN], e);
    ret = ret ? ret : fill_process(db, s, "peer", &f[FIGURE_CPU_PEER], &f[FIGURE_RSS_PEER],
                                   &f[FIGURE_SWITCHES_PEER], e);
    ret = ret ? ret : fill_memory(db, s, "gen", &f[FIGURE_CONN_BYTES_GEN], &f[FIGURE_BASE_RSS], e);
    ret = ret ? ret : fill_memory(db, s, "peer", &f[FIGURE_CONN_BYTES_PEER], NULL, e);
    fill_reserved(s, "gen", &f[FIGURE_CONN_RESERVED_GEN], &f[FIGURE_CONN_BYTES_GEN]);
    fill_reserved(s, "peer", &f[FIGURE_CONN_RESERVED_PEER], &f[FIGURE_CONN_BYTES_PEER]);
    return ret;
}

/* --- negative controls ----------------------------------------------------------------- */

static int fill_control(struct db *db, struct summary *s, enum figure_id id, double value,
                        struct err *e)
{
    char why[100];
    struct figure *f = &s->figures[id];
    if (!isnan(value)) {
        figure_set(f, value);
        return 0;
    }
    int ret = query_missing_reason(db, s->run.id, figure_kinds[id].path, why, sizeof why, e);
    figure_miss(f, "%s", why[0] ? why : "the run does not have it");
    return ret;
}

static double or_nan(int64_t value)
{
    return value == QUERY_NONE ? NAN : (double)value;
}

/* The figures are named like the columns. */
static int fill_controls(struct db *db, struct summary *s, struct err *e)
{
    const struct run_info *run = &s->run;
    const struct {
        enum figure_id id;
        double value;
    } controls[] = {
        {FIGURE_CONTROL_WAKE_P50, or_nan(run->control_timer_wake_p50_ns)},
        {FIGURE_CONTROL_WAKE_P99, or_nan(run->control_timer_wake_p99_ns)},
        {FIGURE_CONTROL_COPY, run->control_memory_copy_mib_per_s},
        {FIGURE_CONTROL_CPU, run->control_cpu_per_transaction_ns},
    };
    int ret = 0;
    for (size_t i = 0; i < COUNT_OF(controls) && ret == 0; i++)
        ret = fill_control(db, s, controls[i].id, controls[i].value, e);
    return ret;
}

int counts_build(struct db *db, struct summary *s, struct err *e)
{
    struct rate_clusters c = {calloc(s->seconds.count, sizeof *c.messages),
                              calloc(s->seconds.count, sizeof *c.transactions)};
    int ret = c.messages && c.transactions ? read_clusters(db, s, &c, e)
                                           : err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory");
    if (ret == 0) {
        fill_plain(s);
        fill_rates(s);
        fill_shares(s);
        fill_run(s);
        bound_rate(&s->figures[FIGURE_MSG_PER_S], c.messages, s->seconds.count);
        bound_rate(&s->figures[FIGURE_TRANSACTIONS_PER_S], c.transactions, s->seconds.count);
        ret = fill_resources(db, s, e);
        ret = ret ? ret : fill_controls(db, s, e);
    }
    free(c.messages);
    free(c.transactions);
    return ret;
}
