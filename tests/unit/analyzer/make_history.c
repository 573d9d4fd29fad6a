/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * make_history FILE: appends runs with given figures to a results file, quickly, for trends. Each
 * line of the standard input is one run, eleven words: workload, history key, start (Unix ns),
 * state, valid (1, 0), commit, messages/s, latency p50 and p99 (us), failed transactions (of one
 * second with so many messages), factor of the negative controls; "-" is NULL. Every run is one
 * second of one worker.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "db/db.h"

#define S 1000000000ll

struct words {
    char workload[64], key[64], start[32], state[16], valid[4], commit[64], rate[32], p50[32];
    char p99[32], failed[32], control[32];
};

static struct err e;

static void must(int ret)
{
    if (ret >= 0)
        return;
    fprintf(stderr, "make_history: %s\n", e.message);
    exit(EXIT_FAILURE);
}

static const char *or_null(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

static double figure(const char *word)
{
    return or_null(word) ? strtod(word, NULL) : NAN;
}

static struct db_stmt *prepare(struct db *db, const char *sql)
{
    struct db_stmt *s = NULL;
    must(db_prepare(db, "write the history", sql, &s, &e));
    return s;
}

/* Statements that every run needs, prepared once. */
struct writer {
    struct db *db;
    struct db_stmt *run, *phase, *interval, *summary;
};

static struct writer writer_open(const char *path)
{
    struct writer w = {0};
    must(db_open(path, DB_CREATE, &w.db, &e));
    must(db_begin(w.db, "write the history", &e));
    w.run = prepare(
        w.db,
        "INSERT INTO run (uuid, workload_id, job, seed, history_key, tool_version, subject_commit, "
        "host, pid, pid_start, boot_id, started_ns, ended_ns, state, valid, invalid_reason, wire, "
        "timestamp_source, protocol, pattern, load, workers, connections_requested, interval_ns, "
        "control_timer_wake_p50_ns, control_timer_wake_p99_ns, control_memory_copy_mib_per_s, "
        "control_cpu_per_transaction_ns) VALUES (:uuid, :workload, '', 42, :key, '0.1.0', "
        ":commit, 'here', 1, 1, 'boot', :started, :ended, :state, :valid, CASE :valid WHEN 0 THEN "
        "'lateness p99 above its bound' END, 'pair', 'tsc', 'line', 'long_lived', 'max', 1, 1, "
        "1000000000, CAST(1000 * :control AS INTEGER), CAST(9000 * :control AS INTEGER), "
        "8000.0 / :control, 900.0 * :control)");
    w.phase = prepare(w.db, "INSERT INTO phase (run_id, seq, name, kind, measured, started_ns, "
                            "ended_ns, load) VALUES (:run_id, 0, 'measure', 'measure', 1, "
                            ":started, :ended, 'max')");
    w.interval = prepare(
        w.db, "INSERT INTO interval (run_id, phase_id, worker, seq, started_ns, ended_ns, "
              "open_connections, started, completed, failed, messages_sent, messages_received, "
              "payload_sent_bytes, payload_received_bytes, connects_started, connects_completed, "
              "connects_failed, frames_tx, frames_rx, wire_tx_bytes, wire_rx_bytes, retransmits, "
              "latency_count) VALUES (:run_id, :phase_id, 0, 0, :started, :ended, 1, :all, :done, "
              ":failed, :all, :done, :all, :done, 0, 0, 0, :all, :done, :all, :done, 0, :done)");
    w.summary = prepare(w.db, "INSERT INTO summary (run_id, time, count, overflow, p50_ns, p99_ns, "
                              "mean_ns) VALUES (:run_id, 'latency', 1000, 0, :p50, :p99, :p50)");
    return w;
}

static int64_t put_run(struct writer *w, const struct words *x, int64_t number)
{
    char uuid[40];
    int64_t started = strtoll(x->start, NULL, 10);
    snprintf(uuid, sizeof uuid, "%016" PRIx64 "-%" PRIx64, rng_mix(5, (uint64_t)number),
             (uint64_t)number);
    db_bind_text(w->run, ":uuid", uuid);
    db_bind_text(w->run, ":workload", x->workload);
    db_bind_text(w->run, ":key", x->key);
    db_bind_text(w->run, ":commit", or_null(x->commit));
    db_bind_i64(w->run, ":started", started);
    db_bind_i64(w->run, ":ended", started + S);
    db_bind_text(w->run, ":state", x->state);
    if (or_null(x->valid))
        db_bind_i64(w->run, ":valid", strtoll(x->valid, NULL, 10));
    else
        db_bind_null(w->run, ":valid");
    db_bind_f64(w->run, ":control", figure(x->control));
    must(db_run(w->run, &e));
    return db_last_id(w->db);
}

static void put_times(struct db_stmt *s, int64_t run_id, int64_t started)
{
    db_bind_i64(s, ":run_id", run_id);
    db_bind_i64(s, ":started", started);
    db_bind_i64(s, ":ended", started + S);
}

static void put_figures(struct writer *w, const struct words *x, int64_t run_id)
{
    int64_t started = strtoll(x->start, NULL, 10);
    double rate = figure(x->rate), failed = figure(x->failed);
    put_times(w->phase, run_id, started);
    must(db_run(w->phase, &e));
    int64_t phase_id = db_last_id(w->db);
    if (!isnan(rate)) {
        put_times(w->interval, run_id, started);
        db_bind_i64(w->interval, ":phase_id", phase_id);
        db_bind_f64(w->interval, ":all", rate);
        db_bind_f64(w->interval, ":done", rate - failed);
        db_bind_f64(w->interval, ":failed", failed);
        must(db_run(w->interval, &e));
    }
    db_bind_i64(w->summary, ":run_id", run_id);
    db_bind_f64(w->summary, ":p50", rint(1000 * figure(x->p50)));
    db_bind_f64(w->summary, ":p99", rint(1000 * figure(x->p99)));
    must(db_run(w->summary, &e));
}

/* Runs that the file holds already. */
static int64_t count_runs(struct db *db)
{
    struct db_stmt *s = prepare(db, "SELECT count(*) AS n FROM run");
    must(db_step(s, &e));
    int64_t runs = db_col_i64(s, "n");
    db_finish(s);
    return runs;
}

int main(int argc, char **argv)
{
    struct words x;
    if (argc != 2)
        return EXIT_FAILURE;
    struct writer w = writer_open(argv[1]);
    int64_t runs = count_runs(w.db);
    while (scanf("%63s %63s %31s %15s %3s %63s %31s %31s %31s %31s %31s", x.workload, x.key,
                 x.start, x.state, x.valid, x.commit, x.rate, x.p50, x.p99, x.failed,
                 x.control) == 11) {
        int64_t run_id = put_run(&w, &x, ++runs);
        put_figures(&w, &x, run_id);
    }
    db_finish(w.run);
    db_finish(w.phase);
    db_finish(w.interval);
    db_finish(w.summary);
    must(db_commit(w.db, "write the history", &e));
    db_close(w.db);
    printf("%" PRId64 "\n", runs);
    return EXIT_SUCCESS;
}
