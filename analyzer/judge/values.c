/* SPDX-License-Identifier: BSD-3-Clause */
#include "analyzer/judge/values.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/query_values.h"
#include "base/err.h"

#define MIB       (1024.0 * 1024.0)
#define NS_PER_US 1e3
#define ID_BYTES  24 /* of a run in the JSON list */

/* Sums of counters that become metrics: rates over the measured time alone, counts over the drains
 * as well. */
static const struct {
    const char *metric;
    double scale; /* 0: a count */
} sums[] = {
    {"throughput_msg_per_s", 1},
    {"transactions_per_s", 1},
    {"frames_per_s", 1},
    {"bandwidth_mib_per_s", 1 / MIB},
    {"bandwidth_in_mib_per_s", 1 / MIB},
    {"wire_gbit_per_s", 8e-9},
    {"wire_in_gbit_per_s", 8e-9},
    {"error_count", 0},
    {"retransmissions", 0},
};

/* Columns that are metrics as they stand. */
static const char *const counts[] = {"dropped_frames", "connect_error_count", "censored"};
static const char *const controls[] = {"control_timer_wake_p50_ns", "control_timer_wake_p99_ns",
                                       "control_memory_copy_mib_per_s",
                                       "control_cpu_per_transaction_ns"};
static const char *const parts[] = {"p50", "p90", "p95", "p99", "p999", "p9999", "mean"};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define NONE            SIZE_MAX

/* One load: the runs by id, and where what they ended with is summed up. */
struct load {
    struct db *db;
    struct values *v;
    char *runs;               /* "[3,4,7]" */
    size_t *by_id;            /* indexes of the runs, ids rising */
    double *completed, *late; /* a run */
    struct err *e;
};

static int no_memory(struct err *e)
{
    return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "out of memory for the figures of the runs");
}

/* --- who is where ---------------------------------------------------------------------- */

static size_t metric_index(const struct values *v, const char *name)
{
    for (size_t j = 0; j < v->metric_count; j++)
        if (strcmp(v->metrics[j].name, name) == 0)
            return j;
    return NONE;
}

static int by_id(const void *a, const void *b, void *runs)
{
    const struct values_run *x = (const struct values_run *)runs + *(const size_t *)a;
    const struct values_run *y = (const struct values_run *)runs + *(const size_t *)b;
    return (x->id > y->id) - (x->id < y->id);
}

/* The run that a row belongs to; NONE: it is not wanted. */
static size_t row_run(const struct load *l, struct db_stmt *s, const char *column)
{
    int64_t id = db_col_i64(s, column);
    size_t lo = 0, hi = l->v->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        int64_t at = l->v->runs[l->by_id[middle]].id;
        if (at == id)
            return l->by_id[middle];
        if (at < id)
            lo = middle + 1;
        else
            hi = middle;
    }
    return NONE;
}

static void put(const struct values *v, size_t run, size_t metric, double value)
{
    if (metric != NONE && isfinite(value))
        v->cells[run * v->metric_count + metric] = value;
}

static void add(const struct values *v, size_t run, size_t metric, double value)
{
    if (metric == NONE)
        return;
    double *cell = &v->cells[run * v->metric_count + metric];
    *cell = isnan(*cell) ? value : *cell + value;
}

/* --- reading --------------------------------------------------------------------------- */

typedef int query_fn(struct db *db, const char *runs, struct db_stmt **out, struct err *e);

static int each_row(struct load *l, query_fn *query, const char *id_column,
                    int (*take)(struct load *l, struct db_stmt *s, size_t run))
{
    struct db_stmt *s = NULL;
    int ret = query(l->db, l->runs, &s, l->e);
    while (ret == 0 && (ret = db_step(s, l->e)) == 1) {
        size_t run = row_run(l, s, id_column);
        ret = run == NONE ? 0 : take(l, s, run);
    }
    db_finish(s);
    return ret;
}

static int take_run(struct load *l, struct db_stmt *s, size_t run)
{
    struct values_run *r = &l->v->runs[run];
    const char *state = db_col_text(s, "state");
#define KEEP(column) r->column = keep_text(&l->v->keep, db_col_text(s, #column))
    KEEP(uuid), KEEP(workload_id), KEEP(history_key), KEEP(environment_hash), KEEP(tool_version);
    KEEP(tool_commit), KEEP(subject_commit), KEEP(state_reason), KEEP(invalid_reason);
    KEEP(margins), KEEP(interleave_uuid), KEEP(interleave_side);
#undef KEEP
    r->uuid = r->uuid ? r->uuid : "?";
    r->workload_id = r->workload_id ? r->workload_id : "?";
    r->history_key = r->history_key ? r->history_key : "?";
    r->started_ns = db_col_i64(s, "started_ns");
    r->ended_ns = query_int(s, "ended_ns");
    r->valid = query_int(s, "valid");
    r->interleave_round = query_int(s, "interleave_round");
    r->exposure = 0;
    for (size_t i = 0; i < COUNT_OF(controls); i++)
        put(l->v, run, metric_index(l->v, controls[i]), db_col_f64(s, controls[i]));
    r->state = RUN_DONE;
    return state && strcmp(state, "done") == 0 ? 0 : db_run_state(l->db, r->id, &r->state, l->e);
}

static int take_length(struct load *l, struct db_stmt *s, size_t run)
{
    l->v->runs[run].measured_s = db_col_f64(s, "measured_s");
    return 0;
}

static int take_sums(struct load *l, struct db_stmt *s, size_t run)
{
    bool measured = db_col_i64(s, "measured") != 0;
    double completed = db_col_f64(s, "completed");
    for (size_t i = 0; i < COUNT_OF(sums); i++)
        if (measured || sums[i].scale == 0)
            add(l->v, run, metric_index(l->v, sums[i].metric), db_col_f64(s, sums[i].metric));
    add(l->v, run, metric_index(l->v, "errors_percent"), db_col_f64(s, "failed"));
    l->completed[run] += completed;
    l->v->runs[run].exposure += completed + db_col_f64(s, "failed");
    return 0;
}

static int take_counts(struct load *l, struct db_stmt *s, size_t run)
{
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        put(l->v, run, metric_index(l->v, counts[i]), db_col_f64(s, counts[i]));
    l->late[run] = db_col_f64(s, "late");
    return 0;
}

static int take_times(struct load *l, struct db_stmt *s, size_t run)
{
    char column[16], metric[40];
    const char *time = db_col_text(s, "time");
    for (size_t i = 0; time && i < COUNT_OF(parts); i++) {
        snprintf(column, sizeof column, "%s_ns", parts[i]);
        snprintf(metric, sizeof metric, "%.20s_%s_us", time, parts[i]);
        put(l->v, run, metric_index(l->v, metric), db_col_f64(s, column) / NS_PER_US);
    }
    return 0;
}

static int take_resources(struct load *l, struct db_stmt *s, size_t run)
{
    char metric[48];
    const char *role = db_col_text(s, "role");
    int64_t from = db_col_i64(s, "first_ns"), to = db_col_i64(s, "last_ns");
    snprintf(metric, sizeof metric, "memory_rss_mib_per_node.%.8s", role);
    put(l->v, run, metric_index(l->v, metric), db_col_f64(s, "rss_bytes") / MIB);
    snprintf(metric, sizeof metric, "cpu_percent_per_node.%.8s", role);
    double used = (double)ns_between(db_col_i64(s, "cpu_first_ns"), db_col_i64(s, "cpu_last_ns"));
    if (to > from && !db_col_is_null(s, "cpu_first_ns"))
        put(l->v, run, metric_index(l->v, metric), 100 * used / (double)ns_between(from, to));
    return 0;
}

static int take_memory(struct load *l, struct db_stmt *s, size_t run)
{
    char metric[48];
    snprintf(metric, sizeof metric, "memory_bytes_per_conn.%.8s", db_col_text(s, "side"));
    put(l->v, run, metric_index(l->v, metric), db_col_f64(s, "bytes_per_conn"));
    return 0;
}

static int take_benchmark(struct load *l, struct db_stmt *s, size_t run)
{
    put(l->v, run, metric_index(l->v, db_col_text(s, "name")), db_col_f64(s, "value"));
    return 0;
}

/* --- the whole ------------------------------------------------------------------------- */

/* Sums become rates and shares once all of a run are there. */
static void finish_run(struct load *l, size_t run)
{
    const struct values *v = l->v;
    double *cells = &v->cells[run * v->metric_count];
    double seconds = v->runs[run].measured_s, ended = v->runs[run].exposure;
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        size_t j = metric_index(v, sums[i].metric);
        if (j != NONE && sums[i].scale > 0)
            cells[j] = seconds > 0 ? cells[j] * sums[i].scale / seconds : NAN;
    }
    size_t percent = metric_index(v, "errors_percent");
    if (percent != NONE)
        cells[percent] = ended > 0 ? 100 * cells[percent] / ended : NAN;
    double replies = l->completed[run] + l->late[run];
    if (replies > 0)
        put(v, run, metric_index(v, "in_order_percent"), 100 * l->completed[run] / replies);
}

static bool wants(const struct values *v, const char *prefix)
{
    for (size_t j = 0; j < v->metric_count; j++)
        if (strncmp(v->metrics[j].name, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

static bool wants_counts(const struct values *v)
{
    return wants(v, "dropped_frames") || wants(v, "connect_error_count") || wants(v, "censored") ||
           wants(v, "in_order_percent");
}

static bool wants_times(const struct values *v)
{
    bool any = false;
    for (int t = 0; t < TIME_COUNT; t++)
        any |= wants(v, time_name((enum time_kind)t));
    return any;
}

static int read_all(struct load *l)
{
    const struct values *v = l->v;
    int ret = each_row(l, query_value_runs, "id", take_run);
    for (size_t i = 0; i < v->count && ret == 0; i++)
        if (!v->runs[i].uuid)
            ret = err_set(l->e, EXIT_USAGE, -ENOENT, "%s: no run %" PRId64, db_path(l->db),
                          v->runs[i].id);
    ret = ret ? ret : each_row(l, query_value_lengths, "run_id", take_length);
    ret = ret ? ret : each_row(l, query_value_sums, "run_id", take_sums);
    if (ret == 0 && wants_counts(v))
        ret = each_row(l, query_value_counts, "run_id", take_counts);
    if (ret == 0 && wants_times(v))
        ret = each_row(l, query_value_times, "run_id", take_times);
    if (ret == 0 && (wants(v, "cpu_percent") || wants(v, "memory_rss")))
        ret = each_row(l, query_value_resources, "run_id", take_resources);
    if (ret == 0 && wants(v, "memory_bytes_per_conn"))
        ret = each_row(l, query_value_memory, "run_id", take_memory);
    if (ret == 0 && wants(v, "bench_"))
        ret = each_row(l, query_value_benchmarks, "run_id", take_benchmark);
    for (size_t i = 0; i < v->count && ret == 0; i++)
        finish_run(l, i);
    return ret;
}

char *values_ids_json(const int64_t *ids, size_t count)
{
    size_t size = count * ID_BYTES + 3, at = 1;
    char *text = malloc(size);
    if (!text)
        return NULL;
    text[0] = '[';
    for (size_t i = 0; i < count; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%" PRId64, i ? "," : "", ids[i]);
    snprintf(text + at, size - at, "]");
    return text;
}

static int allocate(struct load *l, const int64_t *ids, size_t count)
{
    struct values *v = l->v;
    size_t cells = count * v->metric_count;
    v->runs = calloc(count + 1, sizeof *v->runs);
    v->cells = malloc((cells + 1) * sizeof *v->cells);
    l->runs = values_ids_json(ids, count);
    l->by_id = malloc((count + 1) * sizeof *l->by_id);
    l->completed = calloc(count + 1, sizeof *l->completed);
    l->late = calloc(count + 1, sizeof *l->late);
    if (!v->runs || !v->cells || !l->runs || !l->by_id || !l->completed || !l->late)
        return no_memory(l->e);
    v->count = count;
    for (size_t i = 0; i < cells; i++)
        v->cells[i] = NAN;
    for (size_t i = 0; i < count; i++) {
        v->runs[i] = (struct values_run){.id = ids[i], .measured_s = NAN};
        l->by_id[i] = i;
    }
    qsort_r(l->by_id, count, sizeof *l->by_id, by_id, v->runs);
    return 0;
}

int values_load(struct db *db, const struct metric *metrics, size_t metric_count,
                const int64_t *ids, size_t count, struct values *out, struct err *e)
{
    *out = (struct values){.metrics = metrics, .metric_count = metric_count};
    struct load l = {.db = db, .v = out, .e = e};
    int ret = allocate(&l, ids, count);
    if (ret == 0 && count)
        ret = read_all(&l);
    free(l.runs);
    free(l.by_id);
    free(l.completed);
    free(l.late);
    return ret;
}

static int read_ids(struct db *db, const char *key, int64_t before_ns, int64_t limit, int64_t **ids,
                    size_t *count, struct err *e)
{
    struct db_stmt *s = NULL;
    int ret = query_history_ids(db, key, before_ns, limit, &s, e);
    while (ret == 0 && (ret = db_step(s, e)) == 1) {
        int64_t *id = list_grow((void **)ids, count, sizeof *id);
        ret = id ? 0 : no_memory(e);
        if (id)
            *id = db_col_i64(s, "id");
    }
    db_finish(s);
    for (size_t i = 0; i < *count / 2; i++) {
        int64_t swapped = (*ids)[i];
        (*ids)[i] = (*ids)[*count - 1 - i];
        (*ids)[*count - 1 - i] = swapped;
    }
    return ret;
}

int values_history(struct db *db, const struct metric *metrics, size_t metric_count,
                   const char *history_key, int64_t before_ns, int64_t limit, struct values *out,
                   struct err *e)
{
    int64_t *ids = NULL;
    size_t count = 0;
    *out = (struct values){.metrics = metrics, .metric_count = metric_count};
    int ret = read_ids(db, history_key, before_ns, limit, &ids, &count, e);
    if (ret == 0)
        ret = values_load(db, metrics, metric_count, ids, count, out, e);
    free(ids);
    return ret;
}

void values_fini(struct values *v)
{
    free(v->runs);
    free(v->cells);
    keep_fini(&v->keep);
    *v = (struct values){0};
}

bool values_run_good(const struct values_run *run)
{
    return run->state == RUN_DONE && run->valid != 0;
}

double values_at(const struct values *v, size_t run, const char *metric)
{
    size_t j = metric_index(v, metric);
    return j == NONE ? NAN : v->cells[run * v->metric_count + j];
}
