/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of searches, and what limited one phase of several. */
#include "db/finding.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "db/db.h"
#include "db/limit.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

static struct tmp_dir dir;
static struct db *db;
static struct err e;
static int64_t run, phase;

static void open_run(void)
{
    struct run_row row = {.uuid = "u", .workload_id = "w", .job = "[global]\n", .history_key = "k",
                          .tool_version = "0", .started_ns = 1, .wire = "pair",
                          .timestamp_source = "kernel", .protocol = "echo", .pattern = "long_lived",
                          .load = "suite limits", .workers = 1, .connections_requested = 4,
                          .duration_requested_ns = DB_NONE, .interval_ns = 1000000000};
    struct phase_row measured = {.name = "trial_1", .kind = PHASE_MEASURE, .measured = true,
                                 .load = "50/s", .offered_rate_per_s = 50, .requested_ns = 1000,
                                 .connections = 4, .depth = 1};
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
    ck_assert_int_eq(process_self(&row.process, &e), 0);
    ck_assert_msg(db_run_begin(db, &row, &run, &e) == 0, "%s", e.message);
    ck_assert_int_eq(db_phase_begin(db, run, 0, &measured, 1000000000, &phase, &e), 0);
}

static void close_run(void)
{
    db_close(db);
    tmp_dir_remove(&dir);
}

static bool yes(const char *sql)
{
    struct db_stmt *s;
    ck_assert_msg(db_prepare(db, "test", sql, &s, &e) == 0, "%s", e.message);
    ck_assert_int_eq(db_step(s, &e), 1);
    bool is = db_col_i64(s, "yes") == 1;
    db_finish(s);
    return is;
}

START_TEST(test_rows_are_stored_as_given)
{
    open_run();
    struct trial_row t = {.phase_id = phase, .seq = 1, .objective = "p99<1ms",
                          .requested_per_s = 50, .achieved_per_s = 49.5, .passed = 0,
                          .reason = "p99 is 3 ms", .connections = 4, .limited_by = "peer"};
    struct finding_row f = {.seq = 1, .name = "max_rate_per_s", .value = 48, .low = 45, .high = 51,
                            .confidence = 0.95, .unit = "1/s", .trial_seq = 1, .reason = "found"};
    ck_assert_msg(db_trial_add(db, run, &t, &e) == 0, "%s", e.message);
    ck_assert_msg(db_finding_add(db, run, &f, &e) == 0, "%s", e.message);
    ck_assert(yes("SELECT objective = 'p99<1ms' AND requested_per_s = 50 AND achieved_per_s = 49.5 "
                  "AND passed = 0 AND reason = 'p99 is 3 ms' AND connections = 4 AND limited_by = "
                  "'peer' AND phase_id = (SELECT id FROM phase) AS yes FROM trial"));
    ck_assert(yes("SELECT name = 'max_rate_per_s' AND value = 48 AND low = 45 AND high = 51 AND "
                  "confidence = 0.95 AND unit = '1/s' AND trial_seq = 1 AND reason = 'found' AS yes "
                  "FROM finding"));
    ck_assert_int_lt(db_trial_add(db, run, &t, &e), 0); /* its number is taken */
    close_run();
}
END_TEST

START_TEST(test_what_is_missing_is_null)
{
    open_run();
    struct trial_row t = {.phase_id = DB_NONE, .seq = 1, .requested_per_s = NAN,
                          .achieved_per_s = NAN, .passed = DB_NONE, .connections = DB_NONE};
    struct finding_row f = {.seq = 1, .name = "knee", .value = NAN, .low = NAN, .high = NAN,
                            .confidence = NAN, .unit = "1", .trial_seq = DB_NONE};
    ck_assert_int_eq(db_trial_add(db, run, &t, &e), 0);
    ck_assert_int_eq(db_finding_add(db, run, &f, &e), 0);
    ck_assert(yes("SELECT coalesce(phase_id, objective, requested_per_s, achieved_per_s, passed, "
                  "reason, connections, limited_by) IS NULL AS yes FROM trial"));
    ck_assert(yes("SELECT coalesce(value, low, high, confidence, trial_seq, reason) IS NULL AS yes "
                  "FROM finding"));
    close_run();
}
END_TEST

static void add_interval(int64_t of, int seq, int started)
{
    char sql[900];
    snprintf(sql, sizeof sql,
             "INSERT INTO interval (run_id, phase_id, worker, seq, started_ns, ended_ns, "
             "open_connections, started, completed, failed, messages_sent, messages_received, "
             "payload_sent_bytes, payload_received_bytes, connects_started, connects_completed, "
             "connects_failed, frames_tx, frames_rx, wire_tx_bytes, wire_rx_bytes, retransmits, "
             "latency_count) VALUES (%lld, %lld, 0, %d, %d000000000, %d000000000, 4, %d, %d, 0, 0, "
             "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);"
             "INSERT OR IGNORE INTO counter_name (id, kind, name, rollup, meaning) VALUES (1, "
             "'counter', 'completed', 'sum', '');"
             "INSERT INTO counter (interval_id, name_id, value) VALUES (last_insert_rowid(), 1, 0);"
             "UPDATE counter SET value = %d, interval_id = (SELECT max(id) FROM interval) WHERE "
             "value = 0;", (long long)run, (long long)of, seq, seq + 1, seq + 2, started, started,
             started);
    ck_assert_msg(db_exec(db, "test", sql, &e) == 0, "%s", e.message);
}

START_TEST(test_limit_of_one_phase)
{
    open_run();
    struct phase_row second = {.name = "trial_2", .kind = PHASE_MEASURE, .measured = true,
                               .load = "90/s", .offered_rate_per_s = 90, .requested_ns = 1000,
                               .connections = 4, .depth = 1};
    struct limit_figures f;
    int64_t other;
    ck_assert_int_eq(db_phase_end(db, phase, 2000000000, PHASE_EXIT_TIME, &e), 0);
    ck_assert_int_eq(db_phase_begin(db, run, 1, &second, 2000000000, &other, &e), 0);
    ck_assert_int_eq(db_phase_end(db, other, 5000000000, PHASE_EXIT_TIME, &e), 0);
    add_interval(phase, 0, 50);
    add_interval(other, 1, 270);
    ck_assert_int_eq(limit_load(db, run, &f, &e), 0);
    ck_assert(f.seconds > 3.99 && f.seconds < 4.01);
    ck_assert(f.offered > 319 && f.offered < 321);
    ck_assert_int_eq(limit_load_phase(db, run, other, &f, &e), 0);
    ck_assert(f.seconds > 2.99 && f.seconds < 3.01);
    ck_assert(f.offered > 269 && f.offered < 271);
    ck_assert(f.completed > 269 && f.completed < 271);
    close_run();
}
END_TEST

CHECK_MAIN("db/finding", test_rows_are_stored_as_given, test_what_is_missing_is_null,
           test_limit_of_one_phase)
