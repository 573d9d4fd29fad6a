/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/analyzer/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/rng.h"
#include "db/db.h"
#include "db/histblob.h"

#define S 1000000000ll

struct build {
    const struct fixture *f;
    struct db *db;
    struct err e;
    int64_t run_id, seq, at_ns;
    struct rng rng;
    double drift;
    struct hist_sum *measured[TIME_COUNT]; /* of the phase that is measured; NULL outside it */
    struct db_stmt *add_name, *add_counter; /* some hundred of each */
};

static void must(struct build *b, int ret)
{
    if (ret >= 0)
        return;
    fprintf(stderr, "fixture: %s\n", b->e.message);
    abort();
}

static void run(struct build *b, const char *sql)
{
    must(b, db_exec(b->db, "write the fixture", sql, &b->e));
}

static int64_t scalar(struct build *b, const char *sql)
{
    struct db_stmt *s = NULL;
    must(b, db_prepare(b->db, "read the fixture", sql, &s, &b->e));
    must(b, db_step(s, &b->e));
    int64_t value = db_col_i64(s, "value");
    db_finish(s);
    return value;
}

/* --- histograms ------------------------------------------------------------------------ */

static double normal(struct rng *r)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += rng_f64(r);
    return sum - 6;
}

static uint64_t real_sample(struct build *b, enum time_kind time, int64_t second)
{
    double tail = rng_f64(&b->rng), slow = second == 17 ? 3 : 1;
    double us = 21 * exp(0.16 * normal(&b->rng) + b->drift);
    if (tail > 0.985)
        us *= 2 + 6 * rng_f64(&b->rng) * slow;
    if (tail > 0.9996)
        us += 900 * rng_f64(&b->rng) * slow;
    if (time == TIME_LATENESS)
        us = 0.12 * exp(0.4 * normal(&b->rng)) + (tail > 0.995 ? 4 * slow : 0);
    if (time == TIME_SERVICE)
        us *= 0.82;
    return (uint64_t)(1000 * us);
}

static void fill(struct build *b, struct hist *h, enum time_kind time, int64_t second)
{
    hist_reset(h);
    int samples = b->f->kind == FIXTURE_REAL ? 20000 : 1000;
    for (int i = 1; i <= samples; i++) {
        double us = (double)i * (b->f->latency > 0 ? b->f->latency : 1);
        uint64_t known[TIME_COUNT] = {(uint64_t)(us * 1000), (uint64_t)(us * 500), 0, 100, 0};
        if (time == TIME_CONNECT)
            return;
        hist_record(h, b->f->kind == FIXTURE_REAL
                           ? (time == TIME_QUEUEING ? 0 : real_sample(b, time, second))
                           : known[time]);
    }
}

static void put_hist(struct build *b, int64_t interval_id, enum time_kind time,
                     const struct hist *h)
{
    if (h->count == 0)
        return;
    struct db_stmt *s = NULL;
    uint8_t *blob = NULL;
    size_t len = 0;
    must(b, histblob_encode(h, &blob, &len));
    must(b, db_prepare(b->db, "write a histogram",
                       "INSERT INTO hist (interval_id, time, count, overflow, min_ns, max_ns, "
                       "mean_ns, blob) VALUES (:interval_id, :time, :count, :overflow, :min_ns, "
                       ":max_ns, :mean_ns, :blob)",
                       &s, &b->e));
    db_bind_i64(s, ":interval_id", interval_id);
    db_bind_text(s, ":time", time_name(time));
    db_bind_u64(s, ":count", h->count);
    db_bind_u64(s, ":overflow", h->overflow);
    db_bind_u64(s, ":min_ns", h->min_ns);
    db_bind_u64(s, ":max_ns", h->max_ns);
    db_bind_f64(s, ":mean_ns", hist_mean_ns(h));
    db_bind_blob(s, ":blob", blob, len);
    must(b, db_run(s, &b->e));
    db_finish(s);
    free(blob);
}

/* --- intervals ------------------------------------------------------------------------- */

static void prepare_counters(struct build *b)
{
    must(b, db_prepare(b->db, "name a counter",
                       "INSERT OR IGNORE INTO counter_name (kind, name, rollup, meaning) "
                       "VALUES (:kind, :name, :rollup, :name)",
                       &b->add_name, &b->e));
    must(b, db_prepare(b->db, "write a counter",
                       "INSERT INTO counter (interval_id, name_id, value) SELECT :interval_id, id, :value "
                       "FROM counter_name WHERE kind = :kind AND name = :name",
                       &b->add_counter, &b->e));
}

static void put_counter(struct build *b, int64_t interval_id, const char *kind, const char *name,
                        uint64_t value)
{
    if (!value)
        return;
    db_bind_text(b->add_name, ":kind", kind);
    db_bind_text(b->add_name, ":name", name);
    db_bind_text(b->add_name, ":rollup", strstr(name, "_max") ? "max" : "sum");
    must(b, db_run(b->add_name, &b->e));
    db_bind_i64(b->add_counter, ":interval_id", interval_id);
    db_bind_u64(b->add_counter, ":value", value);
    db_bind_text(b->add_counter, ":kind", kind);
    db_bind_text(b->add_counter, ":name", name);
    must(b, db_run(b->add_counter, &b->e));
}

static int64_t put_interval(struct build *b, int64_t phase_id, int worker, uint64_t done,
                            uint64_t failed)
{
    char sql[1200];
    snprintf(sql, sizeof sql,
             "INSERT INTO interval (run_id, phase_id, worker, seq, started_ns, ended_ns, "
             "open_connections, started, completed, failed, messages_sent, messages_received, "
             "payload_sent_bytes, payload_received_bytes, connects_started, connects_completed, "
             "connects_failed, frames_tx, frames_rx, wire_tx_bytes, wire_rx_bytes, retransmits, "
             "latency_count) VALUES (%lld, %lld, %d, %lld, %lld, %lld, 50, %llu, %llu, %llu, %llu, "
             "%llu, %llu, %llu, 0, 0, 0, %llu, %llu, %llu, %llu, 1, %llu)",
             (long long)b->run_id, (long long)phase_id, worker, (long long)b->seq,
             (long long)b->at_ns, (long long)(b->at_ns + S), (unsigned long long)(done + failed),
             (unsigned long long)done, (unsigned long long)failed,
             (unsigned long long)(done + failed), (unsigned long long)done,
             (unsigned long long)((done + failed) * 1024), (unsigned long long)(done * 1024),
             (unsigned long long)(done * 2), (unsigned long long)(done * 2),
             (unsigned long long)(done * 1200), (unsigned long long)(done * 1200),
             (unsigned long long)done);
    run(b, sql);
    return db_last_id(b->db);
}

static void count_all(struct build *b, int64_t id, uint64_t done, uint64_t failed)
{
    put_counter(b, id, "counter", "started", done + failed);
    put_counter(b, id, "counter", "completed", done);
    put_counter(b, id, "counter", "failed", failed);
    put_counter(b, id, "counter", "messages_sent", done + failed);
    put_counter(b, id, "counter", "messages_received", done);
    put_counter(b, id, "counter", "payload_sent_bytes", (done + failed) * 1024);
    put_counter(b, id, "counter", "payload_received_bytes", done * 1024);
    put_counter(b, id, "counter", "frames_tx", done * 2);
    put_counter(b, id, "counter", "frames_rx", done * 2);
    put_counter(b, id, "counter", "wire_tx_bytes", done * 1200);
    put_counter(b, id, "counter", "wire_rx_bytes", done * 1200);
    put_counter(b, id, "counter", "segments_tx", done * 2);
    put_counter(b, id, "counter", "retransmits", 1);
    put_counter(b, id, "counter", "gap_max_ns", 100000);
    put_counter(b, id, "result", "ok", done);
    put_counter(b, id, "result", "timeout", failed);
    put_counter(b, id, "drop", "tcp_csum", 2);
}

static uint64_t known_done(const struct build *b)
{
    return (uint64_t)llround(1000 * (b->f->rate > 0 ? b->f->rate : 1));
}

static uint64_t known_failed(const struct build *b)
{
    return b->f->failed == FIXTURE_NONE ? 0 : b->f->failed ? (uint64_t)b->f->failed : 5;
}

static void put_second(struct build *b, int64_t phase_id, int64_t second)
{
    struct hist *h = malloc(sizeof *h);
    b->drift = 0.9 * b->drift + 0.03 * normal(&b->rng);
    for (int worker = 0; worker < 2; worker++) {
        bool real = b->f->kind == FIXTURE_REAL;
        uint64_t done =
            real ? (uint64_t)(150000 * exp(-b->drift)) - (second == 17 ? 40000 : 0) : known_done(b);
        uint64_t failed = real ? (second == 17 ? 40 : 0) : known_failed(b);
        int64_t id = put_interval(b, phase_id, worker, done, failed);
        count_all(b, id, done, failed);
        for (int t = 0; t < TIME_COUNT; t++) {
            fill(b, h, (enum time_kind)t, second);
            put_hist(b, id, (enum time_kind)t, h);
            if (b->measured[t])
                hist_sum_add(b->measured[t], h);
        }
    }
    free(h);
    b->at_ns += S;
    b->seq++;
}

/* --- phases ---------------------------------------------------------------------------- */

static int64_t begin_phase(struct build *b, enum phase_kind kind, uint32_t seq, int64_t seconds)
{
    struct phase_row row = {.name = phase_kind_name(kind),
                            .kind = kind,
                            .measured = kind == PHASE_MEASURE,
                            .load = b->f->rate_max ? "max" : "2000/s",
                            .payload = "1024",
                            .reply = "1024",
                            .offered_rate_per_s = b->f->rate_max ? NAN : 2000,
                            .requested_ns = seconds * S,
                            .connections = 100,
                            .depth = 1};
    int64_t id;
    must(b, db_phase_begin(b->db, b->run_id, seq, &row, b->at_ns, &id, &b->e));
    return id;
}

static void put_phase(struct build *b, enum phase_kind kind, uint32_t seq, int64_t seconds)
{
    int64_t id = begin_phase(b, kind, seq, seconds);
    for (int t = 0; t < TIME_COUNT && kind == PHASE_MEASURE; t++)
        hist_sum_reset(b->measured[t] = malloc(sizeof **b->measured));
    for (int64_t i = 0; i < seconds; i++)
        put_second(b, id, i);
    must(b, db_phase_end(b->db, id, b->at_ns, PHASE_EXIT_TIME, &b->e));
    for (int t = 0; t < TIME_COUNT && kind == PHASE_MEASURE; t++) {
        must(b, db_summary_add(b->db, b->run_id, DB_NONE, (enum time_kind)t, b->measured[t], 100,
                               &b->e));
        free(b->measured[t]);
        b->measured[t] = NULL;
    }
}

static void put_connect_phase(struct build *b)
{
    struct hist *h = malloc(sizeof *h);
    struct hist_sum *sum = malloc(sizeof *sum);
    int64_t id = begin_phase(b, PHASE_CONNECT, 0, 1);
    hist_sum_reset(sum);
    for (int worker = 0; worker < 2; worker++) {
        int64_t interval = put_interval(b, id, worker, 0, 0);
        put_counter(b, interval, "counter", "connects_started", 50);
        put_counter(b, interval, "counter", "connects_completed", 50);
        put_counter(b, interval, "connect_error", "connect_refused", 1);
        hist_reset(h);
        for (uint64_t i = 1; i <= 50; i++)
            hist_record(h, i * 1000);
        put_hist(b, interval, TIME_CONNECT, h);
        hist_sum_add(sum, h);
    }
    must(b, db_summary_add(b->db, b->run_id, id, TIME_CONNECT, sum, DB_NONE, &b->e));
    free(sum);
    free(h);
    b->at_ns += S;
    b->seq++;
    must(b, db_phase_end(b->db, id, b->at_ns, PHASE_EXIT_TIME, &b->e));
}

/* --- the run --------------------------------------------------------------------------- */

static void put_controls(struct build *b)
{
    double factor = b->f->control;
    struct run_control control = {.timer_wake_p50_ns = llround(52000 * factor),
                                  .timer_wake_p99_ns = llround(71000 * factor),
                                  .memory_copy_mib_per_s = 9000 / factor,
                                  .cpu_per_transaction_ns = 800 * factor};
    must(b, db_run_control(b->db, b->run_id, &control, &b->e));
}

/* Two are known, one is missing with its reason, and the last is missing without. */
static void put_some_controls(struct build *b)
{
    struct run_control control = {58000, DB_NONE, 9000, NAN};
    must(b, db_run_control(b->db, b->run_id, &control, &b->e));
    must(b, db_note_add(b->db, b->run_id, b->at_ns, "info",
                        "control_timer_wake_p99_ns: not measured: 400 wake-ups", &b->e));
}

static void begin_run(struct build *b)
{
    char uuid[40];
    struct process_id process;
    must(b, process_self(&process, &b->e));
    if (b->f->by_parent) {
        process.pid = getppid();
        process.start_ticks = process_start_ticks(process.pid);
    }
    if (b->f->dead)
        process.start_ticks = 1; /* the pid lives, but it is another process now */
    snprintf(
        uuid, sizeof uuid, "%08llx-0000-4000-8000-000000000000",
        (unsigned long long)(rng_mix(7, (uint64_t)scalar(b, "SELECT count(*) AS value FROM run")) >>
                             32));
    struct run_row row = {.uuid = uuid,
                          .workload_id =
                              b->f->workload_id ? b->f->workload_id : "tcp_small_burst_1kib",
                          .job = b->f->job ? b->f->job : "[global]\nprotocol = line\n",
                          .history_key = b->f->history_key ? b->f->history_key : "5e1f",
                          .subject_commit = b->f->subject_commit,
                          .margins = b->f->margins,
                          .interleave = b->f->interleave,
                          .tool_version = "0.1.0",
                          .process = process,
                          .started_ns = b->at_ns,
                          .wire = "lab",
                          .wire_detail = "veth, native XDP, copy",
                          .timestamp_source = "tsc",
                          .clock_error_ns = 24,
                          .clock_ppm = 0.01,
                          .protocol = "line",
                          .transport = "tcp",
                          .pattern = "long_lived",
                          .load = b->f->rate_max ? "max" : "2000/s",
                          .payload = "1024",
                          .reply = "1024",
                          .sla = b->f->verdict ? "msg_per_s>=1000" : NULL,
                          .seed = 42,
                          .depth = 1,
                          .workers = 2,
                          .connections_requested = 100,
                          .duration_requested_ns = 10 * S,
                          .interval_ns = S};
    must(b, db_run_begin(b->db, &row, &b->run_id, &b->e));
    must(b, db_env_add(b->db, b->run_id, "cpu", "Example CPU @ 2.50GHz", ENV_MUST, &b->e));
    must(b, db_env_add(b->db, b->run_id, "kernel", b->f->kernel ? b->f->kernel : "6.1.0", ENV_MUST,
                       &b->e));
    must(b, db_env_add(b->db, b->run_id, "governor", b->f->governor, ENV_WARN, &b->e));
    if (b->f->control > 0)
        put_controls(b);
    else
        put_some_controls(b);
}

static void put_resources(struct build *b)
{
    for (int64_t i = 0; i <= 12; i++) {
        struct resource_row row = {.role = "gen",
                                   .pid = 1,
                                   .at_ns = b->at_ns + S + i * S,
                                   .use = {.rss_bytes = (100 + i) << 20,
                                           .hugetlb_bytes = 0,
                                           .cpu_ns = 2 * i * S,
                                           .voluntary_switches = -1,
                                           .involuntary_switches = -1}};
        must(b, db_resource_add(b->db, b->run_id, &row, &b->e));
    }
}

/* Of its connections and of the recorders and servers, whose pools no connection holds. */
static void put_pools(struct build *b)
{
    static const struct {
        const char *name;
        double bytes;
    } pools[] = {{"connections", 128}, {"flow_table", 10.5}, {"recorder", 4096},
                 {"flight_recorder", 65536}, {"servers", 12}};
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) {
        struct conn_memory_row row = {.side = "gen", .pool = pools[i].name, .connections = 100,
                                      .item_bytes = DB_NONE, .items_used = DB_NONE,
                                      .items_reserved = DB_NONE, .bytes_per_conn = pools[i].bytes,
                                      .base_bytes = DB_NONE, .loaded_bytes = DB_NONE};
        must(b, db_conn_memory_add(b->db, b->run_id, &row, &b->e));
    }
}

static void end_run(struct build *b)
{
    struct verdict_row verdict = {.phase_id = DB_NONE,
                                  .rule = "msg_per_s>=1000",
                                  .metric = "msg_per_s",
                                  .op = ">=",
                                  .unit = "messages/s",
                                  .target = 1000,
                                  .actual = 2010,
                                  .samples = DB_NONE,
                                  .state = b->f->verdict};
    if (b->f->verdict)
        must(b, db_verdict_add(b->db, b->run_id, &verdict, &b->e));
    if (b->f->state == RUN_RUNNING)
        return;
    struct run_end end = {.state = b->f->state,
                          .ended_ns = b->f->backwards ? b->at_ns - 3600 * S : b->at_ns,
                          .valid = !b->f->invalid,
                          .invalid_reason = b->f->invalid ? "lateness p99 above its bound" : NULL,
                          .limited_by = "generator",
                          .limited_by_evidence = "worker 0 was 99 % busy",
                          .connections_opened = 100,
                          .lost_intervals = 0};
    must(b, db_run_end(b->db, b->run_id, &end, &b->e));
}

int64_t fixture_write(const char *path, const struct fixture *f)
{
    struct build b = {.f = f, .at_ns = f->started_ns ? f->started_ns : FIXTURE_STARTED_NS};
    rng_seed(&b.rng, 11);
    must(&b, db_open(path, DB_CREATE, &b.db, &b.e));
    must(&b, db_begin(b.db, "write the fixture", &b.e));
    prepare_counters(&b);
    begin_run(&b);
    put_resources(&b);
    put_pools(&b);
    put_connect_phase(&b);
    if (f->kind != FIXTURE_EMPTY) {
        put_phase(&b, PHASE_WARMUP, 1, 2);
        put_phase(&b, PHASE_MEASURE, 2, f->kind == FIXTURE_REAL ? 30
                                         : f->seconds                ? f->seconds
                                                                     : 10);
        put_phase(&b, PHASE_DRAIN, 3, 0);
    }
    must(&b, db_commit(b.db, "write the fixture", &b.e));
    end_run(&b);
    db_finish(b.add_name);
    db_finish(b.add_counter);
    db_close(b.db);
    return b.run_id;
}
