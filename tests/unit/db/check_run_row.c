/* SPDX-License-Identifier: BSD-3-Clause */
#include "db/run_row.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/err.h"
#include "db/db.h"
#include "tests/lib/check_main.h"
#include "tests/unit/db/tmp_dir.h"

static struct tmp_dir dir;
static struct db *db;
static struct err e;

static void open_scratch(void)
{
    dir = tmp_dir_make();
    ck_assert_int_eq(db_open(dir.file, DB_CREATE, &db, &e), 0);
}

static void close_scratch(void)
{
    db_close(db);
    tmp_dir_remove(&dir);
}

static struct run_row row_of(const char *uuid, struct process_id process)
{
    return (struct run_row){
        .uuid = uuid, .workload_id = "w", .job = "[global]\n", .history_key = "k",
        .tool_version = "0", .process = process, .started_ns = 1000, .wire = "pair",
        .timestamp_source = "tsc", .clock_error_ns = DB_NONE, .clock_ppm = NAN,
        .protocol = "echo", .pattern = "long_lived", .load = "max", .depth = 1, .workers = 1,
        .connections_requested = 4, .duration_requested_ns = DB_NONE, .interval_ns = 1000000000,
        .seed = UINT64_MAX,
    };
}

static int64_t begin(const char *uuid, struct process_id process)
{
    struct run_row row = row_of(uuid, process);
    int64_t id;
    ck_assert_msg(db_run_begin(db, &row, &id, &e) == 0, "%s", e.message);
    return id;
}

static enum run_state state(int64_t id)
{
    enum run_state s;
    ck_assert_int_eq(db_run_state(db, id, &s, &e), 0);
    return s;
}

static struct process_id self(void)
{
    struct process_id p;
    ck_assert_int_eq(process_self(&p, &e), 0);
    return p;
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

START_TEST(a_run_begins_and_ends)
{
    open_scratch();
    int64_t id = begin("u1", self());
    ck_assert_int_eq(state(id), RUN_RUNNING);
    struct run_end end = {.state = RUN_DONE, .ended_ns = 5000, .valid = DB_NONE,
                          .limited_by = "peer", .connections_opened = 4,
                          .lost_intervals = DB_NONE};
    ck_assert_int_eq(db_run_end(db, id, &end, &e), 0);
    ck_assert_int_eq(state(id), RUN_DONE);
    ck_assert(yes("SELECT state = 'done' AND ended_ns = 5000 AND valid IS NULL AND seed = -1 AND "
                  "clock_ppm IS NULL AND connections_opened = 4 AND transport = 'tcp' AS yes "
                  "FROM run"));
    enum run_state s;
    ck_assert_int_eq(db_run_state(db, 99, &s, &e), -ENOENT);
    close_scratch();
}
END_TEST

START_TEST(negative_controls_are_stored_as_they_become_known)
{
    open_scratch();
    int64_t id = begin("u1", self());
    ck_assert(yes("SELECT control_timer_wake_p50_ns IS NULL AND control_timer_wake_p99_ns IS NULL "
                  "AND control_memory_copy_mib_per_s IS NULL AND control_cpu_per_transaction_ns IS "
                  "NULL AS yes FROM run"));
    struct run_control early = {60000, 90000, 8000.5, NAN}, late = {60000, DB_NONE, 8000.5, 512.25};
    ck_assert_int_eq(db_run_control(db, id, &early, &e), 0);
    ck_assert(yes("SELECT control_timer_wake_p50_ns = 60000 AND control_timer_wake_p99_ns = 90000 "
                  "AND control_memory_copy_mib_per_s = 8000.5 AND control_cpu_per_transaction_ns "
                  "IS NULL AS yes FROM run_summary"));
    ck_assert_int_eq(db_run_control(db, id, &late, &e), 0);
    ck_assert(yes("SELECT control_timer_wake_p50_ns = 60000 AND control_timer_wake_p99_ns IS NULL "
                  "AND control_cpu_per_transaction_ns = 512.25 AS yes FROM run_summary"));
    close_scratch();
}
END_TEST

START_TEST(a_run_knows_its_interleaved_set_and_its_margins)
{
    open_scratch();
    struct run_row row = row_of("u1", self());
    int64_t id;
    ck_assert_int_eq(db_run_begin(db, &row, &id, &e), 0);
    ck_assert(yes("SELECT interleave_uuid IS NULL AND interleave_round IS NULL AND interleave_side "
                  "IS NULL AND margins IS NULL AS yes FROM run"));
    row.uuid = "u2";
    row.margins = "latency_p99_us:10%";
    row.interleave = &(struct run_interleave){"set", 3, "B"};
    ck_assert_int_eq(db_run_begin(db, &row, &id, &e), 0);
    ck_assert(yes("SELECT interleave_uuid = 'set' AND interleave_round = 3 AND interleave_side = "
                  "'B' AND margins = 'latency_p99_us:10%' AS yes FROM run_summary "
                  "WHERE uuid = 'u2'"));
    row.uuid = "u3";
    row.interleave = &(struct run_interleave){"set", 3, "C"};
    ck_assert_int_lt(db_run_begin(db, &row, &id, &e), 0);
    close_scratch();
}
END_TEST

/* A process that lived when its row was written and was killed since. */
static struct process_id killed_child(void)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        struct process_id p = self();
        if (write(ends[1], &p, sizeof p) == sizeof p)
            pause();
        _exit(1);
    }
    struct process_id p;
    ck_assert_int_eq(read(ends[0], &p, sizeof p), sizeof p);
    ck_assert(process_alive(&p));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return p;
}

START_TEST(a_run_whose_process_was_killed_is_interrupted)
{
    open_scratch();
    struct process_id child = killed_child();
    int64_t id = begin("u1", child);
    ck_assert_int_eq(state(id), RUN_INTERRUPTED);
    ck_assert(yes("SELECT state = 'running' AS yes FROM run"));
    int64_t next = begin("u2", self());
    ck_assert(yes("SELECT state = 'interrupted' AND ended_ns = 1000 AND state_reason LIKE 'its "
                  "process ended without closing the run; kept: no interval%' AS yes FROM run "
                  "WHERE uuid = 'u1'"));
    ck_assert_int_eq(state(next), RUN_RUNNING);
    close_scratch();
}
END_TEST

START_TEST(what_is_kept_is_counted)
{
    char kept[RUN_KEPT_MAX];
    open_scratch();
    int64_t id = begin("u1", self()), phase;
    struct phase_row p = {.name = "m", .kind = PHASE_MEASURE, .load = "max", .requested_ns = DB_NONE,
                          .offered_rate_per_s = NAN, .connections = 1, .depth = 1};
    ck_assert_int_eq(db_phase_begin(db, id, 0, &p, 1000, &phase, &e), 0);
    ck_assert_int_eq(db_run_kept(db, id, kept, sizeof kept, &e), 0);
    ck_assert_str_eq(kept, "no interval");
    ck_assert_int_eq(db_exec(db, "test",
                             "WITH n(i) AS (VALUES (0), (1), (2)) INSERT INTO interval SELECT NULL, "
                             "1, 1, 0, i, 1000 + i * 1000000000, 1000 + (i + 1) * 1000000000, 0, 1, 0, "
                             "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL "
                             "FROM n; INSERT INTO sample_block VALUES (NULL, 1, 1, 0, 1, 2, 400, 1, 1, "
                             "0, x'00'), (NULL, 1, 1, 0, 1, 2, 56, 1, 1, 0, x'00')", &e), 0);
    ck_assert_int_eq(db_run_kept(db, id, kept, sizeof kept, &e), 0);
    ck_assert_str_eq(kept, "3 intervals up to second 3.0, 456 raw samples");
    close_scratch();
}
END_TEST

START_TEST(a_reused_pid_and_another_boot_are_not_that_process)
{
    struct process_id p = self();
    ck_assert(process_alive(&p));
    p.start_ticks--;
    ck_assert(!process_alive(&p));
    p = self();
    p.boot_id[0] = p.boot_id[0] == '0' ? '1' : '0';
    ck_assert(!process_alive(&p));
    strcpy(p.host, "elsewhere.invalid");
    ck_assert(process_alive(&p)); /* nobody here can know */
}
END_TEST

START_TEST(a_zombie_is_dead)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    if (!pid) {
        struct process_id p = self();
        _exit(write(ends[1], &p, sizeof p) == sizeof p ? 0 : 1);
    }
    struct process_id p;
    ck_assert_int_eq(read(ends[0], &p, sizeof p), sizeof p);
    siginfo_t info;
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert(!process_alive(&p));
    waitpid(pid, NULL, 0);
}
END_TEST

START_TEST(every_row_of_a_run_is_stored)
{
    open_scratch();
    int64_t id = begin("u1", self()), phase;
    struct phase_row p = {.name = "m", .kind = PHASE_MEASURE, .measured = true, .load = "60k/s",
                          .offered_rate_per_s = 60000, .requested_ns = 10, .connections = 4,
                          .depth = 1};
    ck_assert_int_eq(db_phase_begin(db, id, 0, &p, 10, &phase, &e), 0);
    ck_assert_int_eq(db_phase_end(db, phase, 30, PHASE_EXIT_COUNT, &e), 0);
    ck_assert_int_eq(db_phase_steady(db, phase, false, "drifts", &e), 0);
    ck_assert_int_eq(db_env_add(db, id, "kernel", "6.1", ENV_MUST, &e), 0);
    ck_assert_int_eq(db_note_add(db, id, 5, "warn", "hello", &e), 0);
    struct verdict_row v = {.phase_id = DB_NONE, .rule = "errors<1%", .metric = "errors",
                            .op = "<", .unit = "%", .target = 1, .actual = NAN,
                            .samples = DB_NONE, .state = "NOT_MEASURED", .reason = "none"};
    ck_assert_int_eq(db_verdict_add(db, id, &v, &e), 0);
    struct resource_row use = {.role = "gen", .pid = getpid(), .at_ns = 7};
    ck_assert_int_eq(process_use(getpid(), 0, &use.use), 0);
    ck_assert_int_gt(use.use.rss_bytes, 0);
    ck_assert_int_ge(use.use.cpu_ns, 0);
    ck_assert_int_eq(db_resource_add(db, id, &use, &e), 0);
    struct conn_memory_row m = {.side = "gen", .pool = "conn", .connections = 4,
                                .item_bytes = 128, .items_used = 4, .items_reserved = 8,
                                .bytes_per_conn = 128, .base_bytes = DB_NONE,
                                .loaded_bytes = DB_NONE};
    ck_assert_int_eq(db_conn_memory_add(db, id, &m, &e), 0);
    ck_assert_int_eq(db_iface_counter_add(db, id, 9, "veth0", "rx_missed", 3, &e), 0);
    struct target_row t = {.address = "198.18.0.1", .port = 9000, .latency_p50_ns = DB_NONE};
    ck_assert_int_eq(db_target_add(db, id, &t, &e), 0);
    ck_assert(yes("SELECT count(*) AS yes FROM phase, environment, note, verdict, resource, "
                  "conn_memory, iface_counter, target WHERE steady = 0 AND class = 'must' AND "
                  "actual IS NULL AND samples IS NULL AND rss_bytes > 0 AND base_bytes IS NULL "
                  "AND latency_p50_ns IS NULL AND ended_ns = 30 AND exit_reason = 'count'"));
    close_scratch();
}
END_TEST

START_TEST(a_summary_gives_only_percentiles_that_its_samples_carry)
{
    static struct hist h;
    static struct hist_sum s;
    open_scratch();
    int64_t id = begin("u1", self());
    hist_reset(&h);
    for (uint64_t i = 1; i <= 1000; i++)
        hist_record(&h, i);
    hist_sum_reset(&s);
    hist_sum_add(&s, &h);
    ck_assert_int_eq(db_summary_add(db, id, DB_NONE, TIME_LATENCY, &s, 2, &e), 0);
    ck_assert(yes("SELECT p50_ns = 500 AND p99_ns = 990 AND p999_ns IS NULL AND max_ns = 1000 AND "
                  "mean_ns = 500.5 AND censored = 2 AND blob NOT NULL AND missing_reason = "
                  "'1000 samples: p999 needs 10000' AS yes FROM summary"));
    hist_sum_reset(&s);
    ck_assert_int_eq(db_summary_add(db, id, DB_NONE, TIME_CONNECT, &s, DB_NONE, &e), 0);
    ck_assert(yes("SELECT count = 0 AND max_ns IS NULL AND mean_ns IS NULL AND p50_ns IS NULL AND "
                  "blob IS NULL AND missing_reason = '0 samples: p50 needs 20' AS yes FROM summary "
                  "WHERE time = 'connect'"));
    close_scratch();
}
END_TEST

START_TEST(percentiles_need_ten_samples_beyond)
{
    ck_assert(!percentile_supported(19, 50, 100) && percentile_supported(20, 50, 100));
    ck_assert(!percentile_supported(999, 99, 100) && percentile_supported(1000, 99, 100));
    ck_assert(!percentile_supported(99999, 9999, 10000));
    ck_assert(percentile_supported(100000, 9999, 10000));
    ck_assert(percentile_supported(UINT64_MAX, 9999, 10000));
}
END_TEST

CHECK_MAIN("db/run_row", a_run_begins_and_ends, what_is_kept_is_counted,
           negative_controls_are_stored_as_they_become_known,
           a_run_knows_its_interleaved_set_and_its_margins,
           a_run_whose_process_was_killed_is_interrupted,
           a_reused_pid_and_another_boot_are_not_that_process, a_zombie_is_dead,
           every_row_of_a_run_is_stored,
           a_summary_gives_only_percentiles_that_its_samples_carry,
           percentiles_need_ten_samples_beyond)
