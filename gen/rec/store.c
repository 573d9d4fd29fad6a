/* SPDX-License-Identifier: BSD-3-Clause */
/* One interval as rows: interval, counter (tall, without zeros) and hist. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/histblob.h"
#include "rec/rec_internal.h"

/* Column, then what it holds. */
#define INTERVAL_COUNTERS(X)                                                                       \
    X(started, STARTED)                                                                            \
    X(completed, COMPLETED)                                                                        \
    X(failed, FAILED)                                                                              \
    X(messages_sent, MESSAGES_SENT)                                                                \
    X(messages_received, MESSAGES_RECEIVED)                                                        \
    X(payload_sent_bytes, PAYLOAD_SENT)                                                            \
    X(payload_received_bytes, PAYLOAD_RECEIVED)                                                    \
    X(connects_started, CONNECTS_STARTED)                                                          \
    X(connects_completed, CONNECTS_COMPLETED)                                                      \
    X(connects_failed, CONNECTS_FAILED)                                                            \
    X(frames_tx, FRAMES_TX)                                                                        \
    X(frames_rx, FRAMES_RX)                                                                        \
    X(wire_tx_bytes, WIRE_TX)                                                                      \
    X(wire_rx_bytes, WIRE_RX)                                                                      \
    X(retransmits, RETRANSMITS)

#define X(column, NAME) #column ", "
#define Y(column, NAME) ":" #column ", "
static const char insert_interval[] =
    "INSERT INTO interval (run_id, phase_id, worker, seq, started_ns, ended_ns, merged, "
    "open_connections, " INTERVAL_COUNTERS(X) "latency_count, latency_p50_ns, latency_p90_ns, "
    "latency_p99_ns, latency_max_ns) VALUES (:run_id, :phase_id, :worker, :seq, :started_ns, "
    ":ended_ns, :merged, :open_connections, " INTERVAL_COUNTERS(Y) ":latency_count, "
    ":latency_p50_ns, :latency_p90_ns, :latency_p99_ns, :latency_max_ns)";
#undef X
#undef Y

static const char insert_counter[] =
    "INSERT INTO counter (interval_id, name_id, value) VALUES (:interval_id, :name_id, :value)";
static const char insert_hist[] =
    "INSERT INTO hist (interval_id, time, count, overflow, min_ns, max_ns, mean_ns, p50_ns, "
    "p90_ns, p95_ns, p99_ns, p999_ns, p9999_ns, blob) VALUES (:interval_id, :time, :count, "
    ":overflow, :min_ns, :max_ns, :mean_ns, :p50_ns, :p90_ns, :p95_ns, :p99_ns, :p999_ns, "
    ":p9999_ns, :blob)";

int store_open(struct store *s, struct db *db, struct err *e)
{
    int ret = store_names(s, db, e);
    if (!ret)
        ret = db_prepare(db, "store an interval", insert_interval, &s->interval, e);
    if (!ret)
        ret = db_prepare(db, "store the counters", insert_counter, &s->counter, e);
    if (!ret)
        ret = db_prepare(db, "store the histograms", insert_hist, &s->hist, e);
    if (ret)
        store_close(s);
    return ret;
}

void store_close(struct store *s)
{
    db_finish(s->interval);
    db_finish(s->counter);
    db_finish(s->hist);
    db_finish(s->block);
    *s = (struct store){0};
}

static void bind_percentile(struct db_stmt *s, const char *name, const struct hist *h,
                            uint64_t num, uint64_t den)
{
    if (percentile_supported(h->count, num, den))
        db_bind_u64(s, name, hist_percentile_ns(h, num, den));
    else
        db_bind_null(s, name);
}

static void bind_interval_latency(struct db_stmt *s, const struct hist *h)
{
    db_bind_u64(s, ":latency_count", h->count);
    bind_percentile(s, ":latency_p50_ns", h, 50, 100);
    bind_percentile(s, ":latency_p90_ns", h, 90, 100);
    bind_percentile(s, ":latency_p99_ns", h, 99, 100);
    if (h->count)
        db_bind_u64(s, ":latency_max_ns", h->max_ns);
    else
        db_bind_null(s, ":latency_max_ns");
}

static int insert_row(struct rec *r, const struct rec_interval *b, uint64_t seq, struct err *e)
{
    struct db_stmt *s = r->store.interval;
    db_bind_i64(s, ":run_id", r->cfg.run_id);
    db_bind_i64(s, ":phase_id", r->phases[b->phase]->id);
    db_bind_i64(s, ":worker", b->worker);
    db_bind_u64(s, ":seq", seq);
    db_bind_i64(s, ":started_ns", rec_unix_ns(r, b->start_ns));
    db_bind_i64(s, ":ended_ns", rec_unix_ns(r, b->end_ns));
    db_bind_u64(s, ":merged", b->merged);
    db_bind_u64(s, ":open_connections", b->open_connections);
#define X(column, NAME) db_bind_u64(s, ":" #column, b->counters[COUNTER_##NAME]);
    INTERVAL_COUNTERS(X)
#undef X
    bind_interval_latency(s, &b->times[TIME_LATENCY]);
    return db_run(s, e);
}

static int insert_counters(struct db_stmt *s, int64_t interval_id, const int64_t *ids,
                           const uint64_t *values, int n, struct err *e)
{
    int ret = 0;
    for (int i = 0; i < n && !ret; i++) {
        if (!values[i])
            continue;
        db_bind_i64(s, ":interval_id", interval_id);
        db_bind_i64(s, ":name_id", ids[i]);
        db_bind_u64(s, ":value", values[i]);
        ret = db_run(s, e);
    }
    return ret;
}

static int insert_all_counters(struct store *s, int64_t id, const struct rec_interval *b,
                               struct err *e)
{
    int ret = insert_counters(s->counter, id, s->counter_ids, b->counters, COUNTER_COUNT, e);
    if (!ret)
        ret = insert_counters(s->counter, id, s->result_ids, b->results, RESULT_COUNT, e);
    if (!ret)
        ret = insert_counters(s->counter, id, s->error_ids, b->connect_errors, RESULT_COUNT, e);
    if (!ret)
        ret = insert_counters(s->counter, id, s->drop_ids, b->drops, DROP_COUNT, e);
    return ret;
}

static void bind_hist(struct db_stmt *s, const struct hist *h)
{
    char name[16];
    db_bind_u64(s, ":count", h->count);
    db_bind_u64(s, ":overflow", h->overflow);
    db_bind_u64(s, ":min_ns", h->min_ns);
    db_bind_u64(s, ":max_ns", h->max_ns);
    db_bind_f64(s, ":mean_ns", hist_mean_ns(h));
    for (size_t i = 0; i < STORED_PERCENTILES; i++) {
        snprintf(name, sizeof name, ":%s", stored_percentiles[i].column);
        bind_percentile(s, name, h, stored_percentiles[i].num, stored_percentiles[i].den);
    }
}

static int insert_one_hist(struct rec *r, int64_t id, enum time_kind time, const struct hist *h,
                           struct err *e)
{
    struct db_stmt *s = r->store.hist;
    uint8_t *blob;
    size_t len;
    if (histblob_encode(h, &blob, &len))
        return err_set(e, EXIT_ENVIRONMENT, -ENOMEM, "%s: out of memory", db_path(r->cfg.db));
    db_bind_i64(s, ":interval_id", id);
    db_bind_text(s, ":time", time_name(time));
    bind_hist(s, h);
    db_bind_blob(s, ":blob", blob, len);
    free(blob);
    return db_run(s, e);
}

/* The recorder could not keep up over a change of phase: the figures say less than they seem to. */
static int note_mixed(struct rec *r, const struct rec_interval *b, uint64_t seq, struct err *e)
{
    char text[160];
    snprintf(text, sizeof text,
             "worker %u, interval %llu: %u intervals of later phases are merged into this one, the "
             "recorder was behind", b->worker, (unsigned long long)seq, b->mixed);
    return db_note_add(r->cfg.db, r->cfg.run_id, rec_unix_ns(r, b->end_ns), "warn", text, e);
}

int store_interval(struct rec *r, const struct rec_interval *b, uint64_t seq, struct err *e)
{
    int ret = insert_row(r, b, seq, e);
    if (ret)
        return ret;
    int64_t id = db_last_id(r->cfg.db);
    ret = insert_all_counters(&r->store, id, b, e);
    for (enum time_kind t = 0; t < TIME_COUNT && !ret; t++)
        if (b->times[t].count)
            ret = insert_one_hist(r, id, t, &b->times[t], e);
    if (!ret && b->mixed)
        ret = note_mixed(r, b, seq, e);
    return ret;
}
