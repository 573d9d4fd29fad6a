/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Figures on real rows. Phase a: connect 0-1 s, warm-up 1-2 s, measured 2-4 s in two intervals of
 * two workers, drain 4-5 s; phase b: measured 5-7 s, drain 7-8 s. All expected values are reckoned
 * by hand from the rows below.
 */
#include "run/figures.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/err.h"
#include "base/hist.h"
#include "db/db.h"
#include "db/histblob.h"
#include "db/run_row.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

#define S 1000000000ll

static struct tmp_dir dir;
static struct db *db;
static struct err e;
static int64_t run_id, phases[6];
static struct figure_scope whole;

static void sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sql(const char *format, ...)
{
    char text[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ck_assert_msg(db_exec(db, "test", text, &e) == 0, "%s: %s", text, e.message);
}

static void add_phase(uint32_t seq, const char *name, enum phase_kind kind, int64_t from,
                      int64_t to)
{
    struct phase_row row = {.name = name,
                            .kind = kind,
                            .measured = kind == PHASE_MEASURE,
                            .load = "10/s",
                            .offered_rate_per_s = 10};
    ck_assert_int_eq(db_phase_begin(db, run_id, seq, &row, from * S, &phases[seq], &e), 0);
    ck_assert_int_eq(db_phase_end(db, phases[seq], to * S, PHASE_EXIT_TIME, &e), 0);
}

/* `ms`: latency of its completions, all the same. Returns its id. */
static int64_t add_interval(uint32_t phase, int worker, int seq, int from, int to, int started,
                            int completed, int failed, int open, int connects, uint32_t ms)
{
    static struct hist h;
    uint8_t *blob;
    size_t len;
    struct db_stmt *q;
    sql("INSERT INTO interval (run_id, phase_id, worker, seq, started_ns, ended_ns, "
        "open_connections, started, completed, failed, messages_sent, messages_received, "
        "payload_sent_bytes, payload_received_bytes, connects_started, connects_completed, "
        "connects_failed, frames_tx, frames_rx, wire_tx_bytes, wire_rx_bytes, retransmits, "
        "latency_count) VALUES (%lld, %lld, %d, %d, %lld, %lld, %d, %d, %d, %d, %d, %d, 1048576, "
        "0, "
        "%d, %d, 0, 100, 50, 125000000, 0, 1, %d)",
        (long long)run_id, (long long)phases[phase], worker, seq, from * S, to * S, open, started,
        completed, failed, started, completed, connects, connects, completed);
    int64_t id = db_last_id(db);
    if (!ms || !completed)
        return id;
    hist_reset(&h);
    for (int i = 0; i < completed; i++)
        hist_record(&h, ms * 1000000ull);
    ck_assert_int_eq(histblob_encode(&h, &blob, &len), 0);
    ck_assert_int_eq(
        db_prepare(db, "test",
                   "INSERT INTO hist (interval_id, time, count, overflow, "
                   "min_ns, max_ns, mean_ns, blob) VALUES (:id, 'latency', :n, 0, :ns, "
                   ":ns, :ns, :blob)",
                   &q, &e),
        0);
    db_bind_i64(q, ":id", id);
    db_bind_i64(q, ":n", completed);
    db_bind_i64(q, ":ns", ms * 1000000);
    db_bind_blob(q, ":blob", blob, len);
    ck_assert_int_eq(db_run(q, &e), 0);
    db_finish(q);
    free(blob);
    return id;
}

static void add_count(int64_t interval, const char *kind, const char *name, int value)
{
    sql("INSERT OR IGNORE INTO counter_name (kind, name, rollup, meaning) VALUES ('%s', '%s', "
        "'%s', '')",
        kind, name, strstr(name, "max") ? "max" : "sum");
    sql("INSERT INTO counter SELECT %lld, id, %d FROM counter_name WHERE kind = '%s' AND name = "
        "'%s'",
        (long long)interval, value, kind, name);
}

static void add_rss(int at_ms, int mib, int cpu_ms)
{
    sql("INSERT INTO resource (run_id, role, pid, at_ns, rss_bytes, cpu_ns) VALUES (%lld, 'gen', "
        "1, "
        "%lld, %lld, %lld)",
        (long long)run_id, at_ms * 1000000ll, mib * 1048576ll, cpu_ms * 1000000ll);
}

static void begin(void)
{
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    struct run_row row = {
        .uuid = "u",
        .workload_id = "w",
        .job = "[global]\n",
        .history_key = "k",
        .tool_version = "0",
        .started_ns = 0,
        .wire = "pair",
        .timestamp_source = "tsc",
        .clock_error_ns = DB_NONE,
        .clock_ppm = NAN,
        .protocol = "echo",
        .pattern = "long_lived",
        .load = "10/s",
        .depth = 1,
        .workers = 2,
        .connections_requested = 4,
        .duration_requested_ns = DB_NONE,
        .interval_ns = S,
    };
    ck_assert_int_eq(process_self(&row.process, &e), 0);
    ck_assert_msg(db_run_begin(db, &row, &run_id, &e) == 0, "%s", e.message);
    whole = (struct figure_scope){.db = db, .run_id = run_id, .to_seq = FIGURE_LAST};
}

static void fill(void)
{
    begin();
    add_phase(0, "a", PHASE_CONNECT, 0, 1);
    add_phase(1, "a", PHASE_WARMUP, 1, 2);
    add_phase(2, "a", PHASE_MEASURE, 2, 4);
    add_phase(3, "a", PHASE_DRAIN, 4, 5);
    add_phase(4, "b", PHASE_MEASURE, 5, 7);
    add_phase(5, "b", PHASE_DRAIN, 7, 8);
    add_interval(0, 0, 0, 0, 1, 0, 0, 0, 2, 2, 0);
    add_interval(0, 1, 0, 0, 1, 0, 0, 0, 2, 2, 0);
    add_interval(1, 0, 1, 1, 2, 100, 100, 0, 2, 0, 0);
    add_interval(1, 1, 1, 1, 2, 100, 100, 0, 2, 0, 0);
    int64_t id = add_interval(2, 0, 2, 2, 3, 100, 90, 4, 2, 0, 10);
    add_interval(2, 1, 2, 2, 3, 100, 100, 0, 1, 0, 10);
    add_interval(2, 0, 3, 3, 4, 100, 100, 0, 2, 0, 10);
    int64_t last = add_interval(2, 1, 3, 3, 4, 100, 100, 0, 2, 0, 40);
    int64_t drain = add_interval(3, 0, 4, 4, 5, 0, 5, 1, 2, 0, 1000);
    add_interval(3, 1, 4, 4, 5, 0, 0, 0, 2, 0, 0);
    add_interval(4, 0, 5, 5, 7, 50, 50, 0, 2, 0, 1);
    add_interval(4, 1, 5, 5, 7, 50, 50, 0, 2, 0, 1);
    add_interval(5, 0, 6, 7, 8, 0, 0, 0, 0, 0, 0);
    add_count(id, "result", "reset", 4);
    add_count(id, "counter", "gap_max_ns", 7);
    add_count(last, "counter", "gap_max_ns", 9);
    add_count(last, "counter", "rst_received", 1);
    add_count(drain, "result", "timeout", 1);
    add_count(id, "counter", "rounds", 1000);
    add_count(id, "counter", "tx_full", 20);
    add_count(id, "counter", "missed", 8);
    add_count(id, "counter", "cycles_idle", 600);
    add_count(id, "counter", "cycles_rx", 300);
    add_count(id, "counter", "cycles_tx", 100);
    add_count(id, "drop", "tcp_csum", 3);
    add_rss(1500, 10, 0);
    add_rss(2000, 20, 500);
    add_rss(3000, 26, 1000);
    add_rss(4000, 29, 3000);
    add_rss(5500, 99, 3100);
}

static void done(void)
{
    db_close(db);
    tmp_dir_remove(&dir);
}

static double value(const struct figure_scope *s, const char *name, uint64_t window_ns)
{
    struct figure_name f;
    ck_assert_msg(figure_find(name, &f), "%s", name);
    return figure_read(s, &f, window_ns);
}

static double samples(const struct figure_scope *s, const char *name)
{
    struct figure_name f;
    ck_assert(figure_find(name, &f));
    return figure_samples(s, &f);
}

static struct figure_scope of(const char *name)
{
    struct figure_scope s = whole;
    int64_t id;
    ck_assert(figure_scope_of(&s, name, &id));
    ck_assert_int_eq(id, phases[strcmp(name, "a") ? 4 : 2]);
    return s;
}

static void is(double found, double wanted, const char *name)
{
    ck_assert_msg(fabs(found - wanted) <= 1e-9 * fabs(wanted), "%s: %.12g, expected %.12g", name,
                  found, wanted);
}

START_TEST(of_each_phase_and_of_the_run)
{
    static const struct {
        const char *name;
        double a, b, run;
    } rows[] = {
        {"started_per_s", 200, 50, 125},
        {"msg_per_s", 200, 50, 125},
        {"transactions_per_s", 195, 50, 122.5},
        {"frames_per_s", 300, 150, 225},
        {"wire_gbit_per_s", 2, 1, 1.5},
        {"bandwidth", 2, 1, 1.5},
        {"errors", 500.0 / 400, 0, 500.0 / 500},
        {"success", 39500.0 / 400, 100, 49500.0 / 500},
        {"error.reset", 400.0 / 400, 0, 400.0 / 500},
        {"error.timeout", 100.0 / 400, 0, 100.0 / 500},
        {"completions", 395, 100, 495},
        {"connections", 3, 4, 3},
        {"connections_max", 4, 4, 4},
        {"resets", 100.0 / 4, 0, 100.0 / 4},
        {"rate_deviation", 0, 0, 100 * 0.25 / 0.625},
        {"connections_deviation", 100 * 0.5 / 3.5, 0, 100 * 2.0 / 11},
        {"retransmissions", 4, 2, 6},
        {"ramp_per_s", 4, NAN, 4},
        {"connects_per_s", 0, 0, 0},
        {"connect_errors", 0, NAN, 0},
        {"latency_min", 1e4, 1e3, 1e3},
        {"latency_max", 1e6, 1e3, 1e6},
        {"latency_mean", (290 * 10 + 100 * 40 + 5 * 1000) / 395.0 * 1e3, 1e3,
         (290 * 10 + 100 * 40 + 5 * 1000 + 100) / 495.0 * 1e3},
        {"latency_p99", NAN, NAN, NAN}, /* takes 1000 samples */
        {"service_mean", NAN, NAN, NAN},
        {"counter.rounds", 1000, 0, 1000},
        {"counter.gap_max_ns", 9, 0, 9},
        {"drop.tcp_csum", 3, 0, 3},
        {"loop_busy", 40, NAN, 40},
        {"tx_full", 2, NAN, 2},
        {"missed_starts", 2, 0, 800.0 / 500},
        {"cpu_percent", 125, NAN, 100 * 2.6 / 3.5},
        {"memory_rss", 29, 99, 99},
        {"memory_bytes_per_conn", NAN, NAN, NAN},
    };
    fill();
    struct figure_scope a = of("a"), b = of("b");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct figure_scope *scopes[] = {&a, &b, &whole};
        double wanted[] = {rows[i].a, rows[i].b, rows[i].run};
        for (int s = 0; s < 3; s++) {
            double found = value(scopes[s], rows[i].name, 0);
            ck_assert_msg(isnan(found) == isnan(wanted[s]), "%s, scope %d: %g", rows[i].name, s,
                          found);
            if (!isnan(found))
                is(found, wanted[s], rows[i].name);
        }
    }
    is(samples(&a, "errors"), 400, "samples of errors");
    is(samples(&a, "latency_p99"), 395, "samples of latency");
    is(samples(&b, "service_mean"), 0, "samples of service");
    ck_assert(isnan(samples(&a, "msg_per_s")));
    done();
}
END_TEST

START_TEST(percentiles_are_of_the_merged_histograms)
{
    fill();
    struct figure_scope a = of("a");
    is(round(value(&a, "latency_p50", 0) / 1e2), 100, "p50"); /* 10 ms, within 0.1 % */
    is(round(value(&a, "latency_p95", 0) / 1e2), 400, "p95"); /* not the mean of 10 and 40 */
    done();
}
END_TEST

START_TEST(growth_needs_its_window)
{
    fill();
    struct figure_scope a = of("a");
    is(value(&a, "memory_growth", 1 * S), 6, "growth in 1 s");
    is(value(&a, "memory_growth", 2 * S), 9, "growth in 2 s");
    ck_assert(isnan(value(&a, "memory_growth", 3 * S)));
    ck_assert(isnan(value(&a, "peer_memory_growth", 1 * S)));
    done();
}
END_TEST

START_TEST(a_window_takes_the_last_intervals_only)
{
    fill();
    struct figure_scope a = of("a");
    a.to_seq = 2; /* as if the phase went on */
    a.since_ns = 3 * S;
    is(value(&a, "errors", 0), 0, "errors of the last second");
    is(value(&a, "transactions_per_s", 0), 200, "rate of the last second");
    is(value(&a, "latency_mean", 0), 25e3, "mean of the last second");
    a.since_ns = 2 * S;
    is(value(&a, "errors", 0), 400.0 / 394, "errors of two seconds");
    a.since_ns = 1 * S;
    a.warmup = true;
    is(value(&a, "started_per_s", 0), 200, "rate with the warm-up");
    is(value(&a, "completions", 0), 590, "completions with the warm-up");
    a.since_ns = 9 * S;
    ck_assert(isnan(value(&a, "errors", 0)));
    ck_assert(isnan(value(&a, "transactions_per_s", 0)));
    done();
}
END_TEST

START_TEST(a_phase_that_did_not_run_has_no_scope)
{
    fill();
    struct figure_scope s = whole;
    int64_t id;
    ck_assert(!figure_scope_of(&s, "c", &id));
    sql("DELETE FROM interval WHERE phase_id = %lld", (long long)phases[4]);
    ck_assert(!figure_scope_of(&s, "b", &id));
    done();
}
END_TEST

START_TEST(a_series_goes_by_interval)
{
    double rate[2], mean[2];
    struct figure_series series = {rate, mean, 2};
    fill();
    struct figure_scope a = of("a");
    ck_assert_int_eq(figure_series(&a, &series), 2);
    is(rate[0], 190, "rate of the first");
    is(rate[1], 200, "rate of the second");
    is(mean[0], 10e3, "mean of the first");
    is(mean[1], 25e3, "mean of the second");
    series.room = 1; /* the last one */
    ck_assert_int_eq(figure_series(&a, &series), 1);
    is(rate[0], 200, "rate of the last");
    done();
}
END_TEST

static void spreads(const struct figure_scope *s, enum figure_spread_of what, double mean, double least,
                    double most)
{
    struct figure_spread f = figure_spread(s, what);
    is(f.mean, mean, "mean");
    is(f.least, least, "least");
    is(f.most, most, "most");
}

START_TEST(what_is_cut_short_is_in_no_spread)
{
    fill();
    struct figure_scope a = of("a");
    spreads(&a, SPREAD_CONNECTIONS, 3.5, 3, 4);
    spreads(&a, SPREAD_CONNECTS, 0, 0, 0);
    spreads(&a, SPREAD_TRANSACTIONS, 195, 190, 200);
    spreads(&a, SPREAD_GBIT, 2, 2, 2);
    sql("UPDATE interval SET ended_ns = started_ns + %lld WHERE seq = 2 AND worker = 1", S / 2);
    spreads(&a, SPREAD_TRANSACTIONS, 200, 200, 200);
    is(value(&a, "connections_deviation", 0), 0, "of the other alone");
    sql("UPDATE interval SET ended_ns = started_ns + %lld WHERE seq = 3", S / 2);
    ck_assert(isnan(figure_spread(&a, SPREAD_GBIT).mean));
    done();
}
END_TEST

CHECK_MAIN("run/figures", of_each_phase_and_of_the_run, percentiles_are_of_the_merged_histograms,
           growth_needs_its_window, a_window_takes_the_last_intervals_only,
           a_phase_that_did_not_run_has_no_scope, a_series_goes_by_interval,
           what_is_cut_short_is_in_no_spread)
